"""The 84 counties of Fujian (县级行政区划): current codes, the codes they replaced, and the node each belongs to.

A code's prefix does not give the node: 平潭 is numbered under 福州 and is a node of its own.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# 统计口径所列，但本省登记部门不在当地发证、发照，合成数据不使用其代码。
WITHOUT_REGISTERS = frozenset({"350527"})
_TABLE = Path(__file__).resolve().parent / "specs" / "counties.csv"


@dataclass(frozen=True, slots=True)
class County:
    """One county, district or county-level city, with the abolished codes it took over."""

    code: str
    name: str
    city: str
    node: str
    abolished: tuple[str, ...]
    note: str

    @property
    def organisation(self) -> str:
        """The code of the tenant organisation that stands for this county."""
        return f"county-{self.code}"


@lru_cache(maxsize=1)
def counties() -> tuple[County, ...]:
    """All counties in the order of their codes."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            County(row["code"], row["name"], row["city"], row["node"], tuple(row["abolished"].split()), row["note"])
            for row in csv.DictReader(stream)
        )


@lru_cache(maxsize=1)
def abolished_codes() -> dict[str, str]:
    """Abolished county code → the code in force."""
    return {old: county.code for county in counties() for old in county.abolished}


@lru_cache(maxsize=1)
def issuing_codes() -> dict[str, County]:
    """Every code that a number may carry, current or abolished → the county in force today."""
    current = {county.code: county for county in counties() if county.code not in WITHOUT_REGISTERS}
    return current | {old: current[new] for old, new in abolished_codes().items()}
