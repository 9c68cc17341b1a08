"""Jobs for the tests of this room; worker processes started by the tests import them too."""

import time
from pathlib import Path

from django.utils import timezone

from tulou.kernel.files.models import StoredFile
from tulou.kernel.jobs import Cancelled, JobContext, Permanent, every, job


def leave_mark(name: str) -> None:
    """An effect in the database, to be counted."""
    StoredFile.objects.create(sha256="0" * 64, size=0, media_type="test", name=name, stored_at=timezone.now())


@job("test.mark", "留下记号")
def mark(ctx: JobContext, name: str) -> None:
    leave_mark(name)
    ctx.progress(1, 1, "完成")


@job("test.fail", "总是失败", attempts=3)
def fail(ctx: JobContext, name: str) -> None:
    leave_mark(name)
    raise RuntimeError("网络不通")


@job("test.refuse", "不可重试")
def refuse(ctx: JobContext) -> None:
    raise Permanent("源表已删除，请重新选择数据源")


@job("test.slow", "慢作业", attempts=3)
def slow(ctx: JobContext, name: str, gate: str) -> None:
    """Leaves its mark, then works until the file `gate` appears."""
    leave_mark(name)
    Path(gate + f".started{ctx.attempt}").touch()
    ctx.progress(1, 10, "已写入，等待放行")
    while not Path(gate).exists():
        time.sleep(0.05)
        ctx.progress(5, 10, "等待放行")
        ctx.stop_if_cancelled()
    ctx.progress(10, 10, "完成")


@job("test.deaf", "不听停止信号的作业", atomic=False)
def deaf(ctx: JobContext, gate: str) -> None:
    Path(gate + f".started{ctx.attempt}").touch()
    while not Path(gate).exists():
        time.sleep(0.05)
    leave_mark("deaf")


@job("test.quit", "自行取消")
def give_up(ctx: JobContext) -> None:
    leave_mark("gave up")
    raise Cancelled


@every(seconds=60, name="tick")
@job("test.minutely", "每分钟一次")
def minutely(ctx: JobContext, name: str) -> None:
    leave_mark(name)


@every(cron="30 2 * * *", name="night")
@job("test.nightly", "每天一次")
def nightly(ctx: JobContext, name: str) -> None:
    leave_mark(name)
