"""The door of the law room for other domains."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError

from tulou.domains.law import policies, queries
from tulou.domains.law.models import BasisUse, LegalBasis

__all__ = ["BasisInfo", "BasisUse", "bases", "bases_in_force", "basis", "require_basis"]


@dataclass(frozen=True, slots=True)
class BasisInfo:
    """One article: what it is, what it can be cited for, and when."""

    id: UUID
    code: str
    title: str
    number: str
    article: str
    text: str
    kind: str
    supports: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    verified: bool

    @property
    def citation(self) -> str:
        """How a decision cites it: 《title》（number）article."""
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.title}》{number}{self.article}"


def _info(row: LegalBasis) -> BasisInfo:
    return BasisInfo(
        id=row.id,
        code=row.code,
        title=row.title,
        number=row.number,
        article=row.article,
        text=row.text,
        kind=row.kind,
        supports=tuple(row.supports),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        verified=row.verified,
    )


def basis(basis_id: UUID) -> BasisInfo | None:
    """The article with this id, in force or not, or None."""
    row = LegalBasis.objects.filter(pk=basis_id).first()
    return _info(row) if row else None


def bases(ids: Collection[UUID]) -> dict[UUID, BasisInfo]:
    """Those of the bases that exist, by id, whether in force or lapsed."""
    return {row.id: _info(row) for row in LegalBasis.objects.filter(pk__in=ids)}


def bases_in_force(on: date, supports: str | None = None) -> tuple[BasisInfo, ...]:
    """Articles that may be cited on this day, optionally only those that can carry a given use."""
    rows = queries.in_force(on, supports)
    usable = (row for row in rows if supports is None or not policies.objection(row, on=on, supports=supports))
    return tuple(_info(row) for row in usable)


def require_basis(basis_id: UUID | None, *, on: date, supports: str) -> BasisInfo:
    """The article, when it can carry this use on this day.

    Raises:
        ValidationError: under the key `basis`, saying why it cannot and what to do.
    """
    row = LegalBasis.objects.filter(pk=basis_id).first() if basis_id else None
    if row is None:
        raise ValidationError({"basis": "请选择法规依据；没有依据不能作出此决定"})
    if problem := policies.objection(row, on=on, supports=supports):
        raise ValidationError({"basis": problem})
    return _info(row)
