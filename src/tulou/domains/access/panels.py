"""使用数据: the panel with which a caller takes what a right gives, and sees what it took. Other rooms show it too.

The hub never carries the bytes: the panel leads to pages that issue a plan, and the browser goes to the gateway.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import SafeString

from tulou.domains.access import queries
from tulou.domains.access.models import Meter, Right
from tulou.domains.access.services import objection
from tulou.kernel.calendar import now, today
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import may
from tulou.kernel.ui.charts import Chart, Series, chart
from tulou.kernel.ui.components import draw

DAYS = 30
FORMATS = (
    ("csv", "CSV（表格软件可直接打开）"),
    ("xlsx", "Excel（XLSX）"),
    ("parquet", "Parquet（分析软件）"),
    ("json", "JSON"),
)
CHANNELS = {"preview": "页面查询", "file": "文件下载", "api": "接口调用"}


@dataclass(frozen=True)
class Limit:
    """A daily limit and how much of it is used."""

    title: str
    used: int
    most: int

    @property
    def spent(self) -> bool:
        """Whether nothing is left today."""
        return bool(self.most) and self.used >= self.most


def use_panel(request: HttpRequest, right_id: UUID | None) -> SafeString | None:
    """The panel of one right, or nothing where it does not exist."""
    right = Right.objects.filter(pk=right_id).first() if right_id else None
    return draw("access/_use.html", request, **use_context(request, right)) if right else None


def use_context(request: HttpRequest, right: Right) -> dict[str, Any]:
    """What the panel shows."""
    actor = actor_of(request)
    mine = right.caller in queries.own_ids(actor) and may(actor, "access.use", organisation=right.caller)
    at = now()
    return {
        "right": right,
        "mine": mine,
        "objection": next((why for channel in right.channels[:1] if (why := objection(right, channel, at))), ""),
        "formats": FORMATS,
        "channels": [CHANNELS.get(channel, channel) for channel in right.channels],
        "limits": limits(right),
        "charts": usage_charts(right),
        "key": queries.key_of(right) if "api" in right.channels else None,
    }


def limits(right: Right) -> list[Limit]:
    """Today's calls and rows beside what is allowed."""
    row = Meter.objects.filter(right=right.pk, day=today()).first()
    return [
        Limit("今日调用次数", row.calls if row else 0, right.calls_per_day),
        Limit("今日交付行数", row.rows if row else 0, right.rows_per_day),
    ]


def usage_charts(right: Right) -> list[Chart]:
    """Calls and rows of the last days, day by day; nothing before the first use."""
    start = today() - timedelta(days=DAYS - 1)
    used = {row.day: row for row in Meter.objects.filter(right=right.pk, day__gte=start)}
    if not used:
        return []
    days = [start + timedelta(days=n) for n in range(DAYS)]
    names = [f"{day.month}月{day.day}日" for day in days]
    calls = tuple(used[day].calls if day in used else 0 for day in days)
    rows = tuple(used[day].rows if day in used else 0 for day in days)
    return [
        chart(f"近{DAYS}天调用次数", names, [Series("调用", calls)], unit="次"),
        chart(f"近{DAYS}天交付行数", names, [Series("行数", rows)], unit="行"),
    ]
