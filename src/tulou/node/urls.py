"""The node's addresses: every room that is built brings its own `urls`, every domain its own `rest`.

Domains live under their label, kernel rooms and the portal choose their own paths.
"""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from tulou.node.health import healthz
from tulou.node.rest import build_api
from tulou.portal.views.api import reference

handler400 = "tulou.kernel.ui.errors.bad_request"
handler403 = "tulou.kernel.ui.errors.forbidden"
handler404 = "tulou.kernel.ui.errors.not_found"
handler500 = "tulou.kernel.ui.errors.broken"


def _prefix(name: str, label: str) -> str:
    return f"{label}/" if name.startswith("tulou.domains.") or name == "tulou.kernel.ui" else ""


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", reference, name="api-reference"),
    path("api/v1/", build_api().urls),
    *[
        path(_prefix(config.name, config.label), include(f"{config.name}.urls"))
        for config in apps.get_app_configs()
        if config.name.startswith("tulou.") and config.name != "tulou.node" and find_spec(f"{config.name}.urls")
    ],
]
