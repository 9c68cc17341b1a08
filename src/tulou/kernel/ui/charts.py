"""图表: what a chart says, as rows first; the picture is drawn from them in the browser.

Every chart carries a table of the same figures and a sentence, so that nobody needs the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tulou.kernel.ui import figures

Amount = int | float


@dataclass(frozen=True)
class Chart:
    """Title, a sentence for those who do not see it, the table, and the instruction for the browser."""

    title: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spec: dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One line or one set of bars."""

    name: str
    values: tuple[Amount | None, ...]


def chart(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    kind: Literal["bar", "line", "rank"] = "bar",
    unit: str = "",
    stacked: bool = False,
    links: Sequence[str] = (),
) -> Chart:
    """Bars, lines, or a ranking (horizontal bars). `links` opens the rows behind each category."""
    rows = tuple(
        (category, *(figures.plain(one.values[at], _places(one.values[at])) for one in series))
        for at, category in enumerate(categories)
    )
    spec = {
        "kind": kind,
        "unit": unit,
        "stacked": stacked,
        "categories": list(categories),
        "links": list(links),
        "series": [{"name": one.name, "values": list(one.values)} for one in series],
    }
    heads = ("类别", *(f"{one.name}（{unit}）" if unit else one.name for one in series))
    return Chart(title, _sentence(title, categories, series, unit), heads, rows, spec)


def choropleth(title: str, values: dict[str, Amount], *, unit: str = "", links: dict[str, str] | None = None) -> Chart:
    """A map coloured by value; regions by their name in the outline's `name` property."""
    ordered = sorted(values.items(), key=lambda pair: -pair[1])
    rows = tuple((name, figures.plain(value, _places(value))) for name, value in ordered)
    spec = {
        "kind": "map",
        "unit": unit,
        "values": [{"name": name, "value": value, "link": (links or {}).get(name, "")} for name, value in ordered],
    }
    top = f"最高为{ordered[0][0]}（{figures.plain(ordered[0][1])}{unit}）。" if ordered else "没有数据。"
    return Chart(
        title, f"{title}，共{len(ordered)}个地区，{top}", ("地区", f"数值（{unit}）" if unit else "数值"), rows, spec
    )


def _places(value: Amount | None) -> int:
    return 0 if value is None or float(value).is_integer() else 2


def _sentence(title: str, categories: Sequence[str], series: Sequence[Series], unit: str) -> str:
    parts = []
    for one in series:
        known = [(value, categories[at]) for at, value in enumerate(one.values) if value is not None]
        if known:
            high, low = max(known), min(known)
            parts.append(
                f"{one.name}最高{figures.plain(high[0], _places(high[0]))}{unit}（{high[1]}），"
                f"最低{figures.plain(low[0], _places(low[0]))}{unit}（{low[1]}）"
            )
    return f"{title}：{'；'.join(parts) or '没有数据'}。"
