"""留痕: what was done about a target, by whom and when, each line leading to its leaf and proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tulou.domains.security.kinds import title_of
from tulou.domains.security.policies import View
from tulou.domains.security.targets import CALLS, Target
from tulou.kernel import evidence
from tulou.kernel.evidence import Entry
from tulou.kernel.identity import party_names
from tulou.kernel.ui import places

Names = Mapping[str, Mapping[UUID, str]]
UNNAMED = ("step:", "table:")
SHOWN = 200
SHOWN_CALLS = 20
PROCESS = ("catalog.", "ingest.", "quality.", "sharing.", "access.right.", "access.plan.", "security.")
SOURCE = ("catalog.entry.publish", "catalog.entry.endorse", "catalog.entry.submit", "ingest.batch.landed")


@dataclass(frozen=True)
class Line:
    """One leaf as the timeline shows it."""

    id: UUID
    at: datetime
    title: str
    who: str
    about: tuple[places.Described, ...]
    seq: int | None
    leaf_hash: str
    url: str
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Traces:
    """The leaves of a target, newest first; `total` says how many there are when not all are shown."""

    process: list[Entry]
    calls: list[Entry]
    total: int

    @property
    def shown(self) -> int:
        """How many leaves are on the page."""
        return len(self.process) + len(self.calls)

    @property
    def ids(self) -> list[UUID]:
        """The leaves of a bundle."""
        return list(dict.fromkeys(entry.id for entry in [*self.process, *self.calls]))


def traces_of(target: Target, view: View) -> Traces:
    """The leaves of a target that this view may see. Of an entry, a consumer sees how its data came to be."""
    own, source = subjects_of(target)
    if target.call is not None:
        calls = [target.call, *_end_of(target.call)]
    else:
        calls = evidence.latest(*own, kinds=CALLS, limit=SHOWN_CALLS)
    process = evidence.latest(*own, kinds=PROCESS, limit=SHOWN)
    if source:
        origin = evidence.latest(*source, kinds=SOURCE, limit=SHOWN // 4)
        process = sorted({row.id: row for row in [*process, *origin]}.values(), key=lambda row: row.at, reverse=True)
    counted = evidence.count(*own, kinds=PROCESS if target.call else (*PROCESS, *CALLS))
    return Traces(process, calls, counted)


def _end_of(call: Entry) -> list[Entry]:
    """The end of a delivery, which names its beginning; a call has none."""
    plan = next((subject for subject in call.leaf.subjects if subject.startswith("plan:")), "")
    ended = evidence.latest(plan, kinds=("access.delivery.finished",), limit=SHOWN)
    return [row for row in ended if row.leaf.data.get("delivery") == str(call.id)]


def subjects_of(target: Target) -> tuple[list[str], list[str]]:
    """References under which a target's own leaves stand, and those of where its data came from."""
    entry = f"entry:{target.entry.id}"
    if target.batch is not None:
        return [f"batch:{target.batch.id}"], [entry]
    if target.whole:
        return [entry], []
    own = [f"right:{target.right.id}"] if target.right else []
    own += [f"request:{target.request.id}"] if target.request else []
    own += [f"grant:{target.grant.id}"] if target.grant else []
    return own, [entry]


def parties_in(entries: Sequence[Entry]) -> set[UUID]:
    """Everybody whom these leaves name: organisations and persons who acted, organisations that it was about."""
    found = {UUID(key) for row in entries for key in (row.leaf.actor.party, row.leaf.actor.person) if key}
    about = (subject.partition(":") for row in entries for subject in row.leaf.subjects)
    return found | {UUID(key) for noun, _, key in about if noun in ("agency", "party")}


def lines(entries: Sequence[Entry], known: Names | None = None) -> list[Line]:
    """Leaves as lines; whatever the page knows already is not asked again. `known["party"]` names all parties."""
    given = dict(known or {})
    parties = given.get("party") or party_names(parties_in(entries))
    things = places.described(
        (subject for row in entries for subject in row.leaf.subjects if not subject.startswith(UNNAMED)),
        {**given, "party": parties, "agency": parties},
    )
    return [_line(row, parties, things) for row in entries]


def _line(row: Entry, names: Mapping[UUID, str], things: Mapping[str, places.Described]) -> Line:
    actor = row.leaf.actor
    who = actor.person or actor.party
    return Line(
        id=row.id,
        at=row.at,
        title=title_of(row.kind),
        who=names[UUID(who)] if who else f"系统 {actor.role.removeprefix('system:')}",
        about=tuple(things[subject] for subject in row.leaf.subjects if subject in things),
        seq=row.seq,
        leaf_hash=row.leaf_hash.hex(),
        url=places.proof_url(row.leaf_hash.hex()),
        told=_told(row),
    )


def _told(row: Entry) -> tuple[tuple[str, str], ...]:
    """What the leaf of a call says of what left."""
    data = row.leaf.data
    if not row.kind.startswith(CALLS):
        return ()
    found = [("方式", str(data.get("channel", "")))]
    found += [("行数", f"{int(data['rows']):,}")] if "rows" in data else []
    found += [("字节", f"{int(data['bytes']):,}")] if "bytes" in data else []
    found += [("结果", {"complete": "完整"}.get(str(data["outcome"]), "中断"))] if "outcome" in data else []
    return tuple(pair for pair in found if pair[1])
