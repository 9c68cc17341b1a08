"""Identifiers against other implementations: python-stdnum for the checksums, plain arithmetic for GB 11714."""

from datetime import date

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from tulou.plane.rules.identifiers import USCC_CHARS, Checksum, id_no, uscc
from tulou.plane.rules.tests.passes import TODAY

DB = duckdb.connect()


def verdicts(checksum: Checksum, values: list[str]) -> list[bool]:
    listed = "SELECT unnest(?::VARCHAR[]) AS x, generate_subscripts(?::VARCHAR[], 1) AS n"
    DB.execute(f"CREATE OR REPLACE TEMP TABLE v AS {listed}", [values, values])
    source = "SELECT * FROM v"
    for stage in checksum.stages:
        source = f"SELECT *, {stage.sql} AS {stage.name} FROM ({source})"
    return [bool(r[0]) for r in DB.execute(f"SELECT ({checksum.right}) IS TRUE FROM ({source}) ORDER BY n").fetchall()]


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(date(1800, 1, 1), TODAY))
    body = f"{draw(st.integers(100000, 999999))}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + str(draw(st.sampled_from([ric.calc_check_digit(body + "0"), *"0123456789X"])))


@settings(max_examples=40, deadline=None)
@given(st.lists(id_numbers(), min_size=20, max_size=60))
def test_id_numbers_are_judged_as_stdnum_computes_the_check_digit(values: list[str]) -> None:
    assert verdicts(id_no("x", "c", TODAY), values) == [ric.calc_check_digit(v) == v[-1] for v in values]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 99999999), min_size=20, max_size=60))
def test_days_of_birth_are_real_days(days: list[int]) -> None:
    values = []
    for day in [*days, 19000229, 20000229, 20240229, 20230229, 21000101]:
        body = f"350102{day:08}123"
        values.append(body + ric.calc_check_digit(body + "0"))
    assert verdicts(id_no("x", "c", TODAY), values) == [_real(v[6:14]) for v in values]


def _real(text: str) -> bool:
    try:
        return date(1800, 1, 1) <= date(int(text[:4]), int(text[4:6]), int(text[6:])) <= TODAY
    except ValueError:
        return False


def organisation_check(body: str) -> str:
    """GB 11714-1997."""
    values = [int(c, 36) for c in body]
    check = (11 - sum(w * v for w, v in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True)) % 11) % 11
    return "X" if check == 10 else str(check)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    chars = st.sampled_from(USCC_CHARS)
    head = draw(chars) + draw(chars) + f"{draw(st.integers(0, 999999)):06}"
    body = "".join(draw(chars) for _ in range(8))
    code: str = head + body + draw(st.sampled_from([organisation_check(body), *"0123456789X"]))
    return code + str(draw(st.sampled_from([stdnum_uscc.calc_check_digit(code), draw(chars)])))


@settings(max_examples=40, deadline=None)
@given(st.lists(credit_codes(), min_size=20, max_size=60))
def test_credit_codes_are_judged_by_both_check_characters(values: list[str]) -> None:
    outer = [stdnum_uscc.calc_check_digit(v[:17]) == v[-1] for v in values]
    inner = [organisation_check(v[8:16]) == v[16] for v in values]
    assert verdicts(uscc("x", "c"), values) == [a and b for a, b in zip(outer, inner, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=20) | st.text("0123456789abcdefxX_-+. ", min_size=17, max_size=19), min_size=1))
def test_whatever_stands_in_the_column_neither_stops_the_pass_nor_passes(values: list[str]) -> None:
    values = [v.replace("\x00", "") for v in values]
    wrong = [v for v in values if not (len(v) == 18 and v[:17].isdecimal() and v.isascii())]
    assert not any(verdicts(id_no("x", "c", TODAY), wrong or [""]))
    verdicts(uscc("x", "c"), values)
