"""Nouns of the law room: a legal basis is one article of one instrument, in force from a day to a day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tulou.trust.ids import new_id


class BasisKind(models.TextChoices):
    """Rank of the instrument; only the first three can support a refusal to share (国务院令第809号)."""

    LAW = "law", "法律"
    ADMINISTRATIVE_REGULATION = "administrative_regulation", "行政法规"
    STATE_COUNCIL_DECISION = "state_council_decision", "国务院决定"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    RULE = "rule", "规章"
    PLAN = "plan", "规范性文件"


class BasisUse(models.TextChoices):
    """What an article can be cited for."""

    REFUSE_SHARING = "refuse_sharing", "不予共享"
    REFUSE_OPENING = "refuse_opening", "不予开放"
    REQUEST = "request", "申请使用"
    DUTY = "duty", "职责依据"


class LegalBasis(models.Model):
    """One article that a decision may cite while it is in force."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    code = models.CharField("编号", max_length=80, unique=True)
    title = models.CharField("文件名称", max_length=200)
    number = models.CharField("文号", max_length=100, blank=True)
    article = models.CharField("条款", max_length=100, blank=True)
    text = models.TextField("条文", blank=True)
    kind = models.CharField("效力级别", max_length=40, choices=BasisKind)
    supports = ArrayField(models.CharField(max_length=40, choices=BasisUse), verbose_name="可用于", default=list)
    url = models.CharField("出处", max_length=300, blank=True)
    verified = models.BooleanField("已核对原文", default=False)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True, help_text="失效当日起不可再引用；留空表示现行有效")

    class Meta:
        verbose_name = "法规依据"
        verbose_name_plural = "法规依据"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="law_basis_period",
                violation_error_message="失效日期应晚于施行日期",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}{self.article}"


class NoticeAdoption(models.Model):
    """The import of a year's holiday notice, with every running deadline that it moved."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField("年度", db_index=True)
    citation = models.CharField("文号", max_length=120)
    adopted_at = models.DateTimeField("导入时间", auto_now_add=True)
    adopted_by = models.CharField("导入人", max_length=120)
    settled = models.PositiveIntegerField("由暂定转为确定的时限", default=0)
    moved = models.JSONField("变动的时限", default=list)

    class Meta:
        verbose_name = "节假日通知导入"
        verbose_name_plural = "节假日通知导入"
        ordering = ("-adopted_at",)

    def __str__(self) -> str:
        return f"{self.year}年节假日通知"
