"""驾驶舱: charts for those who lead, read-only, each with its table and the way to its rows."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q

from tulou.domains.access import public as access
from tulou.kernel.calendar import today
from tulou.kernel.ui.charts import Chart, Series, chart
from tulou.kernel.workflow import Clock, overdue
from tulou.portal import holdings
from tulou.portal.links import installed

DAYS = 30
TOP = 10


@dataclass(frozen=True)
class Timeliness:
    """How one kind of deadline was kept: ended in time, ended late, running, running late."""

    title: str
    kept: int
    late: int
    running: int
    overdue: int

    @property
    def rate(self) -> float | None:
        """The share of ended ones that were in time."""
        ended = self.kept + self.late
        return self.kept / ended if ended else None


def by_provider() -> Chart:
    """Current rows of the providers that hold most."""
    rows = holdings.by_provider(linked=True)[:TOP]
    values = Series("有效数据量", tuple(row.rows for row in rows))
    links = [row.url for row in rows]
    return chart("有效数据量前十的提供方", [row.name for row in rows], [values], kind="rank", unit="行", links=links)


def landed() -> Chart | None:
    """Rows that landed, day by day."""
    if not installed("ingest"):
        return None
    from tulou.domains.ingest import public as ingest

    found = {day.day: day for day in ingest.landed_by_day(_since())}
    days = _days()
    series = [
        Series("入库", tuple(found[day].accepted if day in found else 0 for day in days)),
        Series("退回", tuple(found[day].rejected if day in found else 0 for day in days)),
    ]
    return chart(f"近{DAYS}日入库与退回行数", _labels(days), series, stacked=True, unit="行")


def calls() -> Chart:
    """Calls that the gateway admitted, day by day."""
    found = {day.day: day.calls for day in access.use_by_day(_since())}
    days = _days()
    return chart(
        f"近{DAYS}日调用", _labels(days), [Series("调用", tuple(found.get(d, 0) for d in days))], kind="line", unit="次"
    )


def timeliness() -> list[Timeliness]:
    """Every kind of statutory deadline, and how it is kept."""
    late_ids = set(overdue().values_list("id", flat=True))
    rows = Clock.objects.order_by("title").values("title").annotate(
        kept=Count("id", filter=Q(stopped_on__isnull=False, stopped_on__lte=F("due_on"))),
        late=Count("id", filter=Q(stopped_on__isnull=False, stopped_on__gt=F("due_on"))),
        running=Count("id", filter=Q(stopped_on=None)),
        overdue=Count("id", filter=Q(id__in=late_ids)),
    )  # fmt: skip
    return [Timeliness(row["title"], row["kept"], row["late"], row["running"], row["overdue"]) for row in rows]


def _since() -> date:
    return today() - timedelta(days=DAYS - 1)


def _days() -> list[date]:
    return [_since() + timedelta(days=at) for at in range(DAYS)]


def _labels(days: list[date]) -> list[str]:
    return [f"{day.month}月{day.day}日" for day in days]
