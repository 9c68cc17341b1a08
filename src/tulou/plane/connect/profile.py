"""Looking at a source (数据探查): what a catalogue entry can be pre-filled with.

Promise: nothing of the values leaves but counts and shapes; a proposal is
made only where the sample supports it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pypinyin import lazy_pinyin

from tulou.plane.connect.source import Source

_KNOWN: Final = {
    "身份证号": "id_no", "身份证号码": "id_no", "公民身份号码": "id_no", "姓名": "name", "性别": "sex", "年龄": "age",
    "出生日期": "birth_date", "民族": "ethnicity", "联系电话": "phone", "手机号": "phone", "手机号码": "phone",
    "地址": "address", "住址": "address", "统一社会信用代码": "uscc", "企业名称": "company_name",
    "法定代表人": "legal_rep",
    "注册资本": "capital", "成立日期": "founded_on", "行政区划代码": "region_code", "区划代码": "region_code",
    "名称": "title", "编号": "code", "代码": "code", "日期": "day", "时间": "time", "省份": "province", "城市": "city",
    "省": "province", "市": "city", "区县": "county", "备注": "note", "序号": "serial", "数量": "quantity",
    "金额": "amount",
}  # fmt: skip
_RESERVED: Final = frozenset({"valid_from", "valid_to", "is_current", "source_org", "source_system", "quality_flag"})
_PROVINCES: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
_ENOUGH: Final = 0.9
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_CHARS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the sample says of one column. `shapes` are patterns (9 digit, A letter, 汉 character), never values."""

    name: str
    proposed_name: str
    proposed_type: str
    nullable: bool
    longest: int
    filled: int
    distinct: int
    shapes: tuple[tuple[str, int], ...]
    looks_like: str
    key_candidate: bool


def profile(source: Source, sample_rows: int = 10_000) -> tuple[ColumnProfile, ...]:
    """Look at the first rows of a source."""
    columns = source.columns()
    values: list[list[str | None]] = [[] for _ in columns]
    taken = 0
    for batch in source.batches(min(sample_rows, 10_000)):
        good = batch.filter(batch.column("_fault").is_null()).slice(0, sample_rows - taken)
        for place in range(len(columns)):
            values[place].extend(good.column(place).to_pylist())
        taken += good.num_rows
        if taken >= sample_rows:
            break
    names = english_names([column.name for column in columns])
    return tuple(_look(column.name, name, texts) for column, name, texts in zip(columns, names, values, strict=True))


def _look(label: str, name: str, values: Sequence[str | None]) -> ColumnProfile:
    filled = [value.strip() for value in values if value and value.strip()]
    looks = next((kind for kind, test in _SEMANTICS.items() if _mostly(filled, test)), "")
    distinct = len(set(filled))
    shapes = Counter(_shape(value) for value in filled).most_common(3)
    return ColumnProfile(
        name=label, proposed_name=name, proposed_type=_type(filled, looks), nullable=len(filled) < len(values),
        longest=max((len(value) for value in filled), default=0), filled=len(filled), distinct=distinct,
        shapes=tuple(shapes), looks_like=looks,
        key_candidate=len(values) > 1 and distinct == len(values) and looks not in {"phone", "timestamp"},
    )  # fmt: skip


def _type(filled: Sequence[str], looks: str) -> str:
    if looks in {"date", "timestamp"}:
        return looks
    if looks in {"id_no", "uscc", "region_code", "phone", "email"} or not filled:
        return "text"
    if all(value in {"是", "否", "true", "false", "TRUE", "FALSE"} for value in filled):
        return "boolean"
    if all(re.fullmatch(r"-?(0|[1-9]\d{0,17})", value) for value in filled):
        return "integer"
    numbers = [re.fullmatch(r"-?(\d{1,18})(?:\.(\d{1,12}))?", value) for value in filled]
    if all(number and not re.match(r"-?0\d", number[0]) for number in numbers):
        scale = max(len(number[2] or "") for number in numbers if number)
        return f"decimal({min(18 + scale, 38)},{scale})"
    return "text"


def _mostly(filled: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(filled) and sum(map(test, filled)) >= _ENOUGH * len(filled)


def _shape(value: str) -> str:
    """The value's pattern with repetitions counted: 福州0591 is 汉2 9×4."""
    kinds = re.sub(r"[0-9]", "9", value[:40])
    kinds = re.sub(r"[A-Za-z]", "A", kinds)
    kinds = re.sub(r"[^\x00-\x7f]", "汉", kinds)
    return re.sub(r"(.)\1+", lambda run: f"{run[1]}×{len(run[0])} ", kinds).strip()


def _is_id_no(value: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{5}(18|19|20)\d{9}[\dXx]", value):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == value[-1].upper()


def _is_uscc(value: str) -> bool:
    if not re.fullmatch(rf"[{_USCC_CHARS}]{{18}}", value) or (value.isdigit() and _is_id_no(value)):
        return False
    total = sum(_USCC_CHARS.index(char) * pow(3, place, 31) for place, char in enumerate(value[:17]))
    return _USCC_CHARS[-total % 31] == value[-1]


def _is_region(value: str) -> bool:
    return bool(re.fullmatch(r"\d{6}|\d{9}|\d{12}", value)) and bool(_PROVINCES.match(value))


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: bool(compiled.fullmatch(value))


_DAY: Final = r"(1[6-9]|20|21)\d\d([-/年.])(0?[1-9]|1[0-2])[-/月.](0?[1-9]|[12]\d|3[01])日?"
_SEMANTICS: Final[dict[str, Callable[[str], bool]]] = {
    "id_no": _is_id_no,
    "uscc": _is_uscc,
    "region_code": _is_region,
    "phone": _matches(r"1[3-9]\d{9}"),
    "email": _matches(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "date": _matches(_DAY),
    "timestamp": _matches(_DAY + r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\+\d\d:?(\d\d)?)?"),
}


def english_names(labels: Sequence[str]) -> list[str]:
    """An identifier for each label: the usual word, else its pinyin; numbered where two would be alike."""
    names: list[str] = []
    for label in labels:
        name = _KNOWN.get(label.strip()) or _identifier("_".join(lazy_pinyin(label)))
        name = f"{name}_col" if name in _RESERVED else name
        number, wanted = 2, name
        while wanted in names:
            wanted, number = f"{name}_{number}", number + 1
        names.append(wanted)
    return names


def _identifier(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40].strip("_")
    return plain if re.match(r"[a-z]", plain) else f"c_{plain}".strip("_")
