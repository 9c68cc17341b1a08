"""Nouns of aggregation: sources and batches. Business rows are never here, only counts, names and hashes."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from tulou.domains.directory.models import Agency
from tulou.domains.ingest.vocabulary import BatchStatus, SourceKind
from tulou.kernel.workflow import Stateful
from tulou.trust.ids import new_id


class Source(models.Model):
    """数据来源: a dropped file, or a table of a database, for one catalogue entry.

    `mapping` says which column fills which item; `left_out` are items that it
    knowingly does not bring, `ignored` columns that knowingly do not land.
    """

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("catalog.Entry", on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="提供方")
    kind = models.CharField("来源类型", max_length=20, choices=SourceKind)
    title = models.CharField("来源名称", max_length=200)
    sha256 = models.CharField("文件摘要", max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField("大小（字节）", default=0, editable=False)
    options = models.JSONField("读取参数", default=dict, blank=True)
    credentials = models.BinaryField("加密的账号口令", null=True, editable=False)
    columns = models.JSONField("来源列", default=list, editable=False)
    structure = models.JSONField("列的概貌", default=list, editable=False)
    problem = models.JSONField("读取问题", null=True, editable=False)
    mapping = models.JSONField("信息项与来源列的对应", default=dict, blank=True)
    left_out = models.JSONField("本次不报送的信息项", default=list, blank=True)
    ignored = models.JSONField("不入库的来源列", default=list, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.CharField("登记账号", max_length=120, editable=False)
    erased_at = models.DateTimeField("文件销毁时间", null=True, editable=False)

    class Meta:
        verbose_name = "数据来源"
        verbose_name_plural = "数据来源"
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["entry", "-created_at"], name="ingest_source_entry"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_file(self) -> bool:
        """Whether its bytes are in the file store; otherwise they are read where they are."""
        return self.kind != SourceKind.POSTGRES


class Batch(Stateful):
    """批次: one aggregation of a source into its entry's table, and its receipt once it landed."""

    status = models.CharField("状态", max_length=40, choices=BatchStatus, db_index=True, editable=False)
    number = models.CharField("回执编号", max_length=30, unique=True, editable=False)
    entry = models.ForeignKey("catalog.Entry", on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="提供方")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches", verbose_name="数据来源")
    resubmits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="resubmissions", verbose_name="补报的批次"
    )
    kind = models.CharField("来源类型", max_length=20, choices=SourceKind)
    source_name = models.CharField("来源名称", max_length=200)
    fingerprint = models.CharField("内容与对应关系的摘要", max_length=64, blank=True, editable=False)
    zone = models.CharField("数据区", max_length=40)
    table = models.CharField("数据表", max_length=48)
    mapping = models.JSONField("信息项与来源列的对应", default=dict)
    rules = models.JSONField("检核规则", default=list)
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    registered_by = models.CharField("登记账号", max_length=120)
    job = models.UUIDField("后台作业", null=True, editable=False)

    sha256 = models.CharField("内容摘要", max_length=64, blank=True)
    position = models.CharField("来源位点", max_length=80, blank=True)
    sent = models.PositiveBigIntegerField("送达行数", default=0)
    accepted = models.PositiveBigIntegerField("入库行数", default=0)
    rejected = models.PositiveBigIntegerField("退回行数", default=0)
    inserted = models.PositiveBigIntegerField("新增行数", default=0)
    changed = models.PositiveBigIntegerField("更新行数", default=0)
    unchanged = models.PositiveBigIntegerField("未变行数", default=0)
    by_rule = models.JSONField("各规则退回行数", default=dict)
    warned = models.JSONField("各规则提醒行数", default=dict)
    standing = models.PositiveBigIntegerField("入库后现行行数", default=0)
    snapshot = models.BigIntegerField("数据湖快照", null=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    receipt_leaf = models.CharField("回执存证", max_length=64, blank=True)
    receipt = models.TextField("签名回执", blank=True)

    problem_code = models.CharField("问题代码", max_length=40, blank=True)
    problem = models.CharField("问题", max_length=1000, blank=True)
    problem_row = models.PositiveBigIntegerField("问题所在行", null=True)
    problem_column = models.CharField("问题所在列", max_length=200, blank=True)
    remedy = models.CharField("怎么办", max_length=500, blank=True)

    class Meta:
        verbose_name = "汇聚批次"
        verbose_name_plural = "汇聚批次"
        ordering = ("-registered_at", "-id")
        indexes = (
            models.Index(fields=["entry", "-registered_at"], name="ingest_batch_entry"),
            models.Index(fields=["provider", "-registered_at"], name="ingest_batch_provider"),
            GinIndex(fields=["by_rule"], name="ingest_batch_rules"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(sent=F("accepted") + F("rejected")), name="ingest_receipt_reconciles"),
            models.CheckConstraint(
                condition=Q(accepted=F("inserted") + F("changed") + F("unchanged")), name="ingest_accepted_reconciles"
            ),
            models.CheckConstraint(condition=~Q(status="landed") | ~Q(receipt_leaf=""), name="ingest_landed_is_proven"),
            models.UniqueConstraint(
                fields=["source"], condition=Q(status__in=["registered", "running"]), name="ingest_source_active_once"
            ),
            models.UniqueConstraint(
                fields=["entry", "fingerprint"],
                condition=~Q(fingerprint="") & Q(status__in=["registered", "running", "landed"]),
                name="ingest_content_once",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status not in (BatchStatus.REGISTERED, BatchStatus.RUNNING)
