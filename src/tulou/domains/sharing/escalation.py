"""逾期转办: a reply or delivery that nobody gave in time goes from the desk to the provider's office.

Where the provider has no office approver, the authority gets it to urge; it never decides in the provider's place.
"""

from uuid import UUID

from django.db import transaction

from tulou.domains.directory.public import roles
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.workflow import CONDITIONAL, DELIVERY, UNCONDITIONAL
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import people_who_may
from tulou.kernel.workflow import Clock, Holder, escalate, overdue

HANDED_ON = (CONDITIONAL, UNCONDITIONAL, DELIVERY)


def escalate_overdue(*, actor: Actor) -> int:
    """Hand on every overdue clock of a provider once; how many were."""
    late = overdue().filter(clock__in=HANDED_ON, escalated_at=None)
    return sum(_hand_on(pk, actor) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _hand_on(pk: UUID, actor: Actor) -> int:
    clock = Clock.objects.select_for_update().filter(pk=pk, stopped_on=None, escalated_at=None).first()
    if clock is None:
        return 0
    provider = _provider_of(clock)
    has_office = bool(people_who_may("sharing.endorse", provider))
    office = Holder(organisation=provider, role=roles.OFFICE_APPROVER)
    to = office if has_office else Holder(role=roles.SHARING_AUTHORITY)
    who = "提供方本部门审批人代为办理" if has_office else "数据主管部门督办"
    escalate(clock, to=to, actor=actor, reason=f"“{clock.title}”已于{clock.due_on:%Y年%m月%d日}逾期，转{who}")
    return 1


def _provider_of(clock: Clock) -> UUID:
    rows = Grant.objects if clock.clock == DELIVERY else Request.objects
    return UUID(str(rows.values_list("provider_id", flat=True).get(pk=clock.subject)))
