"""Synthetic persons (合成人员): a population register of nobody, with known dirt.

ID numbers carry region prefix 35, a valid check character, and the sequence
numbers 996–999 on birth dates since 1935. Those four were kept for persons past
one hundred, so no living person holds such a number. Half are odd (male), half
even (female). Every address says 样例.
"""

import random
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from . import names, synthetic
from .counties import counties, issuing_codes
from .identifiers import id_check, id_partial
from .synthetic import Copying, Dirt, Encoding, Generated, Injected, Row, Table

COLUMNS = (
    "id_no",
    "name",
    "sex",
    "nation",
    "birth_date",
    "household_region",
    "household_address",
    "life_status",
    "death_date",
    "updated_on",
)
ID, NAME, SEX, NATION, BIRTH, REGION, ADDRESS, STATUS, DEATH, UPDATED = range(len(COLUMNS))
SERIALS = ("996", "997", "998", "999")
FIRST_BIRTH, LAST_BIRTH = date(1935, 1, 1), date(2015, 12, 31)
DEMO_ROWS = 20_000
# 与总容量互素的大质数：按序号取号而不重复，看上去又不连续。
_STRIDE = 7_368_787


@lru_cache(maxsize=1)
def _days() -> tuple[tuple[str, str, int], ...]:
    """Every birth date as ISO text, as digits, and as its share of the check sum."""
    span = (LAST_BIRTH - FIRST_BIRTH).days + 1
    days = (FIRST_BIRTH + timedelta(days=n) for n in range(span))
    return tuple((day.isoformat(), f"{day:%Y%m%d}", id_partial(f"{day:%Y%m%d}", 6)) for day in days)


@lru_cache(maxsize=1)
def _issue_regions() -> tuple[tuple[str, int, str], ...]:
    """Regions an ID may have been issued in, abolished ones too, each with the code in force today."""
    issued = issuing_codes()
    return tuple((code, id_partial(code, 0), issued[code].code) for code in sorted(issued))


@lru_cache(maxsize=1)
def _addresses() -> dict[str, str]:
    return {county.code: f"福建省{county.city}{county.name}样例路" for county in counties()}


def capacity() -> int:
    """How many distinct synthetic ID numbers exist."""
    return len(_days()) * len(_issue_regions()) * len(SERIALS)


def _rows(start: int, count: int, rng: random.Random, seed: int) -> list[Row]:
    days, regions, addresses = _days(), _issue_regions(), _addresses()
    serials = tuple((serial, id_partial(serial, 14), "12"[int(serial) % 2 == 0]) for serial in SERIALS)
    total, offset = capacity(), synthetic.seeded("persons", seed).randrange(capacity())
    given_names, nations = _names(count, rng), rng.choices(names.NATIONS, names.NATION_WEIGHTS, k=count)
    updates, deaths = rng.choices(_dates(2024, 2), k=count), rng.choices(_dates(2016, 8), k=count)
    chances, numbers = [rng.random() for _ in range(count)], rng.choices(range(1, 2000), k=count)
    made: list[Row] = []
    for n in range(count):
        rest, place = divmod((offset + (start + n) * _STRIDE) % total, len(SERIALS))
        day, region = divmod(rest, len(regions))
        iso, digits, day_sum = days[day]
        code, region_sum, today = regions[region]
        serial, serial_sum, sex = serials[place]
        number = code + digits + serial + id_check(region_sum + day_sum + serial_sum)
        name = given_names[n]
        nation = names.DOTTED_NATION if "·" in name else nations[n]
        dead = deaths[n] if iso < "1950" and chances[n] < 0.3 else ""
        address = f"{addresses[today]}{numbers[n]}号"
        row = [number, name, sex, nation, iso, today, address, "2" if dead else "1", dead, updates[n]]
        made.append(row)
    return made


@lru_cache(maxsize=4)
def _dates(year: int, years: int) -> tuple[str, ...]:
    first, last = date(year, 1, 1), date(year + years, 1, 1)
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days))


