"""Show where a query matched, in the text as it was written: safe to put on a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tulou.kernel.search.text import fold

BEFORE = 20
LENGTH = 120


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in parts; the second of each pair says whether the part matched."""

    parts: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts)

    @property
    def html(self) -> SafeString:
        """The text escaped, matches in `<mark>`."""
        marked = (format_html("<mark>{}</mark>", t) if hit else format_html("{}", t) for t, hit in self.parts)
        return format_html_join("", "{}", ((part,) for part in marked))


def mark(text: str, runs: Sequence[str]) -> Marked:
    """The whole text with every occurrence of every run marked."""
    return _cut(text, _spans(text, runs), 0, len(text))


def snippet(text: str, runs: Sequence[str]) -> Marked:
    """About a line of the text around the first match; its beginning when nothing in it matched."""
    spans = _spans(text, runs)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    end = min(len(text), start + LENGTH)
    parts = _cut(text, spans, start, end).parts
    head = (("…", False),) if start else ()
    tail = (("…", False),) if end < len(text) else ()
    return Marked(head + parts + tail)


def _spans(text: str, runs: Sequence[str]) -> list[tuple[int, int]]:
    folded = fold(text)
    found: list[tuple[int, int]] = []
    for run in runs:
        at = folded.text.find(run)
        while at >= 0:
            found.append((folded.origin[at], folded.origin[at + len(run) - 1] + 1))
            at = folded.text.find(run, at + len(run))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _cut(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Marked:
    parts: list[tuple[str, bool]] = []
    at = start
    for begin, stop in spans:
        begin, stop = max(begin, at), min(stop, end)
        if begin >= stop:
            continue
        if begin > at:
            parts.append((text[at:begin], False))
        parts.append((text[begin:stop], True))
        at = stop
    if at < end:
        parts.append((text[at:end], False))
    return Marked(tuple(parts))
