"""图标: one sprite, drawn in the text's own colour."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(name: str, extra: str = "") -> SafeString:
    """An icon; decoration only, so hidden from screen readers. `frontend/icons.txt` lists the names."""
    return format_html(
        '<svg class="tu-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("tulou/icons.svg"),
        name,
    )
