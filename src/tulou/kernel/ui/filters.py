"""筛选: the base of every register's filters, with the two kinds that nearly all need."""

from typing import Any

import django_filters
from django import forms


class RegisterFilters(django_filters.FilterSet):  # type: ignore[misc]  # the library ships no types
    """Subclass, name the filters; `Meta.model` and an empty `Meta.fields` unless the model's own fields do."""


class ChoiceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # the library ships no types
    """One of a few; 全部 when none is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "全部")
        super().__init__(*args, **kwargs)


class DayFilter(django_filters.DateFilter):  # type: ignore[misc]  # the library ships no types
    """A date with the browser's own calendar; `lookup_expr` says before or after."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(*args, **kwargs)
