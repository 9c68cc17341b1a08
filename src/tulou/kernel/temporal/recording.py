"""Writing and reading the past.

`record` says: from this day on (until that day, if given) the row looked as it does now, and we know it from this
moment on. What we held before stays readable by `known_at`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tulou.kernel.identity import Actor
from tulou.kernel.temporal.history import HistoryRow, VersionedModel, copied_fields, history_of
from tulou.trust.ids import new_id


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions, with values as a reader wants them."""

    field: str
    label: str
    before: object
    after: object


@transaction.atomic
def record(
    obj: VersionedModel,
    *,
    actor: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
    note: str = "",
) -> HistoryRow:
    """Keep the present columns of `obj` as true from `valid_from` (today) until `valid_to` (open, day excluded)."""
    start = valid_from or timezone.localdate()
    if valid_to is not None and valid_to <= start:
        raise ValueError("失效日期须晚于生效日期，请检查起止日期")
    at = _make_room(obj, start, valid_to)
    values = {field.attname: getattr(obj, field.attname) for field in copied_fields(type(obj))}
    return _insert(obj, values | _author(actor, note), start, valid_to, at)


@transaction.atomic
def close(obj: VersionedModel, *, actor: Actor, on: date | None = None, note: str = "") -> None:
    """Say that nothing is true of `obj` from this day (today) on; its past stays."""
    start = on or timezone.localdate()
    at = _make_room(obj, start, None)
    ended = history_of(type(obj))._default_manager.filter(subject=obj.pk, known_from=at, valid_to=start)
    ended.update(**_author(actor, note))


def as_of(model: type[models.Model], on: date, known_at: datetime | None = None) -> QuerySet[HistoryRow]:
    """The rows that were true on a day, as we know it now or as we knew it at a moment."""
    history = history_of(model)
    true_then = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    if known_at is None:
        known = Q(known_to=None)
    else:
        known = Q(known_from__lte=known_at) & (Q(known_to=None) | Q(known_to__gt=known_at))
    return history._default_manager.filter(true_then & known)


def versions(obj: models.Model) -> QuerySet[HistoryRow]:
    """What we now hold about the object's life, newest first."""
    rows = history_of(type(obj))._default_manager.filter(subject=obj.pk, known_to=None)
    return rows.order_by("-valid_from")


def everything_known(obj: models.Model) -> QuerySet[HistoryRow]:
    """Every version that was ever recorded, the replaced ones too, newest knowledge first."""
    rows = history_of(type(obj))._default_manager.filter(subject=obj.pk)
    return rows.order_by("-known_from", "-valid_from")


def diff(before: models.Model, after: models.Model) -> list[Change]:
    """The fields that differ between two versions, or between a version and the thing itself."""
    model = _model_of(before)
    changes = []
    for field in copied_fields(model):
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            label = str(field.verbose_name)
            changes.append(Change(field.name, label, _shown(before, field, old), _shown(after, field, new)))
    return changes


def _model_of(row: models.Model) -> type[models.Model]:
    model: type[models.Model] = getattr(row, "history_of", type(row))
    return model


def _shown(row: models.Model, field: "models.Field[Any, Any]", value: object) -> object:
    if not field.choices:
        return value
    return getattr(row, f"get_{field.name}_display")()


def _author(actor: Actor, note: str) -> dict[str, object]:
    return {
        "recorded_by": actor.label,
        "recorded_person": actor.person,
        "recorded_party": actor.party,
        "record_note": note,
    }


def _make_room(obj: models.Model, start: date, end: date | None) -> datetime:
    """Close what we held about [start, end), keep what sticks out on both sides, and return this moment."""
    history = history_of(type(obj))
    _lock(obj.pk)
    rows = history._default_manager.filter(subject=obj.pk, known_to=None)
    touched = rows.filter(Q(valid_to=None) | Q(valid_to__gt=start))
    if end is not None:
        touched = touched.filter(valid_from__lt=end)
    held = list(touched)
    at = _moment(history, obj.pk)
    touched.update(known_to=at)
    for row in held:
        begun, ended = row.valid_from, row.valid_to
        if begun < start:
            _again(row, begun, start, at)
        if end is not None and (ended is None or ended > end):
            _again(row, end, ended, at)
    return at


def _lock(subject: UUID) -> None:
    """One writer of a subject's past at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('temporal'), hashtext(%s))", [str(subject)])


def _moment(history: type[HistoryRow], subject: UUID) -> datetime:
    """The database's clock, always later than what was known before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    last = history._default_manager.filter(subject=subject).aggregate(last=models.Max("known_from"))["last"]
    return now if last is None or now > last else last + timedelta(microseconds=1)


def _again(row: HistoryRow, start: date, end: date | None, at: datetime) -> None:
    """Write a held version anew for the part of its period that stays."""
    row.history_id = new_id()
    row.valid_from, row.valid_to = start, end
    row.known_from, row.known_to = at, None
    row._state.adding = True
    row.save(force_insert=True)


def _insert(obj: models.Model, values: dict[str, object], start: date, end: date | None, at: datetime) -> HistoryRow:
    history = history_of(type(obj))
    return history._default_manager.create(
        subject=obj.pk, valid_from=start, valid_to=end, known_from=at, known_to=None, **values
    )
