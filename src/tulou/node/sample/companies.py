"""Synthetic companies (合成企业): a register of no real enterprise, with known dirt.

Credit codes are valid by GB 32100 and GB 11714, carry a Fujian region and an
organisation code that begins with XN (虚拟), a series no registry gives out.
Every name says 样例. Capital is in 万元; rows in 元 are faults.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from . import names, synthetic
from .counties import County, issuing_codes
from .identifiers import USCC_ALPHABET, organisation_check, uscc_check, uscc_partial
from .synthetic import Copying, Dirt, Encoding, Generated, Injected, Row, Table

COLUMNS = (
    "uscc",
    "name",
    "entity_type",
    "legal_representative",
    "reg_capital",
    "established_on",
    "industry",
    "region",
    "address",
    "status",
    "updated_on",
)
USCC, NAME, TYPE, PERSON, CAPITAL, ESTABLISHED, INDUSTRY, REGION, ADDRESS, STATUS, UPDATED = range(len(COLUMNS))
SERIES = "XN"
DEMO_ROWS = 5_000
_BODY = 6
_STRIDE = 611_953_367
_TYPES = (("91", "有限责任公司"), ("91", "股份有限公司"), ("92", "个体工商户"), ("93", "农民专业合作社"))
_TYPE_WEIGHTS = (70, 6, 18, 6)
_CAPITALS = ("10.0000", "50.0000", "100.0000", "200.0000", "500.0000", "1000.0000", "5000.0000", "12.5000")
_STATUSES = ("存续", "存续", "存续", "存续", "存续", "存续", "存续", "注销", "吊销", "迁出")
# 前三位数字之后的字母替换：看错的字母恰是标准排除的五个。
_LOOK_ALIKE = {"1": "I", "0": "O", "5": "S", "U": "V", "2": "Z"}


def capacity() -> int:
    """How many distinct synthetic credit codes exist."""
    return int(len(USCC_ALPHABET) ** _BODY)


@lru_cache(maxsize=1)
def _prefixes() -> tuple[tuple[str, int, County], ...]:
    """Region part of the code, abolished ones too, with the county in force today."""
    issued = issuing_codes()
    return tuple((code, uscc_partial(code, 2), issued[code]) for code in sorted(issued))


def _rows(start: int, count: int, rng: random.Random, seed: int) -> list[Row]:
    prefixes = rng.choices(_prefixes(), k=count)
    types = rng.choices(_TYPES, _TYPE_WEIGHTS, k=count)
    trades = rng.choices(names.INDUSTRIES, k=count)
    first, second = rng.choices(names.TRADE_FIRST, k=count), rng.choices(names.TRADE_SECOND, k=count)
    people = zip(rng.choices(names.SURNAMES, k=count), rng.choices(names.GIVEN, k=count), strict=True)
    capitals, statuses = rng.choices(_CAPITALS, k=count), rng.choices(_STATUSES, k=count)
    founded, updates = rng.choices(_dates(2001, 23), k=count), rng.choices(_dates(2024, 2), k=count)
    numbers = rng.choices(range(1, 2000), k=count)
    offset = synthetic.seeded("companies", seed).randrange(capacity())
    made: list[Row] = []
    for n, person in enumerate(people):
        prefix, prefix_sum, county = prefixes[n]
        kind, form = types[n]
        body = _organisation(offset + (start + n) * _STRIDE)
        head = kind + prefix + body
        code = head + uscc_check(uscc_partial(kind, 0) + prefix_sum + uscc_partial(body, 8))
        letter, trade = trades[n]
        suffix = "有限公司" if kind == "91" else "经营部" if kind == "92" else "专业合作社"
        name = f"{county.name}{first[n]}{second[n]}{trade}{suffix}（样例）"
        address = f"福建省{county.city}{county.name}样例路{numbers[n]}号"
        row = [code, name, form, "".join(person), capitals[n], founded[n], letter]
        made.append([*row, county.code, address, statuses[n], updates[n]])
    return made


def _organisation(number: int) -> str:
    """An organisation code of nine characters in the synthetic series."""
    number %= capacity()
    body = ""
    for _ in range(_BODY):
        number, digit = divmod(number, len(USCC_ALPHABET))
        body += USCC_ALPHABET[digit]
    return SERIES + body + organisation_check(SERIES + body)


@lru_cache(maxsize=2)
def _dates(year: int, years: int) -> tuple[str, ...]:
    first, last = date(year, 1, 1), date(year + years, 1, 1)
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days))


def _look_alike(code: str) -> str:
    """One character read as a letter that the standard excludes."""
    for place in range(17, 1, -1):
        if code[place] in _LOOK_ALIKE:
            return synthetic.replace_at(code, place, _LOOK_ALIKE[code[place]])
    return "I" + code[1:]


def _wrong_check(code: str) -> str:
    return code[:17] + ("0" if code[17] != "0" else "1")


def _wrong_organisation(code: str) -> str:
    """The inner check character is wrong while the outer one is right."""
    inner = code[:16] + ("0" if code[16] != "0" else "1")
    return inner + uscc_check(uscc_partial(inner, 0))


def _in_yuan(capital: str) -> str:
    return f"{Decimal(capital) * 10_000:.2f}"


def _test_row(row: Row, rng: random.Random) -> None:
    row[NAME], row[PERSON] = rng.choice(("测试", "测试企业", "test123")), "测试"


def _unchanged(row: Row, rng: random.Random) -> None:
    """An exact duplicate."""


DIRT = (
    Dirt("uscc_excluded_letter", "信用代码含 I、O、S、V、Z", 0.005, "uscc", synthetic.map_column(USCC, _look_alike)),
    Dirt("uscc_wrong_check", "信用代码校验码错误", 0.004, "uscc", synthetic.map_column(USCC, _wrong_check)),
    Dirt("uscc_wrong_organisation_code", "内含组织机构代码校验错误", 0.002, "uscc",
         synthetic.map_column(USCC, _wrong_organisation)),
    Dirt("uscc_lower_case", "信用代码小写", 0.003, "uscc", synthetic.map_column(USCC, str.lower)),
    Dirt("uscc_full_width", "全角数字", 0.003, "uscc", synthetic.map_column(USCC, synthetic.full_width)),
    Dirt("uscc_scientific", "电子表格把代码变成科学计数", 0.002, "uscc",
         synthetic.choose_column(USCC, ("9.14E+17", "3.50E+17"))),
    Dirt("capital_negative", "注册资本为负", 0.003, "reg_capital", synthetic.map_column(CAPITAL, "-{}".format)),
    Dirt("capital_in_yuan", "以元填报（应为万元）", 0.005, "reg_capital", synthetic.map_column(CAPITAL, _in_yuan)),
    Dirt("capital_with_unit", "数值后带单位", 0.003, "reg_capital", synthetic.map_column(CAPITAL, "{}万元".format)),
    Dirt("date_placeholder", "占位日期 1900-01-01", 0.003, "established_on",
         synthetic.set_column(ESTABLISHED, "1900-01-01")),
    Dirt("date_impossible", "不存在的日期 20250230", 0.003, "established_on",
         synthetic.set_column(ESTABLISHED, "20250230")),
    Dirt("date_future", "成立日期在将来", 0.001, "established_on", synthetic.set_column(ESTABLISHED, "2099-12-31")),
    Dirt("abolished_region", "已撤销的区划代码", 0.004, "region",
         synthetic.choose_column(REGION, ("350402", "350403", "350427", "350625", "350681"))),
    Dirt("name_missing", "名称为空", 0.002, "name", synthetic.set_column(NAME, "")),
    Dirt("test_row", "测试数据", 0.002, "name", _test_row),
)  # fmt: skip
COPIES = (Copying("duplicate", "整行重复", 0.005, "uscc", _unchanged),)
TABLE = Table(COLUMNS, capacity(), _rows, DIRT, COPIES)


def generate_companies(rows: int = DEMO_ROWS, seed: int = 1, encoding: Encoding = "utf-8") -> Generated:
    """The companies table in memory, with the list of injected faults."""
    return synthetic.generate(TABLE, rows, seed, encoding)


def write_companies(path: Path, rows: int, seed: int = 1, encoding: Encoding = "utf-8") -> tuple[Injected, ...]:
    """Write the companies table to a file in blocks, for millions of rows."""
    return synthetic.write(TABLE, path, rows, seed, encoding)
