"""Reads of the law room. Legal bases are no secret: whoever is signed in may read them."""

from datetime import date

from django.db.models import Q, QuerySet

from tulou.domains.law.models import LegalBasis


def in_force(on: date, supports: str | None = None) -> QuerySet[LegalBasis]:
    """Articles that may be cited on this day, optionally only those that can carry a given use."""
    rows = LegalBasis.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
    return rows.filter(supports__contains=[supports]) if supports else rows
