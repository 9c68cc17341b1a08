"""Commands of the law room: adopt an article, end its force. Texts are never rewritten: a change is a new article."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.law.models import LegalBasis
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require


@dataclass(frozen=True, slots=True)
class BasisSpec:
    """What the law room must know of an article."""

    code: str
    title: str
    kind: str
    supports: Sequence[str]
    valid_from: date
    valid_to: date | None = None
    number: str = ""
    article: str = ""
    text: str = ""
    url: str = ""
    verified: bool = False


@transaction.atomic
def adopt_basis(spec: BasisSpec, *, actor: Actor) -> LegalBasis:
    """Take an article into the register. Adopting the same article again changes nothing.

    Raises:
        ValidationError: a field is wrong, or the code already names another text.
    """
    require(actor, "law.maintain")
    row = LegalBasis(
        code=spec.code,
        title=spec.title,
        kind=spec.kind,
        supports=sorted(set(spec.supports)),
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        number=spec.number,
        article=spec.article,
        text=spec.text,
        url=spec.url,
        verified=spec.verified,
    )
    known = LegalBasis.objects.select_for_update().filter(code=spec.code).first()
    if known is not None:
        if (known.title, known.article, known.text, known.kind) != (row.title, row.article, row.text, row.kind):
            taken = f"编号 {spec.code} 已登记为《{known.title}》{known.article}；条文变化请使用新的编号"
            raise ValidationError({"code": taken})
        return known
    row.full_clean()
    row.save(force_insert=True)
    record("law.basis.adopt", actor=actor, subjects=[f"basis:{row.id}"], data={"code": row.code, "title": row.title})
    return row


@transaction.atomic
def end_basis(basis: LegalBasis, *, on: date, actor: Actor) -> LegalBasis:
    """End the force of an article from this day on; decisions that cited it before stay as they are.

    Raises:
        ValidationError: the day is not after the day it came into force, or it has already lapsed.
    """
    require(actor, "law.maintain")
    row = LegalBasis.objects.select_for_update().get(pk=basis.pk)
    if row.valid_to is not None and row.valid_to <= on:
        raise ValidationError({"valid_to": f"该条款已于{row.valid_to:%Y年%m月%d日}失效"})
    row.valid_to = on
    row.full_clean()
    row.save(update_fields=["valid_to"])
    record("law.basis.end", actor=actor, subjects=[f"basis:{row.id}"], data={"code": row.code, "on": on.isoformat()})
    return row
