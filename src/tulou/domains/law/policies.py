"""What a legal basis can carry. Pure predicates, no queries."""

from datetime import date

from tulou.domains.law.models import BasisKind, BasisUse, LegalBasis

#: 政务数据共享条例: only these ranks can support a refusal to share.
REFUSAL_RANKS = frozenset({BasisKind.LAW, BasisKind.ADMINISTRATIVE_REGULATION, BasisKind.STATE_COUNCIL_DECISION})


def in_force(basis: LegalBasis, on: date) -> bool:
    """Whether the article may be cited on this day."""
    return basis.valid_from <= on and (basis.valid_to is None or on < basis.valid_to)


def objection(basis: LegalBasis, *, on: date, supports: str) -> str | None:
    """Why this article cannot carry this decision on this day, or None when it can."""
    if on < basis.valid_from:
        return f"《{basis.title}》自{basis.valid_from:%Y年%m月%d日}起施行，{on:%Y年%m月%d日}尚不能引用"
    if not in_force(basis, on):
        return f"《{basis.title}》已于{basis.valid_to:%Y年%m月%d日}失效，不能再作为依据，请另选现行有效的条款"
    if supports not in basis.supports:
        return f"《{basis.title}》{basis.article}不能用作“{BasisUse(supports).label}”的依据，请另选条款"
    if supports == BasisUse.REFUSE_SHARING and basis.kind not in REFUSAL_RANKS:
        return "不予共享只能依据法律、行政法规或国务院决定，请另选依据；没有依据的应当共享"
    return None
