"""Nouns of quality: rules bound to entries, checks, tickets. Values of business rows are never here, only counts."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency
from tulou.domains.quality.vocabulary import (
    Dimension,
    ErrorType,
    Origin,
    Resolution,
    RunKind,
    Severity,
    TicketStatus,
)
from tulou.kernel.temporal import VersionedModel, history_model
from tulou.kernel.workflow import Stateful
from tulou.plane.rules import RULE_KINDS
from tulou.trust.ids import new_id

KINDS = [(code, kind.title) for code, kind in RULE_KINDS.items()]


class RuleBinding(VersionedModel):
    """质量规则 bound to one entry. With the id of a built-in rule it stands in its place."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    rule = models.CharField("规则编号", max_length=80)
    name = models.CharField("规则名称", max_length=80)
    kind = models.CharField("规则种类", max_length=20, choices=KINDS)
    columns = ArrayField(models.CharField(max_length=48), verbose_name="信息项", default=list, blank=True)
    params = models.JSONField("参数", default=dict, blank=True)
    code_table = models.CharField("代码表", max_length=60, blank=True)
    severity = models.CharField("严重程度", max_length=5, choices=Severity, default=Severity.BLOCK)
    dimension = models.CharField("质量维度", max_length=4, choices=Dimension)
    message = models.CharField("提示", max_length=200, blank=True)
    weight = models.PositiveSmallIntegerField("权重", default=1, validators=[MaxValueValidator(100)])
    ticket_above = models.PositiveIntegerField(
        "生成整改单的比例（万分之）", default=100, validators=[MaxValueValidator(10_000)]
    )
    enabled = models.BooleanField("启用", default=True)
    note = models.CharField("变更说明", max_length=300, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "质量规则"
        verbose_name_plural = "质量规则"
        ordering = ("entry", "rule")
        constraints = (
            models.UniqueConstraint(
                fields=["entry", "rule"],
                name="quality_rule_once",
                violation_error_message="该目录已有相同编号的规则，请修改原规则或换一个编号",
            ),
        )

    def __str__(self) -> str:
        return self.name


RuleBindingHistory = history_model(RuleBinding, exclude=("updated_at",))


class CheckRun(models.Model):
    """检核: rules asked of a batch or of the standing table, and what they counted.

    `asked` keeps each rule as it was then, with its failures, so that a score can be recomputed by anybody.
    """

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    kind = models.CharField("检核对象", max_length=10, choices=RunKind)
    batch = models.UUIDField("批次", null=True)
    job = models.UUIDField("作业", null=True)
    label = models.CharField("对象名称", max_length=120)
    rows = models.PositiveBigIntegerField("检核行数", default=0)
    passed = models.PositiveBigIntegerField("通过行数", default=0)
    asked = models.JSONField("规则与未通过行数", default=list)
    counts = models.BooleanField("计入得分", default=True)
    total = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    by_dimension = models.JSONField("分维度得分", default=dict)
    began_at = models.DateTimeField("数据时间")
    at = models.DateTimeField("检核时间")

    class Meta:
        verbose_name = "质量检核"
        verbose_name_plural = "质量检核"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["entry", "-at"], name="quality_run_entry"),)
        constraints = (
            models.UniqueConstraint(fields=["batch"], condition=~Q(batch=None), name="quality_run_of_batch_once"),
            models.UniqueConstraint(fields=["job"], condition=~Q(job=None), name="quality_run_of_job_once"),
            models.CheckConstraint(condition=Q(passed__lte=models.F("rows")), name="quality_run_passed"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def dimensions(self) -> dict[str, Decimal]:
        """Scores by dimension; one without rules is not there."""
        return {name: Decimal(value) for name, value in self.by_dimension.items()}


class Ticket(Stateful):
    """整改单: a fault of an entry's data, on its way from who found it to who must mend it, and back."""

    status = models.CharField("状态", max_length=40, choices=TicketStatus, db_index=True, editable=False)
    number = models.CharField("整改单编号", max_length=30, unique=True, editable=False)
    title = models.CharField("问题", max_length=200)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="数源单位")
    origin = models.CharField("发现方式", max_length=10, choices=Origin)
    rule = models.CharField("规则编号", max_length=80, blank=True)
    severity = models.CharField("严重程度", max_length=5, choices=Severity, default=Severity.BLOCK)
    dimension = models.CharField("质量维度", max_length=4, choices=Dimension, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    found = models.PositiveBigIntegerField("累计问题行数", default=0)
    last_found = models.PositiveBigIntegerField("最近一次问题行数", default=0)
    last_found_at = models.DateTimeField("最近发现时间", null=True)
    last_run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="检核")
    batch = models.UUIDField("样本批次", null=True)
    reporter = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="提出单位")
    reporter_label = models.CharField("提出方", max_length=120)
    error_type = models.CharField("错误类型", max_length=20, choices=ErrorType, blank=True)
    item = models.CharField("信息项", max_length=48, blank=True)
    record_key = models.CharField("记录标识", max_length=200, blank=True)
    record_hash = models.CharField("记录标识摘要", max_length=64, blank=True)
    claim = models.CharField("主张的正确值", max_length=300, blank=True)
    claim_hash = models.CharField("主张值摘要", max_length=64, blank=True)
    evidence = models.CharField("佐证", max_length=500, blank=True)
    resolution = models.CharField("整改结果", max_length=20, choices=Resolution, blank=True)
    fixed_at = models.DateTimeField("整改完成时间", null=True)
    reopened = models.PositiveSmallIntegerField("退回整改次数", default=0)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = "整改单"
        verbose_name_plural = "整改单"
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["provider", "status"], name="quality_ticket_provider"),
            models.Index(fields=["reporter", "status"], name="quality_ticket_reporter"),
            models.Index(fields=["entry", "status"], name="quality_ticket_entry"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["entry", "rule"],
                condition=~Q(rule="") & ~Q(status="closed"),
                name="quality_open_ticket_once",
                violation_error_message="该目录的这条规则已有未办结的整改单",
            ),
            models.CheckConstraint(
                condition=Q(origin="rule") & ~Q(rule="") | Q(origin="report") & Q(rule="") & ~Q(reporter=None),
                name="quality_ticket_origin",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status != TicketStatus.CLOSED
