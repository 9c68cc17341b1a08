"""逐项决定: each requested item is granted in a form or refused with a basis, once; the last one concludes.

Promise: two approvers at once, or one who clicks twice, decide each item one time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog import public as catalog
from tulou.domains.law.public import BasisUse, require_basis
from tulou.domains.sharing import delivery, masking
from tulou.domains.sharing.models import ItemStatus, Request, RequestedItem, RequestStatus
from tulou.domains.sharing.workflow import ITEM, REQUEST
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.trust.plans import Mask

PLATFORM = Actor.system("共享受理")


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approver decided about one item, and the revision that the page showed."""

    item: UUID
    granted: bool
    mask: Mask | None = None
    basis: UUID | None = None
    opinion: str = ""
    revision: int | None = None


@transaction.atomic
def decide(request: Request, decisions: Sequence[Decision], *, actor: Actor) -> Request:
    """Decide some or all items of a request together: all of it holds, or nothing.

    Raises:
        ValidationError: a refusal lacks a basis in force, or the request is not with the provider.
    """
    if not decisions:
        raise ValidationError("请至少对一个信息项作出决定")
    items = {item.id: item for item in request.items.all()}
    for decision in decisions:
        item = items.get(decision.item)
        if item is None:
            raise ValidationError("所选信息项不属于该申请，请刷新页面后重试")
        if decision.granted:
            mask = decision.mask or masking.of(item.mask)
            grant_item(item, mask=mask, actor=actor, opinion=decision.opinion, revision=decision.revision)
        else:
            refuse_item(item, basis=decision.basis, opinion=decision.opinion, actor=actor, revision=decision.revision)
    return request


@transaction.atomic
def grant_item(
    item: RequestedItem, *, mask: Mask, actor: Actor, opinion: str = "", revision: int | None = None
) -> RequestedItem:
    """Agree to share one item in a given form.

    Raises:
        ValidationError: the request is not with the provider, or the mask does not fit the item.
    """
    request = _with_provider(item)
    kind = {known.name: known.type for known in catalog.items(request.entry_id)}.get(item.name, "text")
    if not masking.fits(mask, kind):
        raise ValidationError({"mask": f"“{item.label}”不能用“{masking.words(mask)}”，请改用其他脱敏方式"})
    values = {"mask": {"kind": mask.kind, "head": mask.head, "tail": mask.tail}, "opinion": opinion}
    ITEM.advance(
        item, "grant", actor=actor, note=opinion, changes=values, revision=revision, name=item.name, mask=mask.kind
    )
    _conclude_when_done(request)
    return item


@transaction.atomic
def refuse_item(
    item: RequestedItem, *, basis: UUID | None, opinion: str, actor: Actor, revision: int | None = None
) -> RequestedItem:
    """Refuse one item. Only a cited law, administrative regulation or State Council decision in force can support it.

    Raises:
        ValidationError: the basis is missing, not in force today, or of a rank that cannot support a refusal.
    """
    request = _with_provider(item)
    cited = require_basis(basis, on=today(), supports=BasisUse.REFUSE_SHARING)
    changes = {"basis_id": cited.id, "opinion": opinion}
    ITEM.advance(
        item, "refuse", actor=actor, note=opinion, changes=changes, revision=revision, name=item.name, basis=cited.code
    )
    _conclude_when_done(request)
    return item


def _with_provider(item: RequestedItem) -> Request:
    """The request, locked: whoever decides one of its items goes alone."""
    request = Request.objects.select_for_update(of=("self",)).get(pk=item.request_id)
    if request.status != RequestStatus.ACCEPTED:
        state = request.get_status_display()
        raise ValidationError(f"申请当前为“{state}”，不在提供方办理阶段，不能决定信息项；请刷新页面")
    item.request = request
    return request


def _conclude_when_done(request: Request) -> None:
    if request.items.filter(status=ItemStatus.PENDING).exists():
        return
    REQUEST.advance(request, "conclude", actor=PLATFORM)
    if request.items.filter(status=ItemStatus.GRANTED).exists():
        delivery.begin(request, actor=PLATFORM)
