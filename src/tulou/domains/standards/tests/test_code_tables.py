"""Code tables: editions follow one another, and a vocabulary is a forest."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.standards.public import CodeSpec, EditionSpec, adopt_code_table, code_table, codes, label
from tulou.kernel.identity import Actor

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")


def edition(version: str, since: date) -> EditionSpec:
    return EditionSpec("region", "行政区划代码", version, "民政部", since)


def test_the_edition_in_force_depends_on_the_day() -> None:
    adopt_code_table(edition("2018", date(2018, 1, 1)), [CodeSpec("350427", "沙县")], actor=SYSTEM)
    adopt_code_table(edition("2021", date(2021, 3, 1)), [CodeSpec("350405", "沙县区")], actor=SYSTEM)
    assert label("region", "350427", date(2020, 1, 1)) == "沙县"
    assert label("region", "350427", date(2022, 1, 1)) is None
    assert [code.label for code in codes("region", date(2022, 1, 1))] == ["沙县区"]
    table = code_table("region", date(2021, 2, 28))
    assert table is not None
    assert table.version == "2018"
    assert table.valid_to == date(2021, 3, 1)


def test_adopting_an_edition_again_changes_nothing() -> None:
    first = adopt_code_table(edition("2018", date(2018, 1, 1)), [CodeSpec("1", "甲")], actor=SYSTEM)
    assert adopt_code_table(edition("2018", date(2018, 1, 1)), [CodeSpec("1", "甲")], actor=SYSTEM).id == first.id


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "没有任何代码"),
        ([CodeSpec("1", "甲"), CodeSpec("1", "乙")], "第2行：代码 1 重复"),
        ([CodeSpec("1", "甲", "9")], "第1行：代码 1 的上级 9 不在表中"),
        ([CodeSpec("1", "甲", "2"), CodeSpec("2", "乙", "1")], "互为上级"),
    ],
)
def test_a_broken_vocabulary_is_refused_with_its_row(rows: list[CodeSpec], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        adopt_code_table(edition("2018", date(2018, 1, 1)), rows, actor=SYSTEM)
