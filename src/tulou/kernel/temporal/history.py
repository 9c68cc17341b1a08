"""Versioned models and their history tables with real columns.

`EntryHistory = history_model(Entry)` beside the model makes a table that holds a copy of each column, the period in
which it was true, and the period in which we knew it so. Relations are kept as ids without a database constraint:
history outlives what it points at.
"""

import copy
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone

from tulou.kernel.temporal.periods import no_overlap
from tulou.trust.ids import new_id


class VersionedModel(models.Model):
    """A model whose past is kept. Save it, then call `record`, in one transaction."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class HistoryRow(models.Model):
    """What every history table has besides the copied columns."""

    history_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField("对象", db_index=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, help_text="不含当日；空为至今有效")
    known_from = models.DateTimeField("记录时间")
    known_to = models.DateTimeField("被替代时间", null=True)
    recorded_by = models.CharField("记录人", max_length=120)
    recorded_person = models.UUIDField("记录人标识", null=True)
    recorded_party = models.UUIDField("记录机构标识", null=True)
    record_note = models.CharField("记录说明", max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject} {self.valid_from}"

    @property
    def is_current(self) -> bool:
        """Whether this is what we hold to be true today."""
        today = timezone.localdate()
        started = self.valid_from <= today
        return self.known_to is None and started and (self.valid_to is None or today < self.valid_to)


_HISTORY: dict[type[models.Model], type[HistoryRow]] = {}


def history_model(model: type[VersionedModel], *, exclude: tuple[str, ...] = ()) -> type[HistoryRow]:
    """Make the history table of a model; assign it to `<Model>History` in the same module."""
    name = f"{model.__name__}History"
    label = str(model._meta.verbose_name)
    attributes: dict[str, Any] = {
        field.name: _copy(field)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in exclude
    }
    clash = attributes.keys() & {field.name for field in HistoryRow._meta.local_fields}
    if clash:
        raise ImproperlyConfigured(
            f"{model.__name__} 的字段与历史表冲突：{'、'.join(sorted(clash))}，请改名或用 exclude"
        )
    prefix = f"{model._meta.app_label}_{model.__name__.lower()}"[:24]
    attributes |= {
        "__module__": model.__module__,
        "__qualname__": name,
        "history_of": model,
        "Meta": type("Meta", (), _meta(model, label, prefix)),
    }
    history: type[HistoryRow] = type(name, (HistoryRow,), attributes)
    _HISTORY[model] = history
    return history


def history_of(model: type[models.Model]) -> type[HistoryRow]:
    """The history table of a model."""
    try:
        return _HISTORY[model]
    except KeyError:
        raise ImproperlyConfigured(
            f"{model.__name__} 没有历史表：请在同一模块中写 history_model({model.__name__})"
        ) from None


def copied_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The fields of the model that its history keeps."""
    kept = {field.name for field in history_of(model)._meta.concrete_fields}
    return [f for f in model._meta.concrete_fields if not f.primary_key and f.name in kept]


def _meta(model: type[models.Model], label: str, prefix: str) -> dict[str, Any]:
    return {
        "app_label": model._meta.app_label,
        "verbose_name": f"{label}历史",
        "verbose_name_plural": f"{label}历史",
        "constraints": [
            no_overlap(
                f"{prefix}_bitemp",
                "subject",
                days=("valid_from", "valid_to"),
                moments=("known_from", "known_to"),
            )
        ],
        "indexes": [models.Index(fields=["valid_from", "valid_to"], name=f"{prefix}_valid")],
    }


def _copy(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    """The same column without uniqueness, automatic values or a constraint on its target."""
    if isinstance(field, models.ForeignKey):
        return models.ForeignKey(
            field.remote_field.model,
            on_delete=models.DO_NOTHING,
            db_constraint=False,
            related_name="+",
            null=field.null,
            blank=field.blank,
            verbose_name=field.verbose_name,
        )
    twin: Any = copy.copy(field)
    for attribute in ("auto_now", "auto_now_add"):
        if hasattr(twin, attribute):
            setattr(twin, attribute, False)
    twin._unique = False
    twin.db_index = False
    twin.creation_counter = models.Field.creation_counter
    models.Field.creation_counter += 1
    copied: models.Field[Any, Any] = twin
    return copied
