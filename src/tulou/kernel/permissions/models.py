"""Who holds which role where and when, and whose desk is kept by whom."""

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from tulou.kernel.identity.models import Party
from tulou.kernel.permissions.registry import role_name
from tulou.trust.ids import new_id

M = TypeVar("M", bound=models.Model)


class PeriodQuerySet(models.QuerySet[M]):
    """Rows with a first day, an open or included last day, and an end that may come earlier."""

    def in_force(self, on: date) -> Self:
        """Rows that count on this day: begun, not run out, not ended."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on, ended_at=None)


class Assignment(models.Model):
    """A person holds a role at an organisation, from a day to a day, perhaps only for a region or a theme."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="人员")
    role = models.CharField("角色", max_length=60)
    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="机构")
    region = models.CharField("限定区划", max_length=12, blank=True, help_text="留空为不限；上级区划包含下级")
    theme = models.CharField("限定主题", max_length=60, blank=True, help_text="留空为不限")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", null=True, blank=True, help_text="含当日；留空为长期")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "角色分配"
        verbose_name_plural = "角色分配"
        indexes: ClassVar = [
            models.Index(fields=["person", "ended_at"], name="assignment_person"),
            models.Index(fields=["role", "organisation"], name="assignment_desk"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="assignment_period"
            )
        ]

    def __str__(self) -> str:
        return f"{role_name(self.role)}（{self.valid_from}起）"


class Delegation(models.Model):
    """代办: one person's desk (a role at an organisation) is kept by another for a period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    giver = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="委托人")
    keeper = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="代办人")
    role = models.CharField("角色", max_length=60)
    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name="机构")
    reason = models.CharField("事由", max_length=200)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", help_text="含当日")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "代办"
        verbose_name_plural = "代办"
        indexes: ClassVar = [models.Index(fields=["keeper", "ended_at"], name="delegation_keeper")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="delegation_period"),
            models.CheckConstraint(condition=~Q(giver=F("keeper")), name="delegation_other_person"),
        ]

    def __str__(self) -> str:
        return f"{role_name(self.role)}（{self.valid_from}至{self.valid_to}代办）"
