"""From a right to a signed plan, and where the plan is honoured."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings

from tulou.domains.access.models import Right
from tulou.trust.keys import KeyStore
from tulou.trust.plans import AccessPlan, Basis, BasisKind, Channel, Mask, PlanColumn, Predicate, Quota, TableRef
from tulou.trust.signed import sign

KIND = "access-plan"
PURPOSE = "plans"
PATHS: dict[str, str] = {"preview": "/v1/preview", "file": "/v1/files/csv", "api": "/v1/data"}


def plan_of(right: Right, plan_id: UUID, channel: Channel, at: datetime, expires: datetime) -> AccessPlan:
    """The plan that a right allows through one channel; its basis is the right, whose row names what that rests on."""
    return AccessPlan(
        id=str(plan_id),
        node=settings.NODE.id,
        basis=Basis(cast(BasisKind, right.kind), str(right.id)),
        purpose=right.purpose,
        caller=str(right.caller),
        entry=str(right.entry),
        table=TableRef(right.zone, right.table),
        columns=tuple(PlanColumn(c["name"], c["label"], Mask(**c["mask"])) for c in right.columns),
        rows=tuple(Predicate(p["column"], p["op"], tuple(p["values"])) for p in right.rows),
        channels=(channel,),
        quota=Quota(right.calls_per_day, right.rows_per_day),
        not_before=at,
        expires=expires,
    )


def sign_plan(plan: AccessPlan) -> str:
    """The token of a plan, signed with this node's key for plans."""
    return sign(KIND, plan.to_payload(), _keys().ensure(PURPOSE))


def address(channel: Channel) -> str:
    """Where this node honours plans of a channel: short calls at the gateway, whole files at the streams process."""
    origin = settings.STREAMS_URL if channel == "file" else settings.GATEWAY_URL
    return f"{origin}{PATHS[channel]}"


@lru_cache(maxsize=1)
def _store(folder: Path) -> KeyStore:
    return KeyStore(folder)


def _keys() -> KeyStore:
    return _store(Path(settings.KEYS))
