"""Synthetic registers: valid where they should be, wrong exactly where the list of faults says so."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from tulou.node.sample import companies, persons, synthetic
from tulou.node.sample.counties import abolished_codes, counties
from tulou.node.sample.synthetic import Generated, Injected

Generator = Callable[..., Generated]
CURRENT = {county.code for county in counties()}
Faults = set[tuple[int, str]]


def rows_of(content: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def independent_id_check(number: str) -> bool:
    """GB 11643 by its other definition: the number read with base-2 place values is 1 modulo 11."""
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit() or number[17] not in "0123456789X":
        return False
    values: list[int] = [10 if letter == "X" else int(letter) for letter in number]
    return sum(value << (17 - place) for place, value in enumerate(values)) % 11 == 1


def independent_uscc_check(code: str) -> bool:
    """GB 32100 and the GB 11714 code inside, from the standards' text."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or any(letter not in alphabet for letter in code):
        return False
    outer = sum(alphabet.index(letter) * 3**place for place, letter in enumerate(code[:17]))
    inner = sum(int(c, 36) * w for c, w in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    expected = {10: "X", 11: "0"}.get(11 - inner % 11, str(11 - inner % 11))
    return bool((outer + alphabet.index(code[17])) % 31 == 0 and code[16] == expected)


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and text > "1900-01-01"
    except ValueError:
        return False


def person_faults(rows: list[dict[str, str]]) -> Faults:
    """What an inspector who does not know the list finds, as (row, column)."""
    found: Faults = set()
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        id_no = row["id_no"]
        if not independent_id_check(id_no) or id_no in seen:
            respelled = id_no in seen and ("•" in row["name"] or "吉" in row["name"])
            found.add((number, "name" if respelled else "id_no"))
        elif row["sex"] != str(2 - int(id_no[16]) % 2):
            found.add((number, "sex"))
        seen.add(id_no)
        if not is_day(row["birth_date"]):
            found.add((number, "birth_date"))
        if row["death_date"] and is_day(row["birth_date"]) and row["death_date"] < row["birth_date"]:
            found.add((number, "death_date"))
        if row["household_region"] not in CURRENT:
            found.add((number, "household_region"))
        if row["name"] == "" or row["name"].startswith(("测试", "test")):
            found.add((number, "name"))
    return found


def company_faults(rows: list[dict[str, str]]) -> Faults:
    found: Faults = set()
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        if not independent_uscc_check(row["uscc"]) or row["uscc"] in seen:
            found.add((number, "uscc"))
        seen.add(row["uscc"])
        capital = row["reg_capital"]
        if not capital.replace(".", "").isdigit() or float(capital) > 50_000:
            found.add((number, "reg_capital"))
        if not is_day(row["established_on"]) or row["established_on"] > "2026-12-31":
            found.add((number, "established_on"))
        if row["region"] not in CURRENT:
            found.add((number, "region"))
        if row["name"] == "" or row["name"].startswith(("测试", "test")):
            found.add((number, "name"))
    return found


def places(truth: tuple[Injected, ...]) -> Faults:
    return {(item.row, item.column) for item in truth}


@pytest.mark.parametrize("seed", [1, 7])
def test_an_independent_inspector_finds_exactly_the_injected_person_faults(seed: int) -> None:
    made = persons.generate_persons(6_000, seed)

    assert person_faults(rows_of(made.csv)) == places(made.truth)


@pytest.mark.parametrize("seed", [1, 7])
def test_an_independent_inspector_finds_exactly_the_injected_company_faults(seed: int) -> None:
    made = companies.generate_companies(5_000, seed)
    found, injected = company_faults(rows_of(made.csv)), places(made.truth)
    small_capital = {
        (item.row, item.column)
        for item in made.truth
        if item.kind == "capital_in_yuan" and float(rows_of(made.csv)[item.row - 1]["reg_capital"]) <= 50_000
    }

    assert found == injected - small_capital


@pytest.mark.parametrize(
    ("table", "made"),
    [(persons.TABLE, persons.generate_persons(20_000)), (companies.TABLE, companies.generate_companies(5_000))],
    ids=["persons", "companies"],
)
def test_every_kind_of_fault_is_injected_at_its_rate(table: synthetic.Table, made: Generated) -> None:
    counted = Counter(item.kind for item in made.truth)
    rates = {each.kind: each.rate for each in table.dirt} | {each.kind: each.rate for each in table.copies}
    size = len(rows_of(made.csv))

    assert counted == {kind: round(rate * size) for kind, rate in rates.items()}


def test_a_row_carries_at_most_one_fault() -> None:
    made = persons.generate_persons(6_000)
    assert len({item.row for item in made.truth}) == len(made.truth)


def test_clean_numbers_satisfy_an_outside_library_too() -> None:
    made = companies.generate_companies(2_000)
    faulty = {item.row for item in made.truth}
    for number, row in enumerate(rows_of(made.csv), 1):
        if number not in faulty:
            assert uscc.is_valid(row["uscc"]), row

    people = persons.generate_persons(2_000)
    faulty = {item.row for item in people.truth}
    for number, row in enumerate(rows_of(people.csv), 1):
        if number not in faulty:
            assert ric.calc_check_digit(row["id_no"]) == row["id_no"][17], row


def test_synthetic_numbers_cannot_belong_to_anybody() -> None:
    """Sequence numbers kept for centenarians on people born since 1935; a credit-code series nobody issues."""
    made = persons.generate_persons(5_000)
    faulty = {item.row for item in made.truth}
    for number, row in enumerate(rows_of(made.csv), 1):
        if number not in faulty:
            assert row["id_no"].startswith("35")
            assert row["id_no"][14:17] in {"996", "997", "998", "999"}
            assert row["birth_date"] >= "1935-01-01"
            assert "样例" in row["household_address"]
    for row in rows_of(companies.generate_companies(1_000).csv):
        assert "样例" in row["name"] or row["name"] in {"", "测试", "测试企业", "test123"}
        assert "样例" in row["address"]


def test_ids_issued_under_abolished_codes_are_lawful_and_present() -> None:
    """The first six digits are the region at issue; a check by today's table would reject living people."""
    made = persons.generate_persons(5_000)
    faulty = {item.row for item in made.truth}
    clean = [row for number, row in enumerate(rows_of(made.csv), 1) if number not in faulty]
    old = [row for row in clean if row["id_no"][:6] in abolished_codes()]

    assert len(old) > 100
    assert all(row["household_region"] == abolished_codes()[row["id_no"][:6]] for row in old)


@pytest.mark.parametrize("generator", [persons.generate_persons, companies.generate_companies])
@settings(max_examples=15, deadline=None)
@given(rows=st.integers(0, 400), seed=st.integers(0, 2**32))
def test_the_same_rows_and_seed_give_the_same_bytes(generator: Generator, rows: int, seed: int) -> None:
    first, second = generator(rows, seed), generator(rows, seed)

    assert first == second
    assert len(rows_of(first.csv)) == rows


def test_another_seed_gives_other_persons() -> None:
    assert persons.generate_persons(100, 1).csv != persons.generate_persons(100, 2).csv


def test_numbers_stay_distinct_across_blocks(tmp_path: Path) -> None:
    size = synthetic.BLOCK + 5_000
    truth = persons.write_persons(tmp_path / "persons.csv", size)
    rows = rows_of((tmp_path / "persons.csv").read_bytes())
    faulty = {item.row for item in truth}
    clean = [row["id_no"] for number, row in enumerate(rows, 1) if number not in faulty]

    assert len(rows) == size
    assert len(set(clean)) == len(clean)
    assert max(faulty) > synthetic.BLOCK


def test_a_file_written_in_blocks_equals_the_one_in_memory(tmp_path: Path) -> None:
    truth = companies.write_companies(tmp_path / "companies.csv", 3_000, 5)
    made = companies.generate_companies(3_000, 5)

    assert (tmp_path / "companies.csv").read_bytes() == made.csv
    assert truth == made.truth


def test_names_hold_rare_characters_and_the_middle_dot() -> None:
    text = persons.generate_persons(3_000).csv.decode()
    assert "𠮷" in text
    assert "·" in text


def test_gb18030_keeps_every_character() -> None:
    plain = persons.generate_persons(3_000)
    encoded = persons.generate_persons(3_000, encoding="gb18030")

    assert encoded.csv.decode("gb18030") == plain.csv.decode()
    assert encoded.truth == plain.truth


def test_gbk_loses_rare_characters_and_says_where() -> None:
    """GBK has no 𠮷: an export in it writes a question mark, and the list names each."""
    plain, encoded = persons.generate_persons(3_000), persons.generate_persons(3_000, encoding="gbk")
    lost = {(item.row, item.column) for item in encoded.truth if item.kind == synthetic.LOST}
    damaged = {
        (number, column)
        for number, row in enumerate(rows_of(encoded.csv, "gbk"), 1)
        for column, cell in row.items()
        if "?" in cell
    }

    assert lost == damaged
    assert any("𠮷" in rows_of(plain.csv)[row - 1][column] for row, column in lost)


def test_a_byte_order_mark_is_written_on_request() -> None:
    marked, plain = companies.generate_companies(10, encoding="utf-8-sig"), companies.generate_companies(10)
    assert marked.csv == b"\xef\xbb\xbf" + plain.csv


def test_more_rows_than_distinct_numbers_are_refused_with_the_limit() -> None:
    with pytest.raises(ValueError, match=f"{persons.capacity():,}"):
        persons.generate_persons(persons.capacity() + 1)
