"""待办 of the catalogue: what waits for review, for the office's agreement, and what came back."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from tulou.domains.catalog import queries
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.ui.todos import Todo, TodoProvider, register_todo
from tulou.kernel.workflow import Step

RETURNED = ("send_back", "send_back_change")
Rows = Callable[[Actor], "QuerySet[Entry]"]


def to_review(actor: Actor) -> "QuerySet[Entry]":
    """Submissions that the bureau's reviewer has to decide; never those of the reviewer's own agency."""
    if not may(actor, "catalog.review"):
        return Entry.objects.none()
    return queries.waiting_for_review().exclude(provider_id=actor.party)


def to_endorse(actor: Actor) -> "QuerySet[Entry]":
    """Entries whose data manager asked for the office's agreement."""
    if not may(actor, "catalog.endorse"):
        return Entry.objects.none()
    return queries.own(actor).filter(offered_on__isnull=False, status__in=queries.IN_WORK)


def to_submit(actor: Actor) -> "QuerySet[Entry]":
    """Entries that the office agreed to and nobody has sent on."""
    if not may(actor, "catalog.compile"):
        return Entry.objects.none()
    return queries.own(actor).filter(status__in=(EntryStatus.ENDORSED, EntryStatus.CHANGE_ENDORSED))


def returned(actor: Actor) -> "QuerySet[Entry]":
    """Entries that came back with remarks and have not gone on since."""
    if not may(actor, "catalog.compile"):
        return Entry.objects.none()
    last = Step.objects.filter(subject=OuterRef("pk"), subject_type="catalog.entry").order_by("-at", "-id")
    rows = queries.own(actor).filter(status__in=queries.IN_WORK, offered_on=None)
    return rows.annotate(last_move=Subquery(last.values("move")[:1]), remarks=Subquery(last.values("note")[:1])).filter(
        last_move__in=RETURNED
    )


def changing(actor: Actor) -> "QuerySet[Entry]":
    """Changes in preparation whose update clock runs; those that came back are told by `returned`."""
    if not may(actor, "catalog.compile"):
        return Entry.objects.none()
    back = returned(actor).values("pk")
    return queries.own(actor).filter(status=EntryStatus.CHANGING, offered_on=None).exclude(pk__in=back)


def _provider(code: str, title: str, rows: Rows, page: str, why: Callable[[Any], str]) -> TodoProvider:
    def items(actor: Actor, limit: int) -> Sequence[Todo]:
        return [
            Todo(
                title=row.name,
                url=reverse(page, args=[row.pk]),
                why=why(row),
                due_on=row.due_on,
                provisional=bool(row.due_provisional),
                since=_since(row),
                source=title,
            )
            for row in queries.with_due(rows(actor)).order_by("due_on")[:limit]
        ]

    return TodoProvider(code, title, lambda actor: rows(actor).count(), items)


def _since(row: Entry) -> date:
    return row.offered_on or row.updated_at.date()


def register() -> None:
    """Tell the workbench; called once when the room is ready."""
    for provider in (
        _provider(
            "catalog.review", "目录审核", to_review, "catalog:review", lambda r: f"{r.provider.short_name}提交，请审核"
        ),
        _provider("catalog.endorse", "目录部门审核", to_endorse, "catalog:entry", lambda r: "已提请，请代表本部门审核"),
        _provider("catalog.submit", "目录提交", to_submit, "catalog:entry", lambda r: "部门已审，请提交数据主管部门"),
        _provider("catalog.returned", "目录退回修改", returned, "catalog:edit", lambda r: f"已退回：{r.remarks[:60]}"),
        _provider(
            "catalog.changing", "目录变更", changing, "catalog:edit", lambda r: f"变更中：{r.change_reason[:60]}"
        ),
    ):
        register_todo(provider)
