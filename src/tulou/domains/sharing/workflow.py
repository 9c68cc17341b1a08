"""共享申请: a request carries items; each item is decided once, the request is done when all are.

Renewing is a new request naming the old grant, so that access neither
lapses while it is examined nor escapes examination.
"""

from tulou.domains.catalog.public import ShareType
from tulou.domains.sharing.events import decided_event, grant_event
from tulou.domains.sharing.models import Grant, Request, RequestedItem
from tulou.domains.sharing.models import GrantStatus as G
from tulou.domains.sharing.models import ItemStatus as I
from tulou.domains.sharing.models import RequestStatus as R
from tulou.domains.sharing.policies import (
    controls_grant,
    delivers,
    is_applicant,
    is_authority,
    is_own_office,
    is_provider,
    is_system,
)
from tulou.kernel.workflow import Flow, Holder, Move
from tulou.kernel.workflow.flow import Effects

ACCEPTANCE, DELIVERY = "sharing.acceptance", "sharing.delivery"
CONDITIONAL, UNCONDITIONAL = "sharing.reply_conditional", "sharing.reply_unconditional"


def reply_clock(request: Request) -> str:
    """Unconditional items are answered in a day; one conditional item makes it the longer clock."""
    conditional = request.items.exclude(share_type=ShareType.UNCONDITIONAL).exists()
    return CONDITIONAL if conditional else UNCONDITIONAL


def authority(request: Request) -> Holder:
    """The data authority's desk."""
    return Holder(role="sharing_authority")


def provider(request: Request | Grant) -> Holder:
    """The provider's data managers."""
    return Holder(organisation=request.provider_id, role="data_manager")


REQUEST: Flow[Request] = Flow(
    "sharing.request",
    Move("endorse", (R.DRAFT,), R.ENDORSED, may=is_own_office, label="部门审核通过"),
    Move("revise", (R.DRAFT,), R.DRAFT, may=is_applicant, label="修改申请"),
    Move("send_back", (R.DRAFT,), R.DRAFT, may=is_own_office, label="退回修改"),
    Move("recall", (R.ENDORSED,), R.DRAFT, may=is_applicant, label="撤回修改"),
    Move("submit", (R.ENDORSED,), R.SUBMITTED, may=is_applicant, label="提交申请", starts=ACCEPTANCE, holder=authority),
    Move(
        "accept",
        (R.SUBMITTED,),
        R.ACCEPTED,
        may=is_authority,
        label="受理",
        stops=ACCEPTANCE,
        starts=reply_clock,
        holder=provider,
    ),
    Move("query", (R.ACCEPTED,), R.CORRECTING, may=is_authority, label="要求补正", pauses=reply_clock),
    Move("correct", (R.CORRECTING,), R.ACCEPTED, may=is_applicant, label="提交补正", resumes=reply_clock),
    Move("extend", (R.ACCEPTED,), R.ACCEPTED, may=is_authority, label="同意延期", extends=reply_clock),
    Move(
        "conclude",
        (R.ACCEPTED,),
        R.DECIDED,
        may=is_system,
        label="答复",
        stops=reply_clock,
        emits=decided_event,
    ),
    Move(
        "withdraw",
        (R.DRAFT, R.ENDORSED, R.SUBMITTED, R.ACCEPTED, R.CORRECTING),
        R.WITHDRAWN,
        may=is_applicant,
        label="撤回申请",
        stops=(ACCEPTANCE, CONDITIONAL, UNCONDITIONAL),
    ),
    title="共享申请",
    subjects=lambda request: [f"entry:{request.entry_id}", f"agency:{request.applicant_id}"],
)

ITEM: Flow[RequestedItem] = Flow(
    "sharing.item",
    Move("grant", (I.PENDING,), I.GRANTED, may=is_provider, label="同意共享"),
    Move("refuse", (I.PENDING,), I.REFUSED, may=is_provider, label="不予共享"),
    model="sharing.requesteditem",
    title="申请信息项",
    subjects=lambda item: [f"request:{item.request_id}"],
)

GRANT: Flow[Grant] = Flow(
    "sharing.grant",
    Move("deliver", (G.AWAITING,), G.IN_USE, may=delivers, label="交付", stops=DELIVERY, emits=grant_event),
    Move("suspend", (G.IN_USE,), G.SUSPENDED, may=controls_grant, label="暂停", emits=grant_event),
    Move("resume", (G.SUSPENDED,), G.IN_USE, may=controls_grant, label="恢复", emits=grant_event),
    Move(
        "revoke",
        (G.AWAITING, G.IN_USE, G.SUSPENDED),
        G.REVOKED,
        may=controls_grant,
        label="撤销",
        stops=DELIVERY,
        emits=grant_event,
    ),
    Move(
        "expire",
        (G.AWAITING, G.IN_USE, G.SUSPENDED),
        G.EXPIRED,
        may=delivers,
        label="到期",
        stops=DELIVERY,
        emits=grant_event,
    ),
    title="共享授权",
    beginning=Effects(starts=DELIVERY, holder=provider, emits=grant_event),
    subjects=lambda grant: [f"entry:{grant.entry_id}", f"request:{grant.request_id}"],
)
