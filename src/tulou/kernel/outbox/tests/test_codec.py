"""Events survive the trip through JSON exactly, and what could not be read back is refused when it is declared."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tulou.kernel.outbox import codec, event


class Grade(StrEnum):
    PLAIN = "plain"
    SEALED = "sealed"


@dataclass(frozen=True)
class Part:
    code: str
    share: Decimal
    until: date | None


@dataclass(frozen=True)
class Everything:
    id: UUID
    at: datetime
    day: date
    amount: Decimal
    count: int
    flag: bool
    note: str | None
    parts: tuple[Part, ...]
    pair: tuple[int, str]
    grade: Grade
    kind: Literal["a", "b"]
    by_rule: dict[str, int]


PARTS = st.builds(Part, st.text(), st.decimals(allow_nan=False, allow_infinity=False), st.one_of(st.none(), st.dates()))
EVENTS = st.builds(
    Everything,
    id=st.uuids(),
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    amount=st.decimals(allow_nan=False, allow_infinity=False),
    parts=st.lists(PARTS, max_size=3).map(tuple),
)


@given(EVENTS)
def test_what_comes_back_equals_what_was_told(told: Everything) -> None:
    assert codec.decode(Everything, json.loads(json.dumps(codec.encode(told)))) == told


def test_decimals_keep_their_scale() -> None:
    assert codec.encode(Part("x", Decimal("1.50"), None))["share"] == "1.50"


@dataclass(frozen=True)
class WithFloat:
    ratio: float


@dataclass(frozen=True)
class WithAnything:
    thing: object


@dataclass
class NotFrozen:
    name: str


@pytest.mark.parametrize("cls", [WithFloat, WithAnything, NotFrozen])
def test_an_event_that_could_not_be_read_back_is_refused_when_declared(cls: type) -> None:
    with pytest.raises(TypeError):
        event("test.refused")(cls)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw.pop("id"),
        lambda raw: raw.update(count="3"),
        lambda raw: raw.update(flag=1),
        lambda raw: raw.update(kind="c"),
        lambda raw: raw.update(pair=[1]),
        lambda raw: raw.update(day="2026-02-30"),
    ],
)
def test_material_of_another_shape_is_refused(spoil: Callable[[dict[str, object]], None]) -> None:
    raw = codec.encode(
        Everything(
            UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), Decimal(1), 1, True, None, (),
            (1, "a"), Grade.PLAIN, "a", {},
        )
    )  # fmt: skip
    spoil(raw)
    with pytest.raises((KeyError, TypeError, ValueError)):
        codec.decode(Everything, raw)
