"""Reads of the standards room: which edition is in force, and its codes. Vocabularies are no secret."""

from datetime import date

from django.db.models import Q, QuerySet

from tulou.domains.standards.models import Code, CodeTableVersion


def versions_in_force(on: date) -> QuerySet[CodeTableVersion]:
    """The edition of every table that is in force on this day."""
    rows = CodeTableVersion.objects.select_related("table").order_by("table__code")
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


def version_in_force(code: str, on: date) -> CodeTableVersion | None:
    """The edition of a table that is in force on this day."""
    return versions_in_force(on).filter(table__code=code).first()


def codes_in_force(code: str, on: date) -> QuerySet[Code]:
    """The codes of the edition of a table that is in force on this day."""
    period = Q(version__valid_to__isnull=True) | Q(version__valid_to__gt=on)
    return Code.objects.filter(period, version__table__code=code, version__valid_from__lte=on)
