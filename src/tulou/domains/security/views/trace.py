"""追溯: the search box, the page of four answers, and the bundle that is taken away."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tulou.domains.security import services
from tulou.domains.security.finding import HEX, find
from tulou.domains.security.policies import TRACE, View, may_see_leaf, view_of
from tulou.domains.security.targets import Target, resolve
from tulou.domains.security.timeline import traces_of
from tulou.domains.security.trace import trace
from tulou.domains.security.views.downloads import bundle_response
from tulou.kernel.evidence import entry_by_hash
from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import action
from tulou.kernel.ui.pages import Crumb


@action(TRACE)
def search(request: HttpRequest) -> HttpResponse:
    """What one holds in hand leads to its trace; several fits are listed."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    actor = actor_of(request)
    if HEX.fullmatch(text.lower()):
        known = entry_by_hash(bytes.fromhex(text))
        if known is not None and may_see_leaf(actor, known):
            return redirect("security:leaf", leaf_hash=text.lower())
    found = find(text, actor) if text else []
    if len(found) == 1:
        return redirect("security:trace-of", noun=found[0].noun, key=found[0].id)
    return render(request, "security/search.html", {"text": text, "found": found})


@action(TRACE)
def trace_of(request: HttpRequest, noun: str, key: UUID) -> HttpResponse:
    """The four answers."""
    target, view = _visible(request, noun, key)
    context = {
        "trace": trace(target, view),
        "target": target,
        "crumbs": [Crumb("追溯", reverse("security:trace")), Crumb(target.title)],
    }
    return render(request, "security/trace.html", context)


@action(TRACE)
def bundle(request: HttpRequest, noun: str, key: UUID) -> HttpResponse:
    """How a bundle is checked, and on POST the bundle itself."""
    target, view = _visible(request, noun, key)
    if request.method == "POST":
        try:
            content = services.export_trace(target, actor=actor_of(request))
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return redirect("security:bundle", noun=noun, key=key)
        return bundle_response(content, target.title)
    found = traces_of(target, view)
    place = reverse("security:trace-of", args=[noun, key])
    context = {
        "title": target.title,
        "count": len(found.ids),
        "total": found.total,
        "back": place,
        "crumbs": [Crumb("追溯", reverse("security:trace")), Crumb(target.title, place), Crumb("导出证据包")],
    }
    return render(request, "security/bundle.html", context)


def _visible(request: HttpRequest, noun: str, key: UUID) -> tuple[Target, View]:
    """A stranger's target looks as if it did not exist."""
    target = resolve(noun, key)
    view = view_of(actor_of(request), target) if target else None
    if target is None or view is None:
        raise Http404
    return target, view
