"""Commands of the sharing room: ask, endorse, accept, correct, decide item by item, and stop a grant."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.law.public import BasisUse, require_basis
from tulou.domains.sharing import delivery
from tulou.domains.sharing.asking import RequestSpec, Wish, draft_request, drop_draft, keep_draft, revise_request
from tulou.domains.sharing.deciding import Decision, decide, grant_item, refuse_item
from tulou.domains.sharing.models import Grant, Request
from tulou.domains.sharing.workflow import REQUEST
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor

__all__ = [
    "Decision",
    "RequestSpec",
    "Wish",
    "accept",
    "correct",
    "decide",
    "draft_request",
    "drop_draft",
    "endorse",
    "extend",
    "grant_item",
    "keep_draft",
    "query",
    "recall",
    "refuse_item",
    "resume_grant",
    "revise_request",
    "revoke_grant",
    "send_back",
    "submit",
    "suspend_grant",
    "withdraw",
]


def endorse(request: Request, *, actor: Actor, note: str = "", revision: int | None = None) -> Request:
    """The applying agency's own office stands behind the request."""
    return REQUEST.advance(request, "endorse", actor=actor, note=note, revision=revision)


def send_back(request: Request, *, remarks: str, actor: Actor, revision: int | None = None) -> Request:
    """The own office does not stand behind it yet, and says what to change.

    Raises:
        ValidationError: no remarks.
    """
    if not remarks.strip():
        raise ValidationError({"note": "请写明需要修改的内容，填写人将在待办中看到"})
    return REQUEST.advance(request, "send_back", actor=actor, note=remarks, revision=revision)


def recall(request: Request, *, actor: Actor, note: str = "", revision: int | None = None) -> Request:
    """Take an endorsed request back to change it; the office then looks at it again."""
    return REQUEST.advance(request, "recall", actor=actor, note=note, revision=revision)


def submit(request: Request, *, actor: Actor, note: str = "", revision: int | None = None) -> Request:
    """Send it; the acceptance clock starts by the rules in force today."""
    require_basis(request.basis_id, on=today(), supports=BasisUse.REQUEST)
    return REQUEST.advance(request, "submit", actor=actor, note=note, revision=revision)


def accept(request: Request, *, actor: Actor, note: str = "", revision: int | None = None) -> Request:
    """Take it in; the provider's reply clock starts."""
    return REQUEST.advance(request, "accept", actor=actor, note=note, revision=revision)


def query(request: Request, *, question: str, actor: Actor, revision: int | None = None) -> Request:
    """Ask the applicant to correct; the reply clock pauses.

    Raises:
        ValidationError: no question: the applicant must know what to correct.
    """
    if not question.strip():
        raise ValidationError({"note": "请一次性写明需要补正的内容"})
    return REQUEST.advance(request, "query", actor=actor, note=question, revision=revision)


@transaction.atomic
def correct(
    request: Request,
    *,
    answer: str,
    actor: Actor,
    changes: Mapping[str, object] | None = None,
    revision: int | None = None,
) -> Request:
    """Answer a correction, possibly changing scenario, purpose or disposal; the reply clock goes on.

    Raises:
        ValidationError: no answer, or a field is left empty that a request must have.
    """
    if not answer.strip():
        raise ValidationError({"note": "请写明补正的内容"})
    allowed = {"scenario", "purpose", "basis_note", "matter", "disposal", "contact", "phone"}
    kept = {name: value for name, value in (changes or {}).items() if name in allowed}
    return REQUEST.advance(request, "correct", actor=actor, note=answer, changes=kept, revision=revision)


def extend(request: Request, *, reason: str, actor: Actor, revision: int | None = None) -> Request:
    """The authority consents to the one extension that the rule allows.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError({"note": "请写明延期理由"})
    return REQUEST.advance(request, "extend", actor=actor, note=reason, revision=revision)


def withdraw(request: Request, *, actor: Actor, reason: str = "", revision: int | None = None) -> Request:
    """The applicant takes the request back before it is decided."""
    return REQUEST.advance(request, "withdraw", actor=actor, note=reason, revision=revision)


def suspend_grant(grant: Grant, *, reason: str, actor: Actor, revision: int | None = None) -> Grant:
    """Stop a grant for the time being; every channel refuses at once."""
    return delivery.stop(grant, "suspend", reason=_reason(reason), actor=actor, revision=revision)


def resume_grant(grant: Grant, *, reason: str, actor: Actor, revision: int | None = None) -> Grant:
    """Let a suspended grant work again."""
    return delivery.stop(grant, "resume", reason=_reason(reason), actor=actor, revision=revision)


def revoke_grant(grant: Grant, *, reason: str, actor: Actor, revision: int | None = None) -> Grant:
    """End a grant for good; every channel refuses at once."""
    return delivery.stop(grant, "revoke", reason=_reason(reason), actor=actor, revision=revision)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"note": "请写明理由，使用方将看到"})
    return reason
