"""The HTTP API: one document for the node, one router for each domain that has `rest.py` with a `router`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from ninja import NinjaAPI


def build_api() -> NinjaAPI:
    """Routers of the domains on this node, under their labels."""
    api = NinjaAPI(title="Tulou", version="1", docs_url=None, openapi_url=None, urls_namespace="api")
    for config in apps.get_app_configs():
        if config.name.startswith("tulou.domains.") and find_spec(f"{config.name}.rest"):
            api.add_router(
                f"/{config.label}/", import_module(f"{config.name}.rest").router, tags=[str(config.verbose_name)]
            )
    return api
