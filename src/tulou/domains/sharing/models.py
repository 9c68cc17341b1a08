"""Nouns of the sharing room: a request carries items, each is decided once; what was agreed becomes a grant."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import Agency, InformationSystem
from tulou.domains.law.models import LegalBasis
from tulou.kernel.workflow import Stateful
from tulou.trust.ids import new_id


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    DRAFT = "draft", "待部门审核"
    ENDORSED = "endorsed", "部门已审"
    SUBMITTED = "submitted", "待受理"
    ACCEPTED = "accepted", "提供方办理中"
    CORRECTING = "correcting", "待补正"
    DECIDED = "decided", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"


class ItemStatus(models.TextChoices):
    """Where one requested item stands."""

    PENDING = "pending", "待决定"
    GRANTED = "granted", "同意共享"
    REFUSED = "refused", "不予共享"


class GrantStatus(models.TextChoices):
    """Where a grant stands. Its running out is a date; the status follows when it is noticed."""

    AWAITING = "awaiting", "待交付"
    IN_USE = "in_use", "使用中"
    SUSPENDED = "suspended", "已暂停"
    REVOKED = "revoked", "已撤销"
    EXPIRED = "expired", "已到期"


class Method(models.TextChoices):
    """How the applicant takes the data; each is a channel of the gate."""

    PREVIEW = "preview", "页面查询"
    FILE = "file", "文件"
    API = "api", "接口"


class Frequency(models.TextChoices):
    """How often the applicant uses it."""

    ONCE = "once", "一次性"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    ON_DEMAND = "on_demand", "按需实时"


class Request(Stateful):
    """共享申请: one agency asks for items of one entry, for one scenario."""

    status = models.CharField("状态", max_length=40, choices=RequestStatus, db_index=True, editable=False)
    number = models.CharField("申请编号", max_length=40, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="提供方")
    applicant = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="申请方")
    contact = models.CharField("联系岗位", max_length=80)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    scenario = models.CharField("使用场景", max_length=200)
    purpose = models.CharField("使用用途", max_length=300)
    basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, related_name="+", verbose_name="使用依据")
    basis_note = models.CharField("依据说明", max_length=300, blank=True)
    matter = models.CharField("业务事项", max_length=120, blank=True)
    methods = ArrayField(models.CharField(max_length=10, choices=Method), verbose_name="共享方式")
    frequency = models.CharField("使用频率", max_length=20, choices=Frequency)
    calls_per_day = models.PositiveIntegerField("每日调用次数", default=0)
    rows_per_day = models.PositiveBigIntegerField("每日数据行数", default=0)
    rows = models.JSONField("数据范围", default=list, blank=True)
    whole_reason = models.CharField("申请全部信息项的必要性", max_length=300, blank=True)
    use_from = models.DateField("使用起始")
    use_to = models.DateField("使用截止")
    system = models.ForeignKey(
        InformationSystem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用系统"
    )
    address = models.CharField("系统地址", max_length=120, blank=True)
    processor = models.CharField("受托处理者", max_length=120, blank=True)
    disposal = models.CharField("数据处置承诺", max_length=300)
    renews = models.ForeignKey(
        "sharing.Grant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name="续期授权",
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "共享申请"
        verbose_name_plural = "共享申请"
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["applicant", "status"], name="sharing_applicant"),
            models.Index(fields=["provider", "status"], name="sharing_provider"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(use_to__gte=models.F("use_from")),
                name="sharing_use_period",
                violation_error_message="使用截止日期不能早于起始日期",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Draft(models.Model):
    """草稿: a request that is still being filled in; it may be incomplete, and only its own agency sees it."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", verbose_name="目录")
    applicant = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name="申请方")
    content = models.JSONField("已填内容", default=dict)
    kept_by = models.CharField("保存账号", max_length=120)
    updated_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "申请草稿"
        verbose_name_plural = "申请草稿"
        ordering = ("-updated_at",)

    def __str__(self) -> str:
        return self.entry.name


class RequestedItem(Stateful):
    """One item that was asked for: how, why, and what was decided."""

    status = models.CharField("决定", max_length=40, choices=ItemStatus, db_index=True, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="items", verbose_name="申请")
    name = models.CharField("英文名称", max_length=48)
    label = models.CharField("信息项", max_length=80)
    grade = models.PositiveSmallIntegerField("分级")
    share_type = models.CharField("共享类型", max_length=20)
    reason = models.CharField("申请理由", max_length=300, blank=True)
    wants_raw = models.BooleanField("申请明文", default=False)
    mask = models.JSONField("脱敏方式", default=dict)
    basis = models.ForeignKey(
        LegalBasis, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="不予共享依据"
    )
    opinion = models.CharField("意见", max_length=300, blank=True)
    order = models.PositiveIntegerField("序号")

    class Meta:
        verbose_name = "申请信息项"
        verbose_name_plural = "申请信息项"
        ordering = ("request", "order")
        constraints = (models.UniqueConstraint(fields=["request", "name"], name="sharing_item_once"),)

    def __str__(self) -> str:
        return self.label


class Grant(Stateful):
    """共享授权: what was agreed. It rests on one request, belongs to one scenario, and ends on a day."""

    status = models.CharField("状态", max_length=40, choices=GrantStatus, db_index=True, editable=False)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="grant", verbose_name="申请")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="目录")
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="提供方")
    consumer = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="使用方")
    right = models.UUIDField("访问权利", null=True, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("到期日期", help_text="含当日")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "共享授权"
        verbose_name_plural = "共享授权"
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["consumer", "status"], name="sharing_consumer"),)

    def __str__(self) -> str:
        return f"{self.request.number} 授权"


class NumberBlock(models.Model):
    """Request numbers: one row per year, so that numbers are gapless and never a database sequence."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField("年份", unique=True)
    last = models.PositiveIntegerField("最近编号", default=0)

    class Meta:
        verbose_name = "编号"
        verbose_name_plural = "编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last}"
