"""The rules in force for an entry (规则清单): those that follow from its shape, and those bound to it, merged by id.

A built-in rule that a bound one already asks (same kind, same columns) counts once, as the bound one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tulou.domains.catalog.public import ItemInfo, items, table_schema
from tulou.domains.quality.models import RuleBinding
from tulou.domains.standards.public import codes
from tulou.plane.rules import RULE_KINDS, Rule, rules_of
from tulou.plane.tables import Lake, LakeProblem, TableRef, TableSchema

PLATFORM = "platform"
LONGEST_LIST = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule in force; `binding` is None for one that follows from the entry's shape alone."""

    rule: Rule
    binding: UUID | None
    ticket_above: int

    @property
    def kind_title(self) -> str:
        """What kind of rule it is, in words."""
        return RULE_KINDS[self.rule.kind].title

    @property
    def blocks(self) -> bool:
        """Whether a row that breaks it stays out."""
        return self.rule.severity == "block"


def as_rule(row: RuleBinding) -> Rule:
    """The binding as the plane asks it; a code table gives its values of today."""
    params = dict(row.params)
    if row.code_table:
        params["values"] = [code.value for code in codes(row.code_table)]
    if "." not in (relation := str(params.get("relation", ""))) and relation:
        params["relation"] = _path_of(relation)
    return Rule(
        id=row.rule,
        name=row.name,
        kind=row.kind,
        columns=tuple(row.columns),
        params=params,
        severity=row.severity,  # type: ignore[arg-type]  # a choice of the model
        dimension=row.dimension,  # type: ignore[arg-type]  # a choice of the model
        message=row.message,
        weight=row.weight,
    )


def _path_of(relation: str) -> str:
    """Where a table of the same zone is found; a name that is none stays as it is, to be refused with its place."""
    try:
        return Lake.path(TableRef("zone", relation)).replace('"', "")
    except LakeProblem:
        return relation


def bound_rules(entry: UUID) -> tuple[Rule, ...]:
    """The enabled rules bound to an entry, as a batch asks them."""
    return tuple(as_rule(row) for row in RuleBinding.objects.filter(entry=entry, enabled=True))


def built_in(entry: UUID) -> tuple[Rule, ...]:
    """The rules that follow from the entry's items; none while it has no items."""
    schema = known_columns(entry)
    return rules_of(schema) if schema else ()


def standing(entry: UUID, schema: TableSchema | None = None) -> tuple[Standing, ...]:
    """Every rule in force, bound ones first, each question once. Who has the entry's shape at hand may pass it."""
    rows = list(RuleBinding.objects.filter(entry=entry, enabled=True))
    bound = [Standing(as_rule(row), row.id, row.ticket_above) for row in rows]
    taken = {one.rule.id for one in bound} | {_question(one.rule) for one in bound}
    shaped = rules_of(schema) if schema else built_in(entry)
    rest = [rule for rule in shaped if rule.id not in taken and _question(rule) not in taken]
    return (*bound, *(Standing(rule, None, 0) for rule in rest))


def proposals(entry: UUID) -> tuple[Rule, ...]:
    """Rules that the entry's form suggests and nobody bound yet: lengths, code tables, no test data in names."""
    known = RuleBinding.objects.filter(entry=entry).values_list("rule", "kind", "columns")
    ids = {rule for rule, _, _ in known}
    asked = {(kind, tuple(columns)) for _, kind, columns in known}
    found = [rule for item in items(entry) for rule in _suggested(item)]
    return tuple(rule for rule in found if rule.id not in ids and _question(rule) not in asked)


def _question(rule: Rule) -> tuple[str, tuple[str, ...]]:
    return rule.kind, rule.columns


def _suggested(item: ItemInfo) -> Sequence[Rule]:
    if item.type != "text":
        return ()
    name, label, found = item.name, item.label, []
    values = [code.value for code in codes(item.code_table)] if item.code_table else []
    if 0 < len(values) <= LONGEST_LIST:
        found.append(Rule(f"{name}.in_list", f"{label}在代码表内", "in_list", (name,), {"values": values}))
    if item.length:
        longest = {"max": item.length}
        found.append(Rule(f"{name}.length", f"{label}不超过{item.length}个字符", "length", (name,), longest))
    if label.endswith(("姓名", "名称")):
        rule = Rule(f"{name}.not_test_data", f"{label}不是测试数据", "not_test_data", (name,), {}, "warn", "准确性")
        found.append(rule)
    return found


def known_columns(entry: UUID) -> TableSchema | None:
    """The entry's shape, or None while it has no items."""
    try:
        return table_schema(entry)
    except LakeProblem:
        return None


def only(rules: Sequence[Standing], asked: Collection[str]) -> list[Standing]:
    """Those that were asked; all where nobody noted which."""
    return [one for one in rules if not asked or one.rule.id in asked]
