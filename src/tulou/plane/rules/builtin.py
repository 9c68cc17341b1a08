"""Rules that follow from a table's shape (内置规则): type, required, and the identifiers that its columns hold.

A data manager gets these without writing any; they can be changed like all
others. That keys do not repeat is not among them: landing sees to that itself.
"""

from tulou.plane.rules.rule import Rule
from tulou.plane.tables import Column, TableSchema

_ID_NO = ("id_no", "身份号码", "身份证号")
_USCC = ("uscc", "统一社会信用代码", "社会信用代码")


def rules_of(schema: TableSchema) -> tuple[Rule, ...]:
    """The built-in rules of a table."""
    rules: list[Rule] = []
    for column in schema.columns:
        rules += _of_column(column)
    return tuple(rules)


def _of_column(column: Column) -> list[Rule]:
    label, rules = column.label or column.name, []
    if column.type != "text":
        rules.append(Rule(f"{column.name}.type", f"{label}类型正确", "type", (column.name,)))
    if column.key or not column.nullable:
        rules.append(Rule(f"{column.name}.required", f"{label}必填", "required", (column.name,), dimension="完整性"))
    if column.type == "text":
        kind = identifier_kind(column)
        if kind:
            rules.append(Rule(f"{column.name}.{kind}", f"{label}有效", kind, (column.name,), dimension="准确性"))
    return rules


def identifier_kind(column: Column) -> str | None:
    """Which standard identifier a text column holds, judged by its name and label; None if none."""
    if any(column.name == word or column.name.endswith(f"_{word}") or word in column.label for word in _ID_NO):
        return "id_no"
    if any(column.name == word or column.name.endswith(f"_{word}") or word in column.label for word in _USCC):
        return "uscc"
    return None
