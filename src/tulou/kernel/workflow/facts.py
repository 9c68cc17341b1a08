"""The facts of a move in plain form: for the timeline and for the evidence leaf, which holds no personal value."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import models


def plain(value: object) -> Any:
    """Text, whole numbers, booleans, lists and maps; a row becomes `type:id`.

    Raises:
        TypeError: the value has no plain form (a float, a file): give its text or its hash.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return reference(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    raise TypeError(f"流程要素不能是 {type(value).__name__}：请改为文字、整数或摘要")


def reference(obj: models.Model) -> str:
    """How the evidence log names a row."""
    return f"{obj._meta.model_name}:{obj.pk}"


def note_digest(step: UUID, note: str) -> str:
    """A note may name persons, so that the log keeps its hash only, salted by the step."""
    return hashlib.sha256(f"{step}\n{note}".encode()).hexdigest()
