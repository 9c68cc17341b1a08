"""The node's addresses: every room that is built brings its own `urls`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
for config in apps.get_app_configs():
    if config.name.startswith("tulou.domains.") and find_spec(f"{config.name}.urls"):
        urlpatterns.append(path(f"{config.label}/", include(f"{config.name}.urls")))
if find_spec("tulou.portal.urls"):
    urlpatterns.append(path("", include(import_module("tulou.portal.urls"))))
