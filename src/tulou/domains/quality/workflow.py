"""质量整改: routed → accepted → fixing → fixed → verified → closed; what was not mended is sent back, what waits too
long is escalated. The source mends, somebody else verifies and closes.
"""

from uuid import UUID

from tulou.domains.directory.public import agency, all_agencies
from tulou.domains.quality.events import ticket_event
from tulou.domains.quality.models import Ticket
from tulou.domains.quality.policies import may_mend, may_settle, may_verify
from tulou.domains.quality.vocabulary import TicketStatus as T
from tulou.kernel.workflow import Flow, Holder, Move, clocks_of
from tulou.kernel.workflow.flow import Effects

ACCEPT, RECTIFY, VERIFY = "quality.accept", "quality.rectify", "quality.verify"


def source(ticket: Ticket) -> Holder:
    """The data managers of the agency whose data they are."""
    return Holder(organisation=ticket.provider_id, role="data_manager")


def officers(ticket: Ticket) -> Holder:
    """The quality officers of the data authority on the source's node, else of the first one."""
    return Holder(organisation=bureau(ticket.provider_id), role="quality_officer")


def bureau(provider: UUID) -> UUID | None:
    """The data authority that answers for an agency."""
    bureaus = all_agencies(kinds=["bureau"])
    known = agency(provider)
    near = [one.id for one in bureaus if known is not None and one.node == known.node]
    return next(iter([*near, *(one.id for one in bureaus)]), None)


def rectify_unless_running(ticket: Ticket) -> str | None:
    """Taking the work up again does not give new days."""
    return None if any(clock.is_open and clock.clock == RECTIFY for clock in clocks_of(ticket)) else RECTIFY


TICKET: Flow[Ticket] = Flow(
    "quality.ticket",
    Move(
        "accept",
        (T.ROUTED,),
        T.ACCEPTED,
        may=may_mend,
        label="受理",
        stops=ACCEPT,
        starts=RECTIFY,
        holder=source,
        emits=ticket_event,
    ),
    Move(
        "start_fixing",
        (T.ACCEPTED, T.REOPENED, T.ESCALATED),
        T.FIXING,
        may=may_mend,
        label="开始整改",
        stops=(ACCEPT, VERIFY),
        starts=rectify_unless_running,
        holder=source,
        emits=ticket_event,
    ),
    Move(
        "fixed",
        (T.FIXING,),
        T.FIXED,
        may=may_mend,
        label="提交整改结果",
        stops=RECTIFY,
        starts=VERIFY,
        holder=officers,
        emits=ticket_event,
    ),
    Move("verify", (T.FIXED,), T.VERIFIED, may=may_verify, label="核验通过", stops=VERIFY, emits=ticket_event),
    Move("close", (T.VERIFIED,), T.CLOSED, may=may_settle, label="办结", emits=ticket_event),
    Move(
        "reopen",
        (T.FIXED, T.VERIFIED),
        T.REOPENED,
        may=may_settle,
        label="退回整改",
        stops=VERIFY,
        starts=RECTIFY,
        holder=source,
        emits=ticket_event,
    ),
    Move(
        "escalate",
        (T.ROUTED, T.ACCEPTED, T.FIXING, T.REOPENED),
        T.ESCALATED,
        may=may_settle,
        label="升级督办",
        emits=ticket_event,
    ),
    title="质量整改",
    beginning=Effects(starts=ACCEPT, holder=source, emits=ticket_event),
    subjects=lambda ticket: [f"entry:{ticket.entry_id}", f"agency:{ticket.provider_id}"],
)
