"""What hangs on an agency, a duty or a system: the entries, shown in the slots of the directory's pages."""

from collections.abc import Callable

from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from tulou.domains.catalog import queries
from tulou.kernel.identity import actor_of
from tulou.kernel.ui.components import draw
from tulou.kernel.ui.slots import fill

SHOWN = 50


def _panel(field: str) -> Callable[[HttpRequest, object], SafeString | None]:
    def entries(request: HttpRequest, obj: object) -> SafeString | None:
        pk = getattr(obj, "pk", None)
        rows = queries.visible(actor_of(request)).filter(Q(**{field: pk})).order_by("name")
        found = list(rows[: SHOWN + 1])
        if not found:
            return None
        return draw("catalog/_panel.html", request, entries=found[:SHOWN], more=len(found) > SHOWN)

    return entries


def register() -> None:
    """Fill the slots; called once when the room is ready."""
    for place, field in (("agency", "provider_id"), ("duty", "duty_id"), ("system", "system_id")):
        fill(f"directory.{place}", 20, "公共数据目录", _panel(field), code="catalog-entries")
