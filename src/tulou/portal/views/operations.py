"""运营管理: how the node is, and events that nobody could handle. For the operator, without any business data."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tulou.domains.directory.public import roles
from tulou.kernel import evidence
from tulou.kernel.identity import actor_of
from tulou.kernel.jobs import JobRun
from tulou.kernel.outbox import dead_letters, retry
from tulou.kernel.permissions import action
from tulou.portal import health as state
from tulou.portal.links import address

SHOWN = 200


@action(roles.OPERATE)
def health(request: HttpRequest) -> HttpResponse:
    """Each part of the node, what piled up, and the jobs that failed lately."""
    parts, backlogs = state.parts(), state.backlogs()
    failed = JobRun.objects.filter(state=JobRun.State.FAILED).order_by("-finished_at")[:10]
    context = {
        "parts": parts,
        "backlogs": backlogs,
        "failed": failed,
        "well": all(part.well for part in parts) and not any(one.late for one in backlogs),
        "checkpoint": evidence.latest_checkpoint(),
        "log_url": address("security:log"),
    }
    return render(request, "portal/health.html", context)


@action(roles.OPERATE)
def letters(request: HttpRequest) -> HttpResponse:
    """Deliveries that were given up, with why, to be tried again once the cause is gone."""
    return render(request, "portal/letters.html", {"letters": dead_letters(limit=SHOWN), "shown": SHOWN})


@action(roles.OPERATE)
@require_POST
def retry_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try one again."""
    try:
        retry(pk, actor=actor_of(request))
        messages.success(request, "已重新投递，稍后刷新查看结果")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("portal:letters")