def _names(count: int, rng: random.Random) -> list[str]:
    """Names from common characters; one in fifty compound, one in a hundred rare, one in 125 with a middle dot."""
    family, kinds = rng.choices(names.SURNAMES, k=count), rng.choices(range(1000), k=count)
    first, second = rng.choices(names.GIVEN, k=count), rng.choices(names.GIVEN, k=count)
    made = [a + b + (c if kind % 3 else "") for a, b, c, kind in zip(family, first, second, kinds, strict=True)]
    for place, kind in enumerate(kinds):
        if kind < 10:
            made[place] = family[place] + rng.choice(names.RARE_GIVEN)
        elif kind < 18:
            made[place] = rng.choice(names.DOTTED_NAMES)
        elif kind < 38:
            made[place] = rng.choice(names.COMPOUND_SURNAMES) + first[place]
    return made


def _fifteen(number: str) -> str:
    return number[:6] + number[8:17]


def _wrong_check(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


def _respell(row: Row, rng: random.Random) -> None:
    row[NAME] = row[NAME].replace("·", "•").replace("𠮷", "吉")


def _test_row(row: Row, rng: random.Random) -> None:
    row[NAME], row[ADDRESS] = rng.choice(("测试", "测试001", "test")), "测试地址"


def _unchanged(row: Row, rng: random.Random) -> None:
    """An exact duplicate."""


DIRT = (
    Dirt("abolished_region", "已撤销的区划代码", 0.004, "household_region",
         synthetic.choose_column(REGION, ("350402", "350403", "350427", "350625", "350681"))),
    Dirt("id_fifteen_digits", "十五位旧身份证号", 0.004, "id_no", synthetic.map_column(ID, _fifteen),
         lambda row: row[ID][6:8] == "19"),
    Dirt("id_lower_x", "校验码小写 x", 0.003, "id_no", synthetic.map_column(ID, str.lower),
         lambda row: row[ID].endswith("X")),
    Dirt("id_full_width", "全角数字", 0.003, "id_no", synthetic.map_column(ID, synthetic.full_width)),
    Dirt("id_wrong_check", "校验码错误", 0.003, "id_no", synthetic.map_column(ID, _wrong_check)),
    Dirt("id_scientific", "电子表格把号码变成科学计数", 0.002, "id_no", synthetic.set_column(ID, "3.50E+17")),
    Dirt("birth_placeholder", "占位日期 1900-01-01", 0.002, "birth_date", synthetic.set_column(BIRTH, "1900-01-01")),
    Dirt("birth_impossible", "不存在的日期 20250230", 0.002, "birth_date", synthetic.set_column(BIRTH, "20250230")),
    Dirt("sex_mismatch", "性别与证号第十七位不符", 0.002, "sex",
         synthetic.map_column(SEX, lambda sex: "2" if sex == "1" else "1")),
    Dirt("death_before_birth", "死亡日期早于出生日期", 0.001, "death_date", synthetic.set_column(DEATH, "1930-01-01"),
         lambda row: row[DEATH] != ""),
    Dirt("name_missing", "姓名为空", 0.002, "name", synthetic.set_column(NAME, "")),
    Dirt("test_row", "测试数据", 0.001, "name", _test_row),
)  # fmt: skip
COPIES = (
    Copying("duplicate_respelled", "同一人两种写法", 0.002, "name", _respell,
            lambda row: "·" in row[NAME] or "𠮷" in row[NAME]),
    Copying("duplicate", "整行重复", 0.005, "id_no", _unchanged),
)  # fmt: skip
TABLE = Table(COLUMNS, capacity(), _rows, DIRT, COPIES)


def generate_persons(rows: int = DEMO_ROWS, seed: int = 1, encoding: Encoding = "utf-8") -> Generated:
    """The persons table in memory, with the list of injected faults."""
    return synthetic.generate(TABLE, rows, seed, encoding)


def write_persons(path: Path, rows: int, seed: int = 1, encoding: Encoding = "utf-8") -> tuple[Injected, ...]:
    """Write the persons table to a file in blocks, for millions of rows."""
    return synthetic.write(TABLE, path, rows, seed, encoding)
