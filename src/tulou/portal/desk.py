"""工作台: what waits for one person, what runs out when and why, and how the organisation stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from tulou.domains.catalog import public as catalog
from tulou.kernel.calendar import add_working_days, today
from tulou.kernel.calendar.models import Unit
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.ui import places
from tulou.kernel.ui.pages import TimelineStep
from tulou.kernel.ui.todos import Todo, providers
from tulou.kernel.ui.tones import tone_of
from tulou.kernel.workflow import Clock, Step, clocks_for
from tulou.kernel.workflow.registry import flow_of
from tulou.portal.links import address, installed

SHOWN = 8
SOON = 3
CLOCKS = 30
STEPS = 8


@dataclass(frozen=True)
class TodoGroup:
    """Things of one kind that wait, those about one thing side by side; `more` says that there are others."""

    title: str
    items: list[Todo]
    more: int
    url: str = ""


@dataclass(frozen=True)
class DueLine:
    """One running deadline with its reason."""

    title: str
    subject: UUID
    url: str
    clock: str
    due_on: date
    provisional: bool
    paused: bool
    why: str


@dataclass(frozen=True)
class OwnFigure:
    """A figure of the organisation acted for."""

    title: str
    value: int
    unit: str
    url: str = ""
    note: str = ""


def waiting(actor: Actor) -> list[TodoGroup]:
    """To-dos by kind; the rest of a long kind is counted only when there is one."""
    groups = []
    for provider in providers():
        items = list(provider.items(actor, SHOWN + 1))
        if items:
            more = provider.count(actor) - SHOWN if len(items) > SHOWN else 0
            url = address(provider.register) if provider.register else ""
            groups.append(TodoGroup(provider.title, _together(items[:SHOWN]), max(more, 0), url))
    return groups


def _together(items: list[Todo]) -> list[Todo]:
    """Things about the same follow the most urgent of them."""
    met: dict[str, list[Todo]] = {}
    for todo in items:
        met.setdefault(todo.about or todo.url, []).append(todo)
    return [todo for same in met.values() for todo in same]


def laid_out(actor: Actor) -> tuple[list[TodoGroup], dict[str, list[DueLine]]]:
    """What waits, with the reason of its deadline, and the deadlines that are not told there already."""
    groups, due = waiting(actor), deadlines(actor)
    lines = [line for same in due.values() for line in same]
    told: set[UUID] = set()
    for group in groups:
        for place, todo in enumerate(group.items):
            mine = next((line for line in lines if str(line.subject) in todo.url), None)
            if mine:
                told.add(mine.subject)
                group.items[place] = replace(todo, reason=f"{mine.clock}：{mine.why}")
    left = {title: [line for line in same if line.subject not in told] for title, same in due.items()}
    return groups, {title: same for title, same in left.items() if same}


def deadlines(actor: Actor) -> dict[str, list[DueLine]]:
    """Open clocks that wait for this actor: overdue, today, soon, later, paused."""
    clocks = list(clocks_for(actor).select_related("rule")[:CLOCKS])
    day = today()
    soon = add_working_days(day, SOON).date
    found: dict[str, list[DueLine]] = {
        "逾期": [],
        "今日到期": [],
        f"{SOON}个工作日内": [],
        "以后": [],
        "已暂停计时": [],
    }
    for clock in clocks:
        found[_when(clock, day, soon)].append(_due(clock))
    return {title: lines for title, lines in found.items() if lines}


def _when(clock: Clock, day: date, soon: date) -> str:
    if clock.is_paused:
        return "已暂停计时"
    if clock.due_on < day:
        return "逾期"
    if clock.due_on == day:
        return "今日到期"
    return f"{SOON}个工作日内" if clock.due_on <= soon else "以后"


def _due(clock: Clock) -> DueLine:
    return DueLine(
        title=clock.subject_label,
        subject=clock.subject,
        url=places.url_of(clock.subject_type, clock.subject),
        clock=clock.title,
        due_on=clock.due_on,
        provisional=clock.provisional,
        paused=clock.is_paused,
        why=_why(clock),
    )


def _why(clock: Clock) -> str:
    """自3月2日起10个工作日（《……》第几条）."""
    unit = Unit(clock.unit).label
    extended = f"，已延长{clock.extensions}次" if clock.extensions else ""
    cited = f"；依据：{clock.rule.citation}" if clock.rule.citation else ""
    return f"自{clock.started_on.month}月{clock.started_on.day}日起{clock.allowance}个{unit}{extended}{cited}"


def own_figures(actor: Actor) -> list[OwnFigure]:
    """How the organisation acted for stands; what its rows are shown by, where the viewer may open them."""
    if actor.party is None:
        return []
    entries = catalog.entries_of(actor.party)
    used = [one for one in entries if one.version > 0 and one.status != "retired"]
    mine = address("catalog:mine") if may(actor, "catalog.own") else ""
    figures = [
        OwnFigure("本机构目录", len(used), "条", mine, _besides(len(entries) - len(used))),
        OwnFigure("有效数据量", sum(one.data_rows for one in used), "行", mine),
    ]
    if not entries:
        figures = []
    return [*figures, *_batches(actor), *_grants(actor)]


def _besides(others: int) -> str:
    return f"另有 {others} 条编制中或已停用" if others else ""


def _batches(actor: Actor) -> list[OwnFigure]:
    if not installed("ingest") or not may(actor, "ingest.read") or actor.party is None:
        return []
    from tulou.domains.ingest import public as ingest

    days = ingest.landed_by_day(today().replace(day=1), provider=actor.party)
    if not days:
        return []
    rejected = sum(day.rejected for day in days)
    url = address("ingest:register")
    note = f"退回 {rejected:,} 行" if rejected else ""
    return [OwnFigure("本月入库批次", sum(day.batches for day in days), "批", url, note)]


def _grants(actor: Actor) -> list[OwnFigure]:
    if not installed("sharing") or actor.party is None:
        return []
    from tulou.domains.sharing import public as sharing

    got = [one for one in sharing.grants_of(actor.party) if one.status == "in_use"]
    given = [one for one in sharing.grants_by(actor.party) if one.status == "in_use"]
    url = address("sharing:grants")
    sides: Sequence[tuple[str, int]] = (("获批使用的授权", len(got)), ("对外提供的授权", len(given)))
    return [OwnFigure(title, count, "项", url) for title, count in sides if count]


def recent_steps(actor: Actor) -> list[TimelineStep]:
    """What the organisation did last."""
    if actor.party is None:
        return []
    steps = list(Step.objects.filter(party=actor.party).order_by("-at", "-id")[:STEPS])
    known = places.described(_reference(step) for step in steps)
    return [_drawn(step, known[_reference(step)]) for step in steps]


def _reference(step: Step) -> str:
    return f"{step.subject_type.rsplit('.', 1)[-1]}:{step.subject}"


def _drawn(step: Step, thing: places.Described) -> TimelineStep:
    flow = flow_of(step.subject_type)
    kind = flow.title if flow and flow.title else thing.title
    return TimelineStep(
        title=f"{step.label}：{thing.name}" if thing.name else step.label,
        who=f"{kind} · {step.actor_label}",
        at=step.at,
        tone=tone_of(step.target),
        url=places.proof_url(step.leaf_hash),
    )
