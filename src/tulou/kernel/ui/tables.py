"""列: what a register's table is made of.

A register's table subclasses `RegisterTable` and names its columns with the kinds below, so that a status, a date,
a figure or an organisation looks and exports alike everywhere.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tulou.kernel.identity import party_names
from tulou.kernel.ui import figures
from tulou.kernel.ui.components import badge, due_chip


class RegisterTable(tables.Table):  # type: ignore[misc]  # the library ships no types
    """Base of every register's table. `primary` is the column that names the row: always shown, a card's heading."""

    primary: ClassVar[str] = ""

    class Meta:
        empty_text = "没有记录"
        orderable = True

    def primary_name(self) -> str:
        """The column that names the row: the declared one, else the first."""
        return self.primary or next(name for name in self.columns.names() if name != "selection")


class TextColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """Plain text; long text is cut on screen and whole in exports."""

    def __init__(self, *args: Any, limit: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit = limit

    def render(self, value: Any) -> Any:
        text = str(value)
        if self.limit and len(text) > self.limit:
            return format_html('<span title="{}">{}…</span>', text, text[: self.limit])
        return text

    def value(self, value: Any) -> Any:
        return value


class CodeColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """An official code or a hash, in figures of equal width."""

    def render(self, value: Any) -> SafeString:
        return format_html('<span class="tu-code">{}</span>', value)

    def value(self, value: Any) -> Any:
        return str(value)


class StatusColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """A status with its colour and sign; the field's choices give the label, or `labels` where there are none."""

    def __init__(self, *args: Any, labels: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = labels or {}

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        return badge(self.value(value), status=str(bound_column.accessor.resolve(record)))

    def value(self, value: Any) -> str:
        return self.labels.get(str(value), str(value))


class NumberColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """A figure, right-aligned; `places` decimals."""

    def __init__(self, *args: Any, places: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "tu-number"}, "th": {"class": "tu-number"}})
        super().__init__(*args, **kwargs)
        self.places = places

    def render(self, value: Any) -> str:
        return figures.plain(value, self.places)

    def value(self, value: Any) -> Any:
        return value


class DayColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """A date."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "tu-nowrap"}})
        super().__init__(*args, **kwargs)

    def render(self, value: date) -> str:
        return figures.day(value)

    def value(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"


class MomentColumn(DayColumn):
    """A date with its time of day."""

    def render(self, value: datetime) -> str:  # type: ignore[override]
        return figures.moment(value)

    def value(self, value: datetime) -> str:  # type: ignore[override]
        return value.isoformat(timespec="seconds")


class DueColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """A due date as a chip; `provisional` names the record's field that says 暂定, `done` the one that ends it."""

    def __init__(
        self, *args: Any, provisional: str = "", done: Callable[[Any], bool] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.provisional = provisional
        self.done = done

    def render(self, value: date, record: Any) -> SafeString:
        provisional = bool(self.provisional and getattr(record, self.provisional))
        return due_chip(value, provisional=provisional, done=bool(self.done and self.done(record)))

    def value(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"


class PartyColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """An organisation by its permanent id, shown by the name it has today.

    Names of a page are asked once for all its rows; sorting by an id means nothing, so the column does not sort.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(*args, **kwargs)

    def render(self, value: UUID, table: tables.Table, bound_column: Any) -> str:
        names: dict[UUID, str] | None = getattr(table, "_party_names", None)
        if names is None or value not in names:
            rows = getattr(table, "page", None)
            records = [row.record for row in rows.object_list] if rows else []
            wanted = {found for record in records if (found := bound_column.accessor.resolve(record))} | {value}
            names = {**(names or {}), **party_names(wanted)}
            table._party_names = names
        return names[value]

    def value(self, value: UUID, table: tables.Table, bound_column: Any) -> str:
        return self.render(value, table, bound_column)


class FlagColumn(tables.Column):  # type: ignore[misc]  # the library ships no types
    """是 or 否."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_values", (None,))
        super().__init__(*args, **kwargs)

    def render(self, value: bool) -> str:
        return "是" if value else "否"

    def value(self, value: bool) -> str:
        return self.render(value)
