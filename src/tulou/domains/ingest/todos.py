"""待办 of aggregation: batches that did not land, and rejected rows that wait for correction."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from tulou.domains.ingest import queries
from tulou.domains.ingest.models import Batch
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.ui.todos import Todo, TodoProvider, register_todo

Rows = Callable[[UUID], QuerySet[Batch]]


def _provider(code: str, title: str, rows: Rows, why: Callable[[Batch], str]) -> TodoProvider:
    def mine(actor: Actor) -> QuerySet[Batch]:
        if actor.party is None or not may(actor, "ingest.load", organisation=actor.party):
            return Batch.objects.none()
        return rows(actor.party)

    def items(actor: Actor, limit: int) -> Sequence[Todo]:
        return [
            Todo(
                title=row.entry.name,
                url=reverse("ingest:batch", args=[row.pk]),
                why=why(row),
                since=timezone.localdate(row.registered_at),
                source=title,
            )
            for row in mine(actor)[:limit]
        ]

    return TodoProvider(code, title, lambda actor: mine(actor).count(), items)


def register() -> None:
    """Tell the workbench; called once when the room is ready."""
    failed = _provider(
        "ingest.failed", "汇聚未成功", queries.open_failures, lambda row: f"未入库：{row.problem[:60]}。{row.remedy}"
    )
    rejected = _provider(
        "ingest.rejected",
        "退回数据待更正",
        queries.open_rejections,
        lambda row: f"退回 {row.rejected:,} 行，请更正后补报",
    )
    for provider in (failed, rejected):
        register_todo(provider)
