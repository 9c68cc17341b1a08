"""Quality rules (质量规则): data about data, compiled to one pass over a batch or a standing table.

Promise: a row that breaks a rule is known with the rule and a reason in
Chinese; a rule that cannot be computed is refused before any row is read.
"""

from tulou.plane.rules.builtin import identifier_kind, rules_of
from tulou.plane.rules.compile import CompiledRules, compile_rules
from tulou.plane.rules.kinds import RULE_KINDS, Kind
from tulou.plane.rules.rule import DIMENSIONS, Dimension, Rule, RuleProblem, Severity
from tulou.plane.rules.typed import Type, type_of, typed_sql

__all__ = [
    "DIMENSIONS",
    "RULE_KINDS",
    "CompiledRules",
    "Dimension",
    "Kind",
    "Rule",
    "RuleProblem",
    "Severity",
    "Type",
    "compile_rules",
    "identifier_kind",
    "rules_of",
    "type_of",
    "typed_sql",
]
