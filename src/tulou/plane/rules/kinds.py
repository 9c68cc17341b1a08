"""The kinds of rules (规则种类): what each demands of its columns, and the SQL of its breach.

`RULE_KINDS` is the catalogue: forms, documentation and the compiler read the
same rows. A breach that evaluates to NULL is no breach: an empty value is
the business of `required` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tulou.plane.rules.expression import expression_sql
from tulou.plane.rules.identifiers import Staged, id_no, uscc
from tulou.plane.rules.patterns import pattern_fault
from tulou.plane.rules.rule import Dimension, Rule, RuleProblem, quoted, text_literal
from tulou.plane.rules.typed import Type

WIDE_SPACES = text_literal(" \t\r\n\u3000\u00a0")
SCIENTIFIC = r"[+-]?\d+(\.\d+)?[eE][+-]?\d+"
_TEST = r"(?i).*(测试|test|asdf|qwer|demo|样例数据|xxxx|0{6,}|1{6,}|9{6,}|12345678).*"
_OPERATORS = {"eq": ("=", "等于"), "ne": ("<>", "不等于"), "lt": ("<", "早于或小于"), "le": ("<=", "不晚于或不大于"),
              "gt": (">", "晚于或大于"), "ge": (">=", "不早于或不小于")}  # fmt: skip
_FORMATS = {"YYYY-MM-DD": 10, "YYYYMMDD": 8, "YYYY-MM": 7, "YYYYMM": 6, "YYYY": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """A column as a rule sees it: names of its text and typed expressions, its type and its label."""

    name: str
    text: str
    typed: str
    type: Type
    label: str


@dataclass(frozen=True, slots=True)
class Check:
    """The breach as SQL, what it says, more exact words for known cases, and stages computed before it."""

    broken: str
    message: str
    cases: tuple[tuple[str, str], ...] = ()
    stages: tuple[Staged, ...] = ()
    unique: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a kind may ask while it compiles one rule."""

    rule: Rule
    places: tuple[Place, ...]
    every: dict[str, Place]
    alias: str
    today: date
    typed_input: bool = False

    def refuse(self, place: str, reason: str) -> RuleProblem:
        """The refusal of this rule, naming the place."""
        return RuleProblem(self.rule, place, reason)

    def param(self, name: str, default: Any = None) -> Any:
        """A parameter of the rule."""
        return self.rule.params.get(name, default)

    @property
    def label(self) -> str:
        """The labels of the rule's columns."""
        return "、".join(p.label for p in self.places)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule: its Chinese title, dimension, number of columns, parameters and compiler."""

    title: str
    dimension: Dimension
    columns: tuple[int, int]
    compile: Callable[[Scene], Check]
    params: dict[str, str] = field(default_factory=dict)


def _required(s: Scene) -> Check:
    text = s.places[0].text
    # only a value that starts like a space can be blank: the rest never pays for trim
    maybe = f"{text} < '!' OR {text} BETWEEN '\u00a0' AND '\u00a1' OR {text} BETWEEN '\u3000' AND '\u3001'"
    blank = f"CASE WHEN {text} IS NULL THEN true WHEN {maybe} THEN trim({text}, {WIDE_SPACES}) = '' ELSE false END"
    return Check(blank, f"{s.label}不能为空，请补填")


def _type(s: Scene) -> Check:
    place = s.places[0]
    if place.type.family == "text" or s.typed_input:
        return Check("false", "")
    text = place.text
    cases = (
        (f"regexp_full_match({text}, '{SCIENTIFIC}')", f"{s.label}变成了科学计数法，请把源表该列设为文本后重新导出"),
        (f"regexp_matches({text}, '[０-９]')", f"{s.label}含有全角数字，请改为半角"),
    )
    blank = f"trim({text}, {WIDE_SPACES}) <> ''"
    broken = f"CASE WHEN {place.typed} IS NULL AND {text} IS NOT NULL THEN {blank} ELSE false END"
    return Check(broken, f"{s.label}不是有效的{place.type.label}", cases)


def _length(s: Scene) -> Check:
    low, high = _whole(s, "min"), _whole(s, "max")
    if low is None and high is None:
        raise s.refuse("参数 min、max", "至少填写一个长度界限")
    if low is not None and high is not None and low > high:
        raise s.refuse("参数 min、max", "最短长度大于最长长度")
    size, text = f"length({s.places[0].text})", s.places[0].text
    if low == high:
        return Check(f"{size} <> {low}", f"{s.label}应为{low}个字符")
    parts = [f"{size} < {low}"] if low is not None else []
    parts += [f"{size} > {high}"] if high is not None else []
    words = f"{s.label}的长度应{f'不少于{low}' if low else ''}{f'不超过{high}' if high is not None else ''}个字符"
    return Check(f"{text} IS NOT NULL AND ({' OR '.join(parts)})", words)


def _whole(s: Scene, name: str) -> int | None:
    value = s.param(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise s.refuse(f"参数 {name}", "应为 0 到 1000000 的整数")
    return value


def _pattern(s: Scene) -> Check:
    pattern = s.param("pattern", "")
    fault = pattern_fault(pattern) if isinstance(pattern, str) else "应为文本"
    if fault:
        raise s.refuse("参数 pattern", fault)
    return Check(
        f"NOT regexp_full_match({s.places[0].text}, {_literal(s, 'pattern', pattern)})", f"{s.label}的格式不符合要求"
    )


def _literal(s: Scene, place: str, value: str) -> str:
    try:
        return text_literal(value)
    except ValueError as fault:
        raise s.refuse(f"参数 {place}", str(fault)) from None


def _range(s: Scene) -> Check:
    place = s.places[0]
    if not place.type.ordered:
        raise s.refuse(f"列 {place.name}", f"{place.type.label}不能比较大小，范围规则只用于数值和日期")
    parts, words = [], []
    for name, sign, word in (("min", "<", "不小于"), ("max", ">", "不大于")):
        if s.param(name) is not None:
            parts.append(f"{place.typed} {sign} {bound_sql(s, place, name)}")
            words.append(f"{word}{s.param(name)}")
    if not parts:
        raise s.refuse("参数 min、max", "至少填写一个界限")
    return Check(" OR ".join(parts), f"{s.label}应{'且'.join(words)}")


def bound_sql(s: Scene, place: Place, name: str) -> str:
    """A bound of a range as a typed literal; for dates `today` is the day of the run."""
    value = str(s.param(name)).strip()
    try:
        if place.type.numeric:
            number = Decimal(value)
            if not number.is_finite():
                raise InvalidOperation
            return f"{number:f}"
        if value == "today":
            return f"DATE '{s.today.isoformat()}'"
        parse = date.fromisoformat if place.type.family == "date" else datetime.fromisoformat
        return f"{place.type.sql} '{parse(value).isoformat(*([] if place.type.family == 'date' else [' ']))}'"
    except (ValueError, InvalidOperation):
        raise s.refuse(f"参数 {name}", f"“{value}”不是有效的{place.type.label}") from None


def _in_list(s: Scene) -> Check:
    source, message = _members(s), f"{s.label}不在代码表内"
    return Check(f"{s.places[0].text} NOT IN ({source})", message)


def _members(s: Scene) -> str:
    values, relation = s.param("values"), s.param("relation")
    if relation is not None:
        return _relation_members(s, str(relation))
    if not values or isinstance(values, str):
        raise s.refuse("参数 values", "请给出代码表的取值，或用 relation 指定已登记的代码表")
    return ", ".join(_literal(s, "values", str(value)) for value in values)


def _relation_members(s: Scene, relation: str) -> str:
    parts = relation.split(".")
    if not 1 <= len(parts) <= 3 or not all(part.isidentifier() for part in parts):
        raise s.refuse("参数 relation", f"“{relation}”不是有效的表名")
    column = str(s.param("column", "code"))
    if not column.isidentifier():
        raise s.refuse("参数 column", f"“{column}”不是有效的列名")
    member = f"CAST({quoted(column)} AS VARCHAR)"
    return f"SELECT {member} FROM {'.'.join(map(quoted, parts))} WHERE {quoted(column)} IS NOT NULL"


def _id_no(s: Scene) -> Check:
    text, sex = s.places[0].text, s.param("sex")
    if sex is not None and sex not in s.every:
        raise s.refuse("参数 sex", f"表中没有列“{sex}”")
    sum_ = id_no(text, s.alias, s.today, s.every[sex].text if sex else None)
    label = s.label
    cases = (
        (f"regexp_full_match({text}, '\\d{{15}}')", f"{label}是15位旧号码，请换成18位"),
        (f"regexp_full_match({text}, '\\d{{17}}x')", f"{label}末位是小写x，请改为大写X"),
        (f"regexp_matches({text}, '[０-９Ｘｘ]')", f"{label}含有全角字符，请改为半角"),
        (f"regexp_full_match({text}, '{SCIENTIFIC}')", f"{label}变成了科学计数法，号码已失真，请从源头重新导出"),
        (f"length({text}) <> 18", f"{label}应为18位"),
        (f"NOT regexp_full_match({text}, '[1-9]\\d{{16}}[\\dX]')", f"{label}应为17位数字加1位校验码"),
        (f"try_strptime(substr({text}, 7, 8), '%Y%m%d') IS NULL OR substr({text}, 7, 8) < '1800' "
         f"OR substr({text}, 7, 8) > '{s.today:%Y%m%d}'", f"{label}中的出生日期不真实"),
        (f"({id_no(text, s.alias, s.today).right}) IS NOT TRUE", f"{label}的校验码不正确"),
        ("true", f"{label}与性别不一致"),
    )  # fmt: skip
    return Check(f"{text} IS NOT NULL AND ({sum_.right}) IS NOT TRUE", f"{label}不正确", cases, sum_.stages)


def _uscc(s: Scene) -> Check:
    text, label = s.places[0].text, s.label
    sum_ = uscc(text, s.alias, embedded=bool(s.param("embedded", True)))
    cases = (
        (f"length({text}) <> 18", f"{label}应为18位统一社会信用代码"),
        (f"regexp_matches({text}, '[a-z]')", f"{label}含有小写字母，请改为大写"),
        (f"({s.alias}_f) IS NOT TRUE", f"{label}含有不允许的字符（不使用 I、O、S、V、Z，第3至8位为数字）"),
        ("true", f"{label}的校验码不正确"),
    )
    return Check(f"{text} IS NOT NULL AND ({sum_.right}) IS NOT TRUE", f"{label}不正确", cases, sum_.stages)


def _date(s: Scene) -> Check:
    place, form = s.places[0], str(s.param("format", "YYYY-MM-DD"))
    if form not in _FORMATS:
        raise s.refuse("参数 format", f"只支持 {'、'.join(_FORMATS)}")
    day = place.typed
    if place.type.family not in {"date", "timestamp"}:
        day = f"TRY_CAST({_day_text(place.text, form)} AS DATE)"
    late = f" OR {day} > DATE '{s.today.isoformat()}'" if s.param("not_future") else ""
    message = f"{s.label}不是真实存在的日期（格式 {form}）"
    cases = ((f"{day} IS NOT NULL", f"{s.label}晚于今天"),) if late else ()
    if place.type.family in {"date", "timestamp"}:
        return Check(f"({place.text} IS NOT NULL AND {day} IS NULL){late}", message, cases)
    shape = f"length({place.text}) = {_FORMATS[form]} AND {day} >= DATE '0001-01-01'"
    pieces = f"regexp_full_match({place.text}, '{_shape(form)}')"
    return Check(f"{place.text} IS NOT NULL AND (({shape} AND {pieces}) IS NOT TRUE{late})", message, cases)


def _shape(form: str) -> str:
    return form.replace("YYYY", r"\d{4}").replace("MM", r"\d{2}").replace("DD", r"\d{2}")


def _day_text(text: str, form: str) -> str:
    if form == "YYYY-MM-DD":
        return text
    month = f"substr({text}, {form.find('MM') + 1}, 2)" if "MM" in form else "'01'"
    day = f"substr({text}, {form.find('DD') + 1}, 2)" if "DD" in form else "'01'"
    return f"(substr({text}, 1, 4) || '-' || {month} || '-' || {day})"


def _unique(s: Scene) -> Check:
    return Check("", f"{s.label}在本批内重复", unique=tuple(p.name for p in s.places))


def _compare(s: Scene) -> Check:
    left, right = s.places
    sign = s.param("op")
    if sign not in _OPERATORS:
        raise s.refuse("参数 op", f"只支持 {'、'.join(_OPERATORS)}")
    alike = left.type.family == right.type.family or (left.type.numeric and right.type.numeric)
    if not alike:
        raise s.refuse(f"列 {left.name}、{right.name}", f"{left.type.label}与{right.type.label}不能相比")
    symbol, word = _OPERATORS[sign]
    return Check(f"NOT ({left.typed} {symbol} {right.typed})", f"{left.label}应{word}{right.label}")


def _expression(s: Scene) -> Check:
    sql, used = expression_sql(s)
    known = " AND ".join(f"{s.every[name].typed} IS NOT NULL" for name in used) or "true"
    # an expression that cannot be computed although all its columns are filled counts as broken
    return Check(f"CASE WHEN {known} THEN TRY({sql}) IS NOT TRUE ELSE NOT TRY({sql}) END", f"不满足“{s.rule.name}”")


def _not_test_data(s: Scene) -> Check:
    return Check(f"regexp_full_match({s.places[0].text}, '{_TEST}')", f"{s.label}疑似测试数据，请核实后删除")


def _not_scientific(s: Scene) -> Check:
    message = f"{s.label}变成了科学计数法，号码已失真，请从源头重新导出"
    text = s.places[0].text
    # an E must be there: looking for it first spares the pattern
    likely = f"contains({text}, 'E') OR contains({text}, 'e')"
    return Check(f"CASE WHEN {likely} THEN regexp_full_match({text}, '{SCIENTIFIC}') ELSE false END", message)


def _reference(s: Scene) -> Check:
    if not s.param("relation"):
        raise s.refuse("参数 relation", "请指定被引用的表")
    return Check(f"{s.places[0].text} NOT IN ({_members(s)})", f"{s.label}在被引用的表中不存在")


RULE_KINDS: dict[str, Kind] = {
    "required": Kind("必填", "完整性", (1, 1), _required),
    "type": Kind("类型正确", "规范性", (1, 1), _type),
    "length": Kind("长度", "规范性", (1, 1), _length, {"min": "最短", "max": "最长"}),
    "pattern": Kind("格式", "规范性", (1, 1), _pattern, {"pattern": "正则表达式，须整体匹配"}),
    "range": Kind("取值范围", "准确性", (1, 1), _range, {"min": "下限", "max": "上限，日期可写 today"}),
    "in_list": Kind("代码表", "规范性", (1, 1), _in_list,
                    {"values": "允许的取值", "relation": "或：已登记的代码表", "column": "代码列，默认 code"}),
    "id_no": Kind("公民身份号码", "准确性", (1, 1), _id_no, {"sex": "性别列，给出时校验奇偶"}),
    "uscc": Kind("统一社会信用代码", "准确性", (1, 1), _uscc, {"embedded": "是否校验主体标识码，默认是"}),
    "date": Kind("真实日期", "准确性", (1, 1), _date, {"format": "格式", "not_future": "不得晚于今天"}),
    "unique": Kind("不重复", "一致性", (1, 8), _unique, {"keep": "first 保留第一行（默认），none 一行不留"}),
    "compare": Kind("两列比较", "一致性", (2, 2), _compare, {"op": "、".join(_OPERATORS)}),
    "expression": Kind("表达式", "一致性", (0, 64), _expression, {"expression": "返回真假的表达式"}),
    "not_test_data": Kind("非测试数据", "准确性", (1, 1), _not_test_data),
    "not_scientific": Kind("未变成科学计数法", "准确性", (1, 1), _not_scientific),
    "reference": Kind("引用存在", "一致性", (1, 1), _reference, {"relation": "被引用的表", "column": "被引用的列"}),
}  # fmt: skip
