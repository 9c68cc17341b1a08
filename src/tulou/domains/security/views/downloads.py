"""A bundle as a file."""

from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone


def bundle_response(content: bytes, name: str) -> HttpResponse:
    """The zip with a name that says what and when."""
    stamp = f"{timezone.localtime():%Y%m%d_%H%M%S}"
    response = HttpResponse(content, content_type="application/zip")
    full = quote(f"证据包_{name}_{stamp}.zip")
    response["Content-Disposition"] = f"attachment; filename=\"bundle.zip\"; filename*=UTF-8''{full}"
    response["Cache-Control"] = "no-store"
    return response
