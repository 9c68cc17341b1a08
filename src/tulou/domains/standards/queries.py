"""Reads of the standards room: which edition is in force, and its codes. Vocabularies are no secret."""

from datetime import date

from django.db.models import Q

from tulou.domains.standards.models import CodeTableVersion


def version_in_force(code: str, on: date) -> CodeTableVersion | None:
    """The edition of a table that is in force on this day."""
    return (
        CodeTableVersion.objects.select_related("table")
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), table__code=code, valid_from__lte=on)
        .first()
    )
