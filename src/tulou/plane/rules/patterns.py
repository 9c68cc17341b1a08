"""Patterns that cannot run away (正则表达式检查).

DuckDB matches in linear time, but the same rule may run on another engine
that backtracks; so nested open repeats are refused for both.
"""

import duckdb

MAX_PATTERN = 400


def pattern_fault(pattern: str) -> str | None:
    """Why a pattern is refused, in Chinese; None when it is sound."""
    if not pattern:
        return "正则表达式为空，请填写"
    if len(pattern) > MAX_PATTERN:
        return f"正则表达式超过{MAX_PATTERN}个字符，请拆成几条规则"
    if nested_repeat(pattern):
        return "正则表达式里重复套着重复（如 (a+)+），在长文本上会失控，请改写"
    try:
        duckdb.connect(":memory:").execute("SELECT regexp_full_match('', ?)", [pattern])
    except duckdb.Error as fault:
        return f"正则表达式无法解析：{str(fault).splitlines()[0].split(': ', 1)[-1]}"
    return None


def nested_repeat(pattern: str) -> bool:
    """Whether an open-ended repeat applies to a group that itself holds one."""
    groups: list[bool] = [False]
    closed: bool | None = None
    at = 0
    while at < len(pattern):
        sign, width = pattern[at], 1
        if sign == "\\":
            width, closed = 2, None
        elif sign == "[":
            width, closed = _class_width(pattern, at), None
        elif sign == "(":
            groups.append(False)
            closed = None
        elif sign == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        elif _open_repeat(pattern, at):
            if closed:
                return True
            groups[-1], closed = True, None
        elif sign not in "?{}":
            closed = None
        at += width
    return False


def _open_repeat(pattern: str, at: int) -> bool:
    if pattern[at] in "*+":
        return not (at and pattern[at - 1] in "*+?}" and pattern[at] == "+")
    end = pattern.find("}", at)
    return (
        pattern[at] == "{" and end > 0 and pattern[at + 1 : end].endswith(",") and pattern[at + 1 : end - 1].isdigit()
    )


def _class_width(pattern: str, start: int) -> int:
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at - start + 1
