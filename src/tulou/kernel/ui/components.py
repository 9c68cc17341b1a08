"""组件: the components which Python code draws itself (table cells, slot panels), and a door to all others."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tulou.kernel.calendar import today
from tulou.kernel.ui import figures
from tulou.kernel.ui.icons import icon
from tulou.kernel.ui.tones import ICONS, Tone, tone_of


def badge(label: str, *, tone: Tone | None = None, status: str = "") -> SafeString:
    """A status badge: colour, sign and words."""
    chosen = tone or tone_of(status)
    return format_html('<span class="tu-badge tu-tone-{}">{}{}</span>', chosen, icon(ICONS[chosen]), label)


def due_tone(due: date, on: date | None = None) -> Tone:
    """danger once overdue, warning within three days, else neutral."""
    left = (due - (on or today())).days
    return "danger" if left < 0 else "warning" if left <= 3 else "neutral"


def due_chip(due: date, *, provisional: bool = False, done: bool = False) -> SafeString:
    """A due date, how much is left, and 暂定 where the year's holiday notice is not yet known."""
    tone: Tone = "neutral" if done else due_tone(due)
    left = SafeString("") if done else format_html("<span>{}</span>", figures.days_left(due, today()))
    mark = SafeString("")
    if provisional:
        mark = format_html(
            '<abbr class="tu-provisional" title="{}">暂定</abbr>', "该年度放假通知尚未公布，按周末推算，公布后重算"
        )
    return format_html(
        '<span class="tu-due tu-tone-{}">{}<time datetime="{}">{}</time>{}{}</span>',
        tone,
        icon("calendar-due"),
        due.isoformat(),
        figures.day(due),
        left,
        mark,
    )


def draw(template: str, request: HttpRequest, **context: Any) -> SafeString:
    """Draw a template as a panel of a slot."""
    return mark_safe(render_to_string(template, context, request))  # noqa: S308 escaped by the template
