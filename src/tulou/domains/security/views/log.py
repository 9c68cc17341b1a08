"""存证日志: how large it is, its signed heads, and what the auditor found. It tells nothing of what was done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tulou.domains.security.policies import AUDIT
from tulou.kernel import evidence
from tulou.kernel.evidence import auditor
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import may, signed_in

HEADS = 20


@signed_in
def log_page(request: HttpRequest) -> HttpResponse:
    """The head, the audit, the standing faults, the newest checkpoints."""
    heads = evidence.checkpoints(HEADS)
    context = {
        "head": heads[0] if heads else None,
        "heads": heads,
        "audited": auditor.last_sound(),
        "faults": auditor.standing_faults(),
        "waiting": evidence.journal().filter(seq=None).count(),
        "may_audit": may(actor_of(request), AUDIT),
    }
    return render(request, "security/log.html", context)
