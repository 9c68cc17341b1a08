"""Nouns of the catalogue: entries, their items, versions, drafts of a change, and the codes they were given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tulou.domains.catalog.vocabulary import (
    EntryStatus,
    FormatMajor,
    Grade,
    ItemType,
    MaskRule,
    NationalGrade,
    OpenType,
    ShareMethod,
    ShareType,
    UpdateCycle,
    plane_type,
)
from tulou.domains.directory.models import Agency, Duty, InformationSystem
from tulou.domains.law.models import LegalBasis
from tulou.kernel.temporal import VersionedModel, history_model
from tulou.kernel.workflow import Stateful
from tulou.trust.ids import new_id


class Entry(VersionedModel, Stateful):
    """公共数据目录 entry. Its columns are what is published; the content of a change in preparation is a `Draft`."""

    status = models.CharField("状态", max_length=40, choices=EntryStatus, db_index=True, editable=False)

    # 业务属性
    name = models.CharField("目录名称", max_length=200)
    abstract = models.TextField("摘要", blank=True)
    category_class = models.CharField("类", max_length=1, blank=True)
    category_item = models.CharField("项", max_length=2, blank=True)
    category_directory = models.CharField("目", max_length=3, blank=True)
    category_detail = models.CharField("细目", max_length=20, blank=True)
    category_path = ArrayField(models.CharField(max_length=80), verbose_name="分类名称", default=list, blank=True)
    domain = models.CharField("数据领域", max_length=60, blank=True)
    theme = models.CharField("主题", max_length=60, blank=True)
    keywords = ArrayField(models.CharField(max_length=40), verbose_name="关键字", default=list, blank=True)
    region = models.CharField("区域范围", max_length=12, blank=True)
    region_version = models.CharField("区划版本", max_length=40, blank=True)
    period_from = models.DateField("时间范围起", null=True, blank=True)
    period_to = models.DateField("时间范围止", null=True, blank=True)

    # 来源属性
    provider = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="提供方")
    provider_dept = models.CharField("内设机构", max_length=80, blank=True)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="权责清单事项"
    )
    system = models.ForeignKey(
        InformationSystem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="信息系统"
    )
    no_system_reason = models.CharField("无系统原因", max_length=200, blank=True)
    authority_source = models.BooleanField("数源（一数一源）", default=False)
    authority_note = models.CharField("数源说明", max_length=200, blank=True)
    format_major = models.CharField("格式大类", max_length=20, choices=FormatMajor, blank=True)
    format_minor = models.CharField("格式小类", max_length=20, blank=True)
    update_cycle = models.CharField("更新周期", max_length=20, choices=UpdateCycle, blank=True)
    update_days = models.PositiveIntegerField("自定义周期（天）", null=True, blank=True)
    retention = models.CharField("保存期限", max_length=80, blank=True)
    destroy_rule = models.CharField("销毁规则", max_length=200, blank=True)

    # 共享属性
    share_type = models.CharField("共享类型", max_length=20, choices=ShareType, blank=True)
    share_condition = models.TextField("共享条件", blank=True)
    share_basis = models.ForeignKey(
        LegalBasis, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="不予共享依据"
    )
    share_methods = ArrayField(
        models.CharField(max_length=10, choices=ShareMethod), verbose_name="共享方式", default=list, blank=True
    )

    # 开放属性
    open_type = models.CharField("开放类型", max_length=20, choices=OpenType, blank=True)
    open_condition = models.TextField("开放条件", blank=True)

    # 安全属性
    grade = models.PositiveSmallIntegerField("数据分级", choices=Grade, default=Grade.INTERNAL)
    national_grade = models.CharField("国家分级", max_length=20, choices=NationalGrade, default=NationalGrade.GENERAL)
    is_important = models.BooleanField("重要公共数据目录", default=False)
    important_document = models.CharField("重要目录认定文件", max_length=200, blank=True)
    contains_personal = models.BooleanField("含个人信息", default=False)
    sensitive_personal = models.BooleanField("含敏感个人信息", default=False)
    minors = models.BooleanField("含未成年人信息", default=False)
    personal_basis = models.CharField("个人信息处理依据", max_length=300, blank=True)
    is_synthetic = models.BooleanField("合成数据", default=False, help_text="不是真实记录，供样例和测试使用")
    contact = models.CharField("联系岗位", max_length=80, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)

    # 系统维护
    resource_code = models.CharField("资源代码", max_length=80, null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    published_on = models.DateField("发布日期", null=True, editable=False)
    change_reason = models.CharField("变更原因", max_length=300, blank=True)
    change_trigger_on = models.DateField("变更触发日期", null=True, blank=True)
    offered_on = models.DateField("提请部门审核日期", null=True, editable=False)
    zone = models.CharField("数据区", max_length=40, blank=True, editable=False)
    table = models.CharField("数据表", max_length=48, blank=True)
    data_updated_on = models.DateField("数据更新日期", null=True, editable=False)
    data_rows = models.PositiveBigIntegerField("数据量", default=0, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "目录"
        verbose_name_plural = "目录"
        ordering = ("-updated_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="catalog_name_once",
                violation_error_message="本机构已有同名目录，请换一个名称，或在原目录上变更",
            ),
            models.UniqueConstraint(
                fields=["zone", "table"],
                condition=~models.Q(zone=""),
                name="catalog_table_once",
                violation_error_message="该数据表已属于另一条目录",
            ),
        )
        indexes = (models.Index(fields=["provider", "status"], name="catalog_provider"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_public_to_agencies(self) -> bool:
        """Whether other agencies can see it: published at least once and not withdrawn from view."""
        return self.version > 0


EntryHistory = history_model(Entry, exclude=("updated_at", "offered_on"))


class Item(models.Model):
    """信息项: one column of a structured entry."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="items", verbose_name="目录")
    order = models.PositiveIntegerField("序号")
    name = models.CharField("英文名称", max_length=48)
    label = models.CharField("中文名称", max_length=80)
    source_name = models.CharField("来源字段", max_length=200, blank=True)
    meaning = models.CharField("含义", max_length=300, blank=True)
    type = models.CharField("数据类型", max_length=1, choices=ItemType, default=ItemType.CHARACTER)
    length = models.PositiveIntegerField("长度", null=True, blank=True)
    precision = models.PositiveSmallIntegerField("小数位", null=True, blank=True)
    nullable = models.BooleanField("可空", default=True)
    is_key = models.BooleanField("主键", default=False)
    code_table = models.CharField("代码表", max_length=60, blank=True)
    data_element = models.CharField("数据元", max_length=60, blank=True)
    grade = models.PositiveSmallIntegerField("分级", choices=Grade, default=Grade.INTERNAL)
    share_type = models.CharField("共享类型", max_length=20, choices=ShareType, default=ShareType.UNCONDITIONAL)
    share_condition = models.CharField("共享条件", max_length=300, blank=True)
    open_type = models.CharField("开放类型", max_length=20, choices=OpenType, default=OpenType.REFUSED)
    mask = models.CharField("脱敏规则", max_length=10, choices=MaskRule, default=MaskRule.NONE)
    mask_head = models.PositiveSmallIntegerField("保留前几位", default=0)
    mask_tail = models.PositiveSmallIntegerField("保留后几位", default=0)

    class Meta:
        verbose_name = "信息项"
        verbose_name_plural = "信息项"
        ordering = ("entry", "order")
        constraints = (models.UniqueConstraint(fields=["entry", "name"], name="catalog_item_once"),)

    def __str__(self) -> str:
        return f"{self.label}（{self.name}）"

    @property
    def plane_type(self) -> str:
        """The lake's type of this item; level-4 items are text, for they are stored as ciphertext."""
        return "text" if self.grade == Grade.HIGH else plane_type(self.type, self.length, self.precision)


