"""工作台."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tulou.kernel.identity import actor_of, party_name
from tulou.kernel.permissions import roles_of, signed_in
from tulou.portal import desk
from tulou.portal.offerings import offerings


@signed_in
def workbench(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer, at the organisation acted for."""
    actor = actor_of(request)
    groups, due = desk.laid_out(actor)
    context = {
        "groups": groups,
        "waiting": sum(len(group.items) + group.more for group in groups),
        "deadlines": due,
        "figures": desk.own_figures(actor),
        "steps": desk.recent_steps(actor),
        "offerings": [one for one in offerings(actor) if one.url],
        "roles": "、".join(role.name for role in roles_of(actor)),
        "organisation": party_name(actor.party),
    }
    return render(request, "portal/workbench.html", context)
