"""Headers of every page: only our own scripts run, only our gateways are called, nobody frames us."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def policy() -> str:
    """The content security policy. Charts position their labels by style attributes, hence `style-src-attr`."""
    calls = " ".join(["'self'", *settings.GATEWAY_ORIGINS])
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            f"connect-src {calls}",
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action {calls}",  # a download's form is answered by a redirect to the gateway
            "frame-ancestors 'none'",
        ]
    )


class SecureHeaders:
    """Adds what Django's own security middleware does not: the policies on content and on device features."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": policy(),
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers and getattr(request, "user", None) is not None:
            response.headers["Cache-Control"] = "no-store"
        return response
