"""A decision cites an article in force on its day, of a rank that can carry it."""

from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.law import public
from tulou.domains.law.models import BasisKind, BasisUse
from tulou.domains.law.services import BasisSpec, adopt_basis, end_basis
from tulou.kernel.identity import Actor

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")
DAY = date(2026, 11, 23)


def an_article(kind: str = BasisKind.LAW, **changes: object) -> UUID:
    given = {
        "code": "L-1",
        "title": "样例法",
        "article": "第一条",
        "kind": kind,
        "supports": [BasisUse.REFUSE_SHARING],
        "valid_from": date(2020, 1, 1),
    }
    return adopt_basis(BasisSpec(**{**given, **changes}), actor=SYSTEM).id  # type: ignore[arg-type]


def test_an_article_in_force_carries_a_refusal() -> None:
    assert public.require_basis(an_article(), on=DAY, supports=BasisUse.REFUSE_SHARING).title == "样例法"


@pytest.mark.parametrize("kind", [BasisKind.LOCAL_REGULATION, BasisKind.RULE, BasisKind.PLAN])
def test_lower_ranks_cannot_carry_a_refusal(kind: str) -> None:
    article = an_article(kind)
    with pytest.raises(ValidationError, match="只能依据法律、行政法规或国务院决定"):
        public.require_basis(article, on=DAY, supports=BasisUse.REFUSE_SHARING)
    assert public.bases_in_force(DAY, BasisUse.REFUSE_SHARING) == ()


def test_a_lapsed_article_carries_nothing_from_the_day_of_its_end() -> None:
    article = an_article(valid_to=DAY)
    with pytest.raises(ValidationError, match="已于2026年11月23日失效"):
        public.require_basis(article, on=DAY, supports=BasisUse.REFUSE_SHARING)
    assert public.require_basis(article, on=date(2026, 11, 22), supports=BasisUse.REFUSE_SHARING)


def test_an_article_carries_only_the_uses_it_was_adopted_for() -> None:
    with pytest.raises(ValidationError, match="不能用作“不予开放”的依据"):
        public.require_basis(an_article(), on=DAY, supports=BasisUse.REFUSE_OPENING)


def test_no_basis_is_no_decision() -> None:
    with pytest.raises(ValidationError, match="请选择法规依据"):
        public.require_basis(None, on=DAY, supports=BasisUse.REFUSE_SHARING)


def test_ending_an_article_ends_it_once() -> None:
    from tulou.domains.law.models import LegalBasis

    article = LegalBasis.objects.get(pk=an_article())
    end_basis(article, on=DAY, actor=SYSTEM)
    with pytest.raises(ValidationError, match="已于2026年11月23日失效"):
        end_basis(article, on=DAY, actor=SYSTEM)
