"""What has a state, the steps it took, and the clocks that run on it."""

from collections.abc import Collection, Iterable
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django.db.models import Q

from tulou.kernel.calendar.models import DeadlineRule, Unit
from tulou.kernel.workflow.errors import StatusGuarded
from tulou.kernel.workflow.registry import flow_of
from tulou.trust.ids import new_id

WRITING: ContextVar[object | None] = ContextVar("tulou_flow_writing", default=None)
"""The object whose status a flow is writing just now; nothing else may."""

GUARDED = frozenset({"status", "revision"})
M = TypeVar("M", bound="Stateful")


class StatefulQuerySet(models.QuerySet[M]):
    """Refuses to write a status past the flow. Custom managers of stateful models build on it."""

    def update(self, **kwargs: Any) -> int:
        if GUARDED & kwargs.keys():
            raise StatusGuarded("状态只能由流程改变：请调用 Flow.advance，而不是 QuerySet.update")
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            row.guard_initial()
        if GUARDED & set(kwargs.get("update_fields") or ()):
            raise StatusGuarded("状态只能由流程改变：bulk_create 不得更新 status、revision")
        return super().bulk_create(rows, *args, **kwargs)


class Stateful(models.Model):
    """A model whose `status` only its flow writes. `revision` counts the moves, to notice stale pages."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    status = models.CharField("状态", max_length=40, db_index=True, editable=False)
    revision = models.PositiveIntegerField("修订号", default=0, editable=False)

    objects: ClassVar[models.Manager[Any]] = StatefulQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        """Remember what the database said, so that `save` can see a change."""
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._remember()
        return instance

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._remember()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save everything but a new status.

        Raises:
            StatusGuarded: the status or revision was changed outside `Flow.advance`.
        """
        if WRITING.get() is not self:
            self.guard_initial() if self._state.adding else self._guard_change()
        super().save(*args, **kwargs)
        self._remember()

    def guard_initial(self) -> None:
        """A new row begins where its flow begins."""
        flow = flow_of(self._meta.label_lower)
        if flow is None:
            raise StatusGuarded(f"{self._meta.label} 没有登记流程，不能保存")
        self.status = self.status or flow.initial
        if self.status != flow.initial or self.revision != 0:
            raise StatusGuarded(f"{self._meta.label} 须从“{flow.initial}”开始，不能以“{self.status}”新建")

    def _guard_change(self) -> None:
        known = cast(dict[str, object], self.__dict__.get("_known", {}))
        for name in GUARDED & self.__dict__.keys():
            if name in known and self.__dict__[name] != known[name]:
                raise StatusGuarded(f"{self._meta.label} 的{name}只能由流程改变：请调用 Flow.advance")

    def _remember(self) -> None:
        self.__dict__["_known"] = {name: self.__dict__[name] for name in GUARDED & self.__dict__.keys()}


class Step(models.Model):
    """One entry of a timeline: who did what when, from where to where, and the proof of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.CharField("流程", max_length=80)
    subject_type = models.CharField("对象类型", max_length=80)
    subject = models.UUIDField("对象")
    move = models.CharField("动作", max_length=60)
    label = models.CharField("动作名称", max_length=60)
    source = models.CharField("原状态", max_length=40, blank=True)
    target = models.CharField("新状态", max_length=40)
    revision = models.PositiveIntegerField("修订号")
    at = models.DateTimeField("时间")
    person = models.UUIDField("办理人", null=True)
    party = models.UUIDField("办理机构", null=True)
    actor_kind = models.CharField("办理主体", max_length=12)
    actor_label = models.CharField("办理账号", max_length=120)
    note = models.TextField("意见", blank=True)
    facts = models.JSONField("要素", default=dict)
    leaf_hash = models.CharField("存证摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="step_subject"),
            models.Index(fields=["person", "-at"], name="step_person"),
            models.Index(fields=["party", "-at"], name="step_party"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "revision"], condition=~Q(move="escalate"), name="step_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.label}"


class Clock(models.Model):
    """A statutory deadline running on something, held by whoever must act."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_type = models.CharField("对象类型", max_length=80)
    subject = models.UUIDField("对象")
    subject_label = models.CharField("对象名称", max_length=200, blank=True)
    clock = models.CharField("时限代码", max_length=60)
    title = models.CharField("时限名称", max_length=80)
    rule = models.ForeignKey(DeadlineRule, on_delete=models.PROTECT, related_name="+", verbose_name="时限规则")
    unit = models.CharField("单位", max_length=8, choices=Unit.choices)
    allowance = models.PositiveSmallIntegerField("期限", help_text="含已延长的量")
    extensions = models.PositiveSmallIntegerField("已延长次数", default=0)
    started_on = models.DateField("起算日")
    started_at = models.DateTimeField("起算时间")
    running_since = models.DateField("本段起算日")
    spans = models.JSONField("已用时段", default=list, help_text="暂停之前各段的起止日")
    due_on = models.DateField("到期日")
    due_at = models.DateTimeField("到期时间", null=True, blank=True, help_text="仅按小时计的时限")
    provisional = models.BooleanField("暂定", default=False)
    paused_on = models.DateField("暂停日", null=True, blank=True)
    stopped_on = models.DateField("办结日", null=True, blank=True)
    stopped_at = models.DateTimeField("办结时间", null=True, blank=True)
    holder_organisation = models.UUIDField("承办机构", null=True, blank=True)
    holder_role = models.CharField("承办角色", max_length=60, blank=True)
    holder_person = models.UUIDField("承办人", null=True, blank=True)
    escalated_at = models.DateTimeField("升级督办时间", null=True, blank=True)

    class Meta:
        verbose_name = "时限"
        verbose_name_plural = "时限"
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="clock_subject"),
            models.Index(fields=["due_on"], name="clock_due", condition=Q(stopped_on=None)),
            models.Index(fields=["holder_organisation", "due_on"], name="clock_holder", condition=Q(stopped_on=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "clock"], condition=Q(stopped_on=None), name="clock_open_once")
        ]

    def __str__(self) -> str:
        mark = "（暂定）" if self.provisional else ""
        return f"{self.title}：{self.due_on}{mark}到期"

    @property
    def is_open(self) -> bool:
        return self.stopped_on is None

    @property
    def is_paused(self) -> bool:
        return self.paused_on is not None and self.stopped_on is None


class Reminder(models.Model):
    """A reminder that was sent, so that it is not sent again; an extension opens a new round."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="reminders")
    percent = models.PositiveSmallIntegerField("进度")
    round = models.PositiveSmallIntegerField("轮次")
    sent_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "催办"
        verbose_name_plural = "催办"
        constraints: ClassVar = [models.UniqueConstraint(fields=["clock", "percent", "round"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.clock} {self.percent}%"
