"""What waits at the workbench (待办): tickets to take on, to mend, to verify, to close."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from tulou.domains.directory.public import predecessors
from tulou.domains.quality import queries
from tulou.domains.quality.models import Ticket
from tulou.domains.quality.vocabulary import TicketStatus as T
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.ui.todos import Todo

TO_MEND = (T.ROUTED, T.ACCEPTED, T.FIXING, T.REOPENED, T.ESCALATED)
WHY = {
    T.ROUTED: "请受理，核查数据后开始整改",
    T.ACCEPTED: "已受理，请开始整改",
    T.FIXING: "请在源头更正并重新报送，然后提交整改结果",
    T.REOPENED: "核验未通过，请继续整改",
    T.ESCALATED: "已升级督办，请尽快整改",
    T.FIXED: "请核验整改结果",
    T.VERIFIED: "核验已通过，请办结",
}


def waiting(actor: Actor) -> QuerySet[Ticket]:
    """Tickets on which this actor is the next to act."""
    if actor.party is None or actor.person is None:
        return Ticket.objects.none()
    mine = predecessors(actor.party)
    wanted = Q(pk__in=[])
    if may(actor, "quality.rectify"):
        wanted |= Q(provider__in=mine, status__in=TO_MEND)
    if may(actor, "quality.verify"):
        wanted |= Q(status__in=(T.FIXED, T.VERIFIED)) & ~Q(provider__in=mine)
    elif may(actor, "quality.report"):
        wanted |= Q(reporter__in=mine, status=T.VERIFIED) & ~Q(provider__in=mine)
    return Ticket.objects.filter(wanted)


def count(actor: Actor) -> int:
    """How many wait."""
    return waiting(actor).count()


def listed(actor: Actor, limit: int) -> Sequence[Todo]:
    """Which, the most urgent first."""
    rows: Any = queries.with_due(waiting(actor)).select_related("entry").order_by(F("due_on").asc(nulls_last=True))
    return [
        Todo(
            title=row.title,
            url=reverse("quality:ticket", args=[row.id]),
            why=WHY[T(row.status)],
            due_on=row.due_on,
            provisional=bool(row.provisional),
            since=timezone.localdate(row.created_at),
            source="数据质量",
            about=row.entry.name,
        )
        for row in rows[:limit]
    ]
