"""Law as data (法规、时限、代码表): bases that may be cited, deadline rules, and code tables with their editions."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from tulou.node.sample.pack import open_dataset
from tulou.node.sample.reader.loading import SPECS, build, load_toml

Mark = Literal["S", "F", "M", "D"]
REFUSAL_KINDS = frozenset({"law", "administrative_regulation", "state_council_decision"})
# 2021 年福建县级区划调整的样例分界日（未核）：前一版本由汇编乙读出，后一版本由汇编甲读出。
REGION_CHANGE = date(2021, 6, 1)


@dataclass(frozen=True, slots=True)
class BasisSpec:
    """One article or document. `mark` says how it is known: S seed, F found in a copy, M memory, D our design."""

    code: str
    title: str
    kind: str
    supports: tuple[str, ...]
    valid_from: date
    verified: bool
    mark: Mark
    number: str = ""
    article: str = ""
    text: str = ""
    valid_to: date | None = None
    note: str = ""

    def in_force(self, day: date) -> bool:
        """Whether it may be cited on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class DeadlineSpec:
    """How long one clock runs, in which unit, since when, and by which rule."""

    clock: str
    title: str
    amount: int
    unit: Literal["working", "calendar", "hours"]
    valid_from: date
    citation: str
    mark: Mark
    verified: bool
    extension: int = 0
    max_extensions: int = 1
    valid_to: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """One value of a code table."""

    value: str
    label: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class CodeTableSpec:
    """One edition of a code table; editions of a table follow each other by `valid_from`."""

    code: str
    name: str
    standard: str
    version: str
    valid_from: date
    values: tuple[CodeSpec, ...]
    source: str = "样例规格"
    valid_to: date | None = None


@lru_cache(maxsize=1)
def bases() -> tuple[BasisSpec, ...]:
    """All legal bases of the sample."""
    return tuple(build(BasisSpec, item, "法规依据") for item in load_toml(SPECS / "law.toml")["basis"])


@lru_cache(maxsize=1)
def deadlines() -> tuple[DeadlineSpec, ...]:
    """All deadline rules of the sample."""
    return tuple(build(DeadlineSpec, item, "时限") for item in load_toml(SPECS / "deadlines.toml")["rule"])


@lru_cache(maxsize=1)
def code_tables() -> tuple[CodeTableSpec, ...]:
    """Every edition of every code table, the two editions of the region table first and in order."""
    listed = [_listed(item) for item in load_toml(SPECS / "codes.toml")["table"]]
    return (_region_before(), _region_after(), *listed)


def _listed(item: dict[str, Any]) -> CodeTableSpec:
    pairs = (text.split(" ", 1) for text in item["values"])
    return build(CodeTableSpec, {**item, "values": [CodeSpec(value, label) for value, label in pairs]}, "代码表")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(open_dataset(name).decode("utf-8-sig"), newline="")))


def _region_before() -> CodeTableSpec:
    codes = [CodeSpec(row["code"], row["name"]) for row in _rows("regions_b/province.csv")]
    codes += [CodeSpec(row["code"], row["name"], f"{row['province']}0000") for row in _rows("regions_b/city.csv")]
    cities = {code.value for code in codes}
    for row in _rows("regions_b/area.csv"):
        city = f"{row['province']}{row['city']}00"
        codes.append(CodeSpec(row["code"], row["name"], city if city in cities else f"{row['province']}0000"))
    return _region("2020（样例口径）", "regions_b", codes, date(2019, 1, 1), REGION_CHANGE)


def _region_after() -> CodeTableSpec:
    codes = [CodeSpec(f"{row['code']}0000", row["name"]) for row in _rows("regions_a/provinces.csv")]
    codes += [
        CodeSpec(f"{row['code']}00", row["name"], f"{row['provinceCode']}0000") for row in _rows("regions_a/cities.csv")
    ]
    cities = {code.value for code in codes}
    # 三个不设县的地级市在县级表里重复了自己的代码，只留地级一行。
    areas = (row for row in _rows("regions_a/areas.csv") if row["code"] not in cities)
    codes += [CodeSpec(row["code"], row["name"], f"{row['cityCode']}00") for row in areas]
    return _region("2021（样例口径）", "regions_a", codes, REGION_CHANGE, None)


def _region(version: str, source: str, codes: list[CodeSpec], start: date, end: date | None) -> CodeTableSpec:
    return CodeTableSpec("region", "行政区划代码", "GB/T 2260", version, start, tuple(codes), source, end)
