"""Addresses of the security room."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from tulou.domains.security.views import journal, leaf, log, trace


class HashConverter(StringConverter):
    """A leaf's hash: 64 hexadecimal digits."""

    regex = "[0-9a-f]{64}"


register_converter(HashConverter, "sha256")
app_name = "security"
urlpatterns = [
    path("trace/", trace.search, name="trace"),
    path("trace/<slug:noun>/<uuid:key>/", trace.trace_of, name="trace-of"),
    path("trace/<slug:noun>/<uuid:key>/bundle/", trace.bundle, name="bundle"),
    path("leaf/<sha256:leaf_hash>/", leaf.leaf_page, name="leaf"),
    path("leaf/<sha256:leaf_hash>/bundle/", leaf.leaf_bundle, name="leaf-bundle"),
    path("log/", log.log_page, name="log"),
    path("journal/", journal.Journal.as_view(), name="journal"),
]