class Draft(models.Model):
    """The content of a change in preparation; the published entry stays as it is until the change is published."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    content = models.JSONField("内容")
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "变更稿"
        verbose_name_plural = "变更稿"

    def __str__(self) -> str:
        return f"{self.entry} {self.saved_at:%Y-%m-%d}"


class Reading(models.Model):
    """What was read of a source when the form was pre-filled: names, counts and reasons, never a value."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    kind = models.CharField("来源类型", max_length=20)
    name = models.CharField("来源名称", max_length=200)
    columns = models.JSONField("字段", default=dict)
    read_at = models.DateTimeField("读取时间", auto_now=True)

    class Meta:
        verbose_name = "结构读取"
        verbose_name_plural = "结构读取"

    def __str__(self) -> str:
        return f"{self.entry} {self.name}"


class EntryVersion(models.Model):
    """A published version, kept whole and for ever, so that any two can be compared."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions", verbose_name="目录")
    version = models.PositiveIntegerField("版本")
    content = models.JSONField("内容")
    sha256 = models.CharField("内容摘要", max_length=64)
    reason = models.CharField("变更原因", max_length=300, blank=True)
    published_at = models.DateTimeField("发布时间", auto_now_add=True)
    published_by = models.CharField("发布人", max_length=120)

    class Meta:
        verbose_name = "目录版本"
        verbose_name_plural = "目录版本"
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=["entry", "version"], name="catalog_version_once"),)

    def __str__(self) -> str:
        return f"{self.entry} 第{self.version}版"


class IssuedCode(models.Model):
    """A resource code that was given out. Codes are never reused, and a retired one resolves for ever."""

    code = models.CharField("资源代码", max_length=80, primary_key=True)
    class_part = models.CharField("分类段", max_length=40)
    sequence = models.PositiveIntegerField("顺序码")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="codes", verbose_name="目录")
    issued_at = models.DateTimeField("赋码时间", auto_now_add=True)

    class Meta:
        verbose_name = "资源代码"
        verbose_name_plural = "资源代码"
        constraints = (models.UniqueConstraint(fields=["class_part", "sequence"], name="catalog_sequence_once"),)

    def __str__(self) -> str:
        return self.code
