"""检核规则 of a batch: those that follow from the entry's shape, and those that other rooms bring.

A rule that somebody brings replaces the built-in one of the same id.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from tulou.plane.rules import Rule, RuleProblem, compile_rules, rules_of
from tulou.plane.tables import TableSchema

Provider = Callable[[UUID], tuple[Rule, ...]]
_providers: list[Provider] = []


def register_checks(provider: Provider) -> None:
    """Name a function that gives an entry's own rules; called by a higher room when its app is ready."""
    if provider not in _providers:
        _providers.append(provider)


def rules_for(entry: UUID, schema: TableSchema, brought: Collection[str]) -> tuple[Rule, ...]:
    """The rules that this batch can be asked; those about columns that it knowingly leaves out are not.

    Raises:
        RuleProblem: a rule cannot be computed.
    """
    merged = {rule.id: rule for rule in rules_of(schema)}
    for provider in _providers:
        merged |= {rule.id: rule for rule in provider(entry)}
    present = TableSchema(tuple(column for column in schema.columns if column.name in brought))
    whole = len(present.columns) == len(schema.columns)
    return tuple(rule for rule in merged.values() if whole or _can_be_asked(rule, present))


def _can_be_asked(rule: Rule, schema: TableSchema) -> bool:
    try:
        compile_rules([rule], schema)
    except RuleProblem:
        return False
    return True
