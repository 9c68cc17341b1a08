"""领导驾驶舱."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tulou.kernel.identity import actor_of
from tulou.kernel.permissions import action
from tulou.portal import cockpit as charts
from tulou.portal import holdings
from tulou.portal.figures import public_figures


@action("portal.cockpit")
def cockpit(request: HttpRequest) -> HttpResponse:
    """Figures and charts, read-only."""
    landed = charts.landed()
    context = {
        "figures": public_figures(actor_of(request)),
        "charts": [found for found in (charts.by_provider(), landed, charts.calls()) if found is not None],
        "map": holdings.city_map(holdings.by_node()),
        "timeliness": charts.timeliness(),
    }
    return render(request, "portal/cockpit.html", context)
