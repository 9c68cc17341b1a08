"""Loading the sample province: about thirty steps, each remembered in the evidence log, each safe to repeat.

A step that was interrupted is taken again from its beginning; the commands it
calls change nothing where their work is already done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tulou.kernel.evidence import find, record
from tulou.kernel.outbox import deliver_all
from tulou.node.sample import foundation, holdings, reader, requests, rules
from tulou.node.sample.people import LOADER

KIND = "node.sample.loaded"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the loading."""

    code: str
    title: str
    take: Callable[[], None]


@dataclass(frozen=True, slots=True)
class StepState:
    """A step and whether it was taken."""

    title: str
    done: bool


def steps() -> list[Step]:
    """Every step, in order."""
    entries = reader.entries()
    return [
        Step("calendar", "工作日历与办理期限", foundation.calendar),
        Step("law", "法规依据", foundation.law),
        Step("bodies", "节点与机构", foundation.bodies),
        Step("duties", "职责与信息系统", foundation.duties_and_systems),
        Step("accounts", "账号与角色", foundation.accounts),
        Step("vocabularies", "代码表", foundation.vocabularies),
        *[Step(f"publish-{e.code}", f"目录：{e.name}", partial(holdings.publish, e)) for e in entries],
        *[Step(f"rules-{e.code}", f"质量规则：{e.name}", partial(rules.bind, e)) for e in entries],
        *[Step(f"aggregate-{e.code}", f"汇聚：{e.name}", partial(holdings.aggregate, e)) for e in entries],
        Step("requests", "共享申请与授权", requests.play),
    ]


def load(progress: Callable[[int, int, str], None]) -> None:
    """Take the steps that were not taken yet, telling each before it begins."""
    todo = steps()
    taken = _taken()
    for number, step in enumerate(todo, start=1):
        if step.code in taken:
            continue
        progress(number, len(todo), step.title)
        step.take()
        deliver_all()
        record(KIND, actor=LOADER, subjects=[f"sample:{step.code}"], data={"title": step.title})


def status() -> list[StepState]:
    """Every step and whether it was taken."""
    taken = _taken()
    return [StepState(step.title, step.code in taken) for step in steps()]


def _taken() -> set[str]:
    marks = [f"sample:{step.code}" for step in steps()]
    return {s.removeprefix("sample:") for leaf in find(*marks, limit=len(marks) * 2) for s in leaf.leaf.subjects}
