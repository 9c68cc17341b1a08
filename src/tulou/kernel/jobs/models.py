"""Tables of background jobs (后台作业): each run, the heartbeat of every process, and the ticks of schedules."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tulou.trust.ids import new_id


class JobRun(models.Model):
    """One run of a job, from the moment somebody asked for it. `queue_id` is its row in procrastinate's queue."""

    class State(models.TextChoices):
        """The five states of a run."""

        QUEUED = "queued", "排队中"
        RUNNING = "running", "运行中"
        SUCCEEDED = "succeeded", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField("作业类型")
    title = models.TextField("作业名称")
    queue = models.TextField("队列", default="default")
    key = models.TextField("去重键", null=True)
    params = models.JSONField("参数", default=dict)
    subjects = ArrayField(models.TextField(), default=list, verbose_name="涉及对象")
    state = models.TextField("状态", choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField("已完成量", default=0)
    total = models.BigIntegerField("总量", null=True)
    message = models.TextField("进展", blank=True)
    error = models.TextField("错误", blank=True)
    attempts = models.PositiveIntegerField("尝试次数", default=0)
    cancel_requested = models.BooleanField("已请求取消", default=False)
    queue_id = models.BigIntegerField("队列编号", null=True)
    party = models.UUIDField("发起单位", null=True)
    person = models.UUIDField("发起人", null=True)
    actor_kind = models.TextField("发起方类型", default="system")
    actor_label = models.TextField("发起方", blank=True)
    created_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True)
    progress_at = models.DateTimeField("进展时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """A key names at most one waiting or running run of its kind."""

        db_table = "jobs_run"
        verbose_name = verbose_name_plural = "作业"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(state__in=["queued", "running"]),
                name="jobs_run_one_active_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="jobs_run_created"),
            models.Index(fields=["state", "-created_at"], name="jobs_run_state"),
            GinIndex(fields=["subjects"], name="jobs_run_subjects"),
        ]


class Heartbeat(models.Model):
    """When a process last said that it is alive and working."""

    process = models.TextField("进程", primary_key=True)
    at = models.DateTimeField("时间")
    pid = models.IntegerField("进程号")
    detail = models.TextField("说明", blank=True)

    class Meta:
        """The health page reads this table."""

        db_table = "jobs_heartbeat"
        verbose_name = verbose_name_plural = "进程心跳"


class ScheduleTick(models.Model):
    """The last planned moment for which a schedule was enqueued; it makes each moment count once on all workers."""

    kind = models.TextField("作业类型", primary_key=True)
    slot = models.DateTimeField("计划时间")

    class Meta:
        """One row for each schedule."""

        db_table = "jobs_schedule_tick"
        verbose_name = verbose_name_plural = "定时计划"
