"""Notices, the days they change, and the deadlines that the law sets."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tulou.kernel.temporal.periods import no_overlap
from tulou.trust.ids import new_id


class Notice(models.Model):
    """The State Council's arrangement of holidays for one year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField("年度", unique=True)
    title = models.CharField("通知名称", max_length=120)
    citation = models.CharField("文号", max_length=120)
    verified = models.BooleanField("文号已核", default=False)
    source = models.CharField("数据来源", max_length=200)
    digest = models.CharField("内容摘要", max_length=64)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "节假日安排通知"
        verbose_name_plural = "节假日安排通知"
        ordering: ClassVar = ["-year"]

    def __str__(self) -> str:
        return f"{self.title}（{self.citation}）"


class Day(models.Model):
    """A day on which a notice departs from the plain week: a free weekday or a worked weekend."""

    class Kind(models.TextChoices):
        WORKDAY = "workday", "工作日"
        HOLIDAY = "holiday", "放假"

    date = models.DateField("日期", primary_key=True)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    name = models.CharField("节日", max_length=40, blank=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="days", verbose_name="依据")

    class Meta:
        verbose_name = "调整日"
        verbose_name_plural = "调整日"
        ordering: ClassVar = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class Unit(models.TextChoices):
    WORKING = "working", "工作日"
    CALENDAR = "calendar", "自然日"
    HOURS = "hours", "小时"


class DeadlineRule(models.Model):
    """How long something may take, by which rule, and since when. A change is a new row, not a release."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clock = models.CharField("时限代码", max_length=60)
    title = models.CharField("时限名称", max_length=80)
    amount = models.PositiveSmallIntegerField("期限")
    unit = models.CharField("单位", max_length=8, choices=Unit.choices, default=Unit.WORKING)
    extension = models.PositiveSmallIntegerField(
        "可延长", default=0, help_text="每次延长的量，单位同期限；0 为不可延长"
    )
    max_extensions = models.PositiveSmallIntegerField("可延长次数", default=1)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True, help_text="不含当日；空为现行有效")
    citation = models.CharField("依据", max_length=200)
    verified = models.BooleanField("依据已核", default=False)

    class Meta:
        verbose_name = "时限规则"
        verbose_name_plural = "时限规则"
        ordering: ClassVar = ["clock", "-valid_from"]
        constraints: ClassVar = [
            no_overlap("deadline_rule_periods", "clock", days=("valid_from", "valid_to"), key_type="text"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="deadline_rule_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}：{self.amount}{self.get_unit_display()}"

    @property
    def days(self) -> int:
        """The amount, under the name by which the law speaks of it."""
        return self.amount
