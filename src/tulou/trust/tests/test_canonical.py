"""One value has one spelling, and every other spelling is refused."""

import json
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tulou.trust.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonical, canonical, parse
from tulou.trust.verifier import Fault
from tulou.trust.verifier import parse as verifier_parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=30)


@given(VALUES)
def test_every_value_comes_back(value: Any) -> None:
    data = canonical(value)
    assert parse(data) == value
    assert canonical(parse(data)) == data
    assert verifier_parse(data) == value


@given(st.dictionaries(TEXT, SCALARS, min_size=2))
def test_the_order_of_keys_is_by_code_point_whatever_the_order_of_insertion(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)
    assert list(parse(canonical(value))) == sorted(value)


def test_the_form_is_fixed() -> None:
    value = {"b": [1, True, None], "a": '土楼\n"é', "B": {}}
    assert canonical(value) == '{"B":{},"a":"土楼\\n\\"é","b":[1,true,null]}'.encode()


def test_composed_and_decomposed_text_stay_apart() -> None:
    assert canonical("é") != canonical("e\u0301")


def test_text_choices_are_text() -> None:
    class Choice(StrEnum):
        A = "甲"

    assert canonical({"k": Choice.A}) == canonical({"k": "甲"})


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        b"x",
        (1, 2),
        {1: "a"},
        {"a": {2}},
        MAX_INTEGER + 1,
        "\ud800",
        pytest.param([object()], id="object"),
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_bottomless_nesting_is_refused() -> None:
    value: Any = "x"
    for _ in range(MAX_DEPTH):
        value = [value]
    assert parse(canonical(value)) == value
    with pytest.raises(NotCanonical):
        canonical([value])


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b'"\\u0041"',
        b'"\\/"',
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b'"\\ud800"',
        b"",
        b"[1",
        b"9223372036854775808",
        b"9" * 5000,
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_other_spellings_are_refused_here_and_by_the_verifier(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse(data)
    if not data.isdigit():  # the verifier sets no bound to whole numbers
        with pytest.raises(Fault):
            verifier_parse(data)


@given(st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_read_is_what_would_be_written(data: bytes) -> None:
    try:
        value = parse(data)
    except NotCanonical:
        return
    assert canonical(value) == data
