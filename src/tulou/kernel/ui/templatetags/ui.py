"""Template tags of the components; settings make them available in every template."""

import json
from collections.abc import Callable
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from tulou.kernel.ui import components, figures, tones
from tulou.kernel.ui.icons import icon

register = template.Library()

_FILTERS: dict[str, Callable[..., Any]] = {
    "number": figures.plain,
    "short_number": figures.short,
    "percent": figures.percent,
    "file_size": figures.size,
    "cn_date": figures.day,
    "cn_moment": figures.moment,
    "cn_since": figures.since,
    "weekday": figures.weekday,
    "tone": tones.tone_of,
}
for _name, _filter in _FILTERS.items():
    register.filter(_name, _filter)


@register.filter
def tone_icon(tone: str) -> str:
    """The sign that goes with a tone."""
    return tones.ICONS.get(tone, "circle-dashed")  # type: ignore[call-overload, no-any-return]


register.simple_tag(icon, name="icon")
register.simple_tag(components.badge, name="badge")
register.simple_tag(components.due_chip, name="due_chip")


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with some parameters changed; None or "" removes one."""
    request: HttpRequest = context["request"]
    kept = request.GET.copy()
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in (None, ""):
            kept.setlist(name, [str(value)])
    return "?" + kept.urlencode() if kept else "?"


@register.filter
def json_text(value: Any) -> SafeString:
    """JSON that is safe inside `<script type="application/json">`."""
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return mark_safe(text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026"))  # noqa: S308


@register.filter
def widget_kind(field: BoundField) -> str:
    """How a field is laid out: check, checks, file, hidden or text."""
    name = type(field.field.widget).__name__
    if field.is_hidden:
        return "hidden"
    if "RadioSelect" in name or "CheckboxSelectMultiple" in name:
        return "checks"
    return "check" if "Checkbox" in name else "file" if "File" in name else "text"


@register.filter
def pick(mapping: Any, key: Any) -> Any:
    """One value of a mapping, or of a form's fields."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return ""


@register.filter
def words(text: str) -> list[str]:
    """Words of a string, for a short loop."""
    return text.split()


@register.filter
def styled(field: BoundField) -> SafeString:
    """A field's widget in the theme's classes, wired to its help and errors for screen readers."""
    widget = field.field.widget
    name = type(widget).__name__
    if field.use_fieldset:
        return SafeString(field.as_widget())
    classes = "form-check-input" if "Checkbox" in name else "form-select" if "Select" in name else "form-control"
    if own := widget.attrs.get("class"):
        classes += f" {own}"
    if field.errors:
        classes += " is-invalid"
    return SafeString(field.as_widget(attrs={"class": classes}))


@register.filter
def page_numbers(table: Any) -> list[int | None]:
    """First, last and the neighbours of the present page; None stands for a gap."""
    last, here = table.paginator.num_pages, table.page.number
    wanted = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    numbers: list[int | None] = []
    for number in wanted:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


@register.filter
def org_letter(name: str) -> str:
    """The character that stands for an organisation: the first after the province's or city's name."""
    for prefix in ("福建省", "省", "市"):
        if name.startswith(prefix) and len(name) > len(prefix):
            return name[len(prefix)]
    return name[:1]
