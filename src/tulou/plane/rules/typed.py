"""From text to typed values (类型转换): one expression per column, exact or NULL.

Promise: nothing is rounded, cut or guessed. DuckDB casts '1.5' to the integer
2 and '2024-01-05 10:00:00' to a date; here both are refused. The usual form
is recognised by casting back; only the rest pays for a pattern.
"""

import re
from dataclasses import dataclass

_DECIMAL = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)")
_INTEGER_FORM = r"\s*[+-]?\d+(\.0*)?\s*"
_DATE_FORM = r"\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}( 00:00(:00(\.0+)?)?)?\s*"
_TIMESTAMP_FORM = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?(\+08:?00)?)?"
_TRUE = "('1', 'true', 't', 'yes', 'y', '是', '真', '有')"
_FALSE = "('0', 'false', 'f', 'no', 'n', '否', '假', '无')"


@dataclass(frozen=True, slots=True)
class Type:
    """A column type: its family, its name in DuckDB and its name for people."""

    family: str
    sql: str
    label: str
    scale: int = 0

    @property
    def ordered(self) -> bool:
        """Whether values can be compared by size."""
        return self.family in {"integer", "decimal", "date", "timestamp"}

    @property
    def numeric(self) -> bool:
        """Whether values are numbers."""
        return self.family in {"integer", "decimal"}


_PLAIN = {
    "text": Type("text", "VARCHAR", "文本"),
    "integer": Type("integer", "BIGINT", "整数"),
    "date": Type("date", "DATE", "日期"),
    "timestamp": Type("timestamp", "TIMESTAMP", "日期时间"),
    "boolean": Type("boolean", "BOOLEAN", "是/否"),
}


def type_of(name: str) -> Type:
    """Read a type of a table schema.

    Raises:
        ValueError: it is none of the types a table can have.
    """
    if name in _PLAIN:
        return _PLAIN[name]
    found = _DECIMAL.fullmatch(name)
    if not found or not 1 <= int(found[1]) <= 38 or int(found[2]) > int(found[1]):
        raise ValueError(f"不认识的数据类型“{name}”")
    precision, scale = int(found[1]), int(found[2])
    return Type("decimal", f"DECIMAL({precision},{scale})", f"数值（小数不超过{scale}位）", scale)


def typed_sql(text: str, kind: Type) -> str:
    """The typed value of a text expression; NULL where the text is no exact value of the type."""
    if kind.family == "text":
        return text
    if kind.family == "boolean":
        return f"CASE WHEN lower({text}) IN {_TRUE} THEN true WHEN lower({text}) IN {_FALSE} THEN false END"
    cast = f"TRY_CAST({text} AS {kind.sql})"
    return f"CASE WHEN {_usual(text, cast, kind)} THEN {cast} {_otherwise(text, kind)} END"


def _usual(text: str, cast: str, kind: Type) -> str:
    """The form that nearly all values have, recognised cheaply.

    Ten characters that make a date of four-digit years hold nothing else;
    other types are cast back. (The engine takes 'infinity' and the year 99999
    for dates.)
    """
    if kind.family == "date":
        return f"length({text}) = 10 AND {cast} BETWEEN DATE '1000-01-01' AND DATE '9999-12-31'"
    same = f"CAST({cast} AS VARCHAR) = {text}"
    if kind.family == "timestamp":
        return f"{same} AND {cast} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31'"
    return same


def _otherwise(text: str, kind: Type) -> str:
    cast = f"TRY_CAST({text} AS {kind.sql})"
    if kind.family == "integer":
        return f"WHEN regexp_full_match({text}, '{_INTEGER_FORM}') THEN {cast}"
    if kind.family == "decimal":
        form = rf"\s*[+-]?\d+(\.\d{{0,{kind.scale}}}0*)?\s*"
        return f"WHEN regexp_full_match({text}, '{form}') THEN {cast}"
    if kind.family == "date":
        return (
            f"WHEN regexp_full_match({text}, '{_DATE_FORM}') AND {text} NOT LIKE '0000%' THEN {cast} "
            f"WHEN regexp_full_match({text}, '\\d{{8}}') AND {text} NOT LIKE '0000%' "
            f"THEN CAST(try_strptime({text}, '%Y%m%d') AS DATE) "
            f"WHEN regexp_full_match({text}, '\\d{{4}}年\\d{{1,2}}月\\d{{1,2}}日') AND {text} NOT LIKE '0000%' "
            f"THEN CAST(try_strptime({text}, '%Y年%m月%d日') AS DATE)"
        )
    return (
        f"WHEN regexp_full_match({text}, '{_TIMESTAMP_FORM}') AND {text} NOT LIKE '0000%' "
        f"THEN TRY_CAST(regexp_replace({text}, '\\+08:?00$', '') AS TIMESTAMP)"
    )
