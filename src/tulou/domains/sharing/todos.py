"""待办 of the sharing room: what waits for the office, the authority, the provider, and for the applicant itself."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from tulou.domains.sharing import queries
from tulou.domains.sharing.models import Request
from tulou.kernel.identity import Actor
from tulou.kernel.ui.todos import Todo, TodoProvider, register_todo

Rows = Callable[[Actor], "QuerySet[Request]"]


def _provider(code: str, title: str, rows: Rows, why: Callable[[Request], str]) -> TodoProvider:
    def items(actor: Actor, limit: int) -> Sequence[Todo]:
        found: Any = queries.by_due(queries.with_due(rows(actor)))[:limit]
        return [
            Todo(
                title=f"{row.entry.name}（{row.number}）",
                url=reverse("sharing:request", args=[row.pk]),
                why=why(row),
                due_on=row.due_on,
                provisional=bool(row.due_provisional),
                since=row.created_at.date(),
                source=title,
            )
            for row in found
        ]

    return TodoProvider(code, title, lambda actor: rows(actor).count(), items)


def register() -> None:
    """Tell the workbench; called once when the room is ready."""
    for provider in (
        _provider("sharing.endorse", "共享申请部门审核", queries.to_endorse, lambda r: "本部门提出，请审核后提交"),
        _provider("sharing.revise", "共享申请修改", queries.to_revise, lambda r: "本部门审批人已退回，请修改"),
        _provider("sharing.submit", "共享申请提交", queries.to_submit, lambda r: "部门已审，请提交受理"),
        _provider("sharing.correct", "共享申请补正", queries.to_correct, lambda r: "请按要求补正，补正期间不计时"),
        _provider(
            "sharing.accept", "共享申请受理", queries.to_accept, lambda r: f"{r.applicant.short_name}提交，请受理"
        ),
        _provider(
            "sharing.decide", "共享申请答复", queries.to_decide, lambda r: f"{r.applicant.short_name}申请，请逐项决定"
        ),
        _provider(
            "sharing.urge", "共享申请督办", queries.to_urge, lambda r: f"{r.provider.short_name}逾期未答复，请督办"
        ),
    ):
        register_todo(provider)
