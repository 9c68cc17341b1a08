"""What the lake keeps for an item: exact numbers, with the decimals that its form states."""

import pytest

from tulou.domains.catalog.vocabulary import plane_type


@pytest.mark.parametrize(
    ("code", "length", "precision", "kept"),
    [
        ("N", 10, None, "decimal(10,0)"),
        ("N", 10, 2, "decimal(10,2)"),
        ("N", None, None, "decimal(18,4)"),
        ("Y", 20, None, "decimal(20,4)"),
        ("B", None, None, "decimal(18,4)"),
        ("I", 10, None, "integer"),
        ("D", None, None, "date"),
        ("T", None, None, "timestamp"),
        ("L", None, None, "boolean"),
        ("C", 6, None, "text"),
    ],
)
def test_a_type_of_the_form_has_one_exact_type_in_the_lake(
    code: str, length: int | None, precision: int | None, kept: str
) -> None:
    assert plane_type(code, length, precision) == kept
