"""访问权利: active, suspended, revoked. Whoever established it decides through a service; nobody clicks it directly."""

from tulou.domains.access.models import Right, RightStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import may
from tulou.kernel.workflow import Flow, Move


def may_control(right: Right, actor: Actor) -> bool:
    """The caller's own people never control their rights; providers and authorities do, through their domain."""
    return may(actor, "access.control")


RIGHT: Flow[Right] = Flow(
    "access.right",
    Move("suspend", (RightStatus.ACTIVE,), RightStatus.SUSPENDED, may=may_control, label="暂停"),
    Move("resume", (RightStatus.SUSPENDED,), RightStatus.ACTIVE, may=may_control, label="恢复"),
    Move(
        "revoke",
        (RightStatus.ACTIVE, RightStatus.SUSPENDED),
        RightStatus.REVOKED,
        may=may_control,
        label="撤销",
    ),
    title="访问权利",
    initial=RightStatus.ACTIVE,
    subjects=lambda right: [right.ref, f"entry:{right.entry}"],
)
