"""Heartbeats (进程心跳): each process says that it works, the health page asks whether it said so lately."""

import os
from datetime import timedelta
from typing import Final

from django.utils import timezone

from tulou.kernel.jobs.models import Heartbeat

INTERVAL: Final = timedelta(seconds=3)
PATIENCE: Final = timedelta(seconds=15)


def beat(process: str, detail: str = "") -> None:
    """Say that this process is alive and works."""
    said = {"at": timezone.now(), "pid": os.getpid(), "detail": detail}
    Heartbeat.objects.update_or_create(process=process, defaults=said)


def alive(process: str) -> bool:
    """Whether the process said within the last quarter of a minute that it works."""
    return Heartbeat.objects.filter(process=process, at__gt=timezone.now() - PATIENCE).exists()
