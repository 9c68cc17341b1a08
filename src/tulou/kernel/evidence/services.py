"""The one command of the evidence log: record an act."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from tulou.kernel.evidence import log
from tulou.kernel.evidence.guard import PersonalValue, refuse_personal
from tulou.trust.evidence import Leaf, LeafActor, Promise, promise
from tulou.trust.evidence_sql import INSERT_ENTRY, entry_params
from tulou.trust.ids import new_id

if TYPE_CHECKING:
    from tulou.kernel.identity import Actor

__all__ = ["PersonalValue", "record"]


def record(kind: str, *, actor: "Actor", subjects: Sequence[str], data: Mapping[str, Any] | None = None) -> Promise:
    """Append a leaf in the caller's transaction; the promise holds as soon as that commits.

    `kind` is `<domain>.<noun>.<verb>`, `subjects` are `type:id` references,
    `data` holds text, whole numbers, booleans, lists and objects.

    Raises:
        PersonalValue: the data looks personal; the log can never be erased.
        ValueError: kind, subjects or data are not of the form above.
    """
    material = {key: _plain(value) for key, value in (data or {}).items()}
    refuse_personal(material)
    refuse_personal({"subjects": list(subjects)})
    at = timezone.now()
    role = actor.kind if actor.kind == "person" else f"{actor.kind}:{actor.label}"
    who = LeafActor(_text(actor.party), _text(actor.person), role)
    leaf = Leaf(new_id(), at, log.name(), kind, who, tuple(dict.fromkeys(subjects)), material)
    given = promise(leaf.hash(log.DIGEST), log=log.name(), at=at, key=log.signing_key())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT_ENTRY, entry_params(leaf, given))
    return given


def _plain(value: Any) -> Any:
    """Ids and tuples in their JSON form; everything else is left for the canonical encoding to accept or refuse."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
