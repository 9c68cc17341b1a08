"""Nouns of the directory: agencies, the succession among them, duties, information systems, nodes."""

from django.db import models

from tulou.kernel.temporal import VersionedModel, history_model
from tulou.trust.ids import new_id


class AgencyKind(models.TextChoices):
    """What a body is; only some of them are government departments bound by the sharing regulation."""

    DEPARTMENT = "department", "省直部门"
    BUREAU = "bureau", "数据主管部门"
    CITY = "city", "市级数据主管部门"
    COUNTY = "county", "县（市、区）"
    SUPERVISOR = "supervisor", "监督机构"
    PUBLIC_INSTITUTION = "public_institution", "公益事业单位"
    PUBLIC_ENTERPRISE = "public_enterprise", "公用企业"
    OPERATOR = "operator", "运营机构"


GOVERNMENT_KINDS = frozenset(
    {AgencyKind.DEPARTMENT, AgencyKind.BUREAU, AgencyKind.CITY, AgencyKind.COUNTY, AgencyKind.SUPERVISOR}
)


class NodeKind(models.TextChoices):
    """What a node is to the others."""

    PROVINCE = "province", "省级平台"
    CITY = "city", "市级平台"
    DEPARTMENT = "department", "部门系统"
    EXCHANGE = "exchange", "交易平台"


class Node(models.Model):
    """One running platform of the province. 平潭 is a city node whatever its region code looks like."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    code = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("种类", max_length=20, choices=NodeKind)
    region = models.CharField("行政区划", max_length=12)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "节点"
        verbose_name_plural = "节点"
        ordering = ("region", "code")

    def __str__(self) -> str:
        return self.name


class Agency(VersionedModel):
    """A body by its permanent party id; its name, kind and place in the structure change by date."""

    code = models.SlugField("机构代号", max_length=60, unique=True)
    name = models.CharField("机构名称", max_length=120)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField("机构类别", max_length=30, choices=AgencyKind)
    region = models.CharField("行政区划", max_length=12)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级机构"
    )
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", verbose_name="所在节点")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    active = models.BooleanField("存续", default=True)

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ("region", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def is_government(self) -> bool:
        """Whether the sharing regulation's duties of government departments bind it."""
        return self.kind in GOVERNMENT_KINDS


AgencyHistory = history_model(Agency)


class SuccessionKind(models.TextChoices):
    """How one body came after another."""

    RENAMED = "renamed", "更名"
    MERGED = "merged", "合并"
    SPLIT = "split", "分立"
    ABOLISHED = "abolished", "撤销"


class Succession(models.Model):
    """From a day on, the successor holds what the predecessor held. Rows that name the predecessor stay as they are."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    predecessor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="原机构")
    successor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="承继机构")
    kind = models.CharField("方式", max_length=20, choices=SuccessionKind)
    on = models.DateField("生效日期")
    document = models.CharField("依据文件", max_length=200, blank=True)

    class Meta:
        verbose_name = "机构承继"
        verbose_name_plural = "机构承继"
        ordering = ("on",)
        constraints = (
            models.UniqueConstraint(
                fields=["predecessor"],
                name="directory_one_successor",
                violation_error_message="该机构已有承继机构，不能再次登记",
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")),
                name="directory_other_successor",
                violation_error_message="机构不能承继自身",
            ),
        )

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Duty(VersionedModel):
    """An item of the 权责清单: what the law charges an agency with."""

    code = models.CharField("事项编码", max_length=80, unique=True)
    name = models.CharField("事项名称", max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="责任机构")
    citation = models.CharField(
        "法定依据", max_length=300, help_text="法律法规名称和条款，例如：《大气污染防治法》第二十三条"
    )
    core_business = models.CharField("核心业务", max_length=200, help_text="该职责下产生数据的主要业务")
    is_sample = models.BooleanField("样例", default=False)
    active = models.BooleanField("现行", default=True)

    class Meta:
        verbose_name = "职责事项"
        verbose_name_plural = "职责事项"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


DutyHistory = history_model(Duty)


class InformationSystem(VersionedModel):
    """A business system that an agency runs and data comes from. Its id is also a party, for it can hold keys."""

    code = models.CharField("系统编码", max_length=80, unique=True)
    name = models.CharField("系统名称", max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name="建设单位")
    description = models.TextField("系统说明", blank=True)
    security_level = models.PositiveSmallIntegerField(
        "等级保护级别", null=True, blank=True, help_text="已备案的网络安全等级保护级别，1–5；未备案留空"
    )
    network = models.CharField("所在网络", max_length=60, blank=True, help_text="例如：政务外网、互联网")
    is_sample = models.BooleanField("样例", default=False)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "信息系统"
        verbose_name_plural = "信息系统"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


InformationSystemHistory = history_model(InformationSystem)

__all__ = [
    "Agency",
    "AgencyHistory",
    "AgencyKind",
    "Duty",
    "DutyHistory",
    "InformationSystem",
    "InformationSystemHistory",
    "Node",
    "NodeKind",
    "Succession",
    "SuccessionKind",
]
