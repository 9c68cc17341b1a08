"""Commands on rules: bind, change, enable, disable, adopt what the form suggests, import what a file says.

A rule is compiled against the entry's shape before it is kept: what cannot be computed is refused with its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from tulou.domains.catalog.public import EntryInfo, entry
from tulou.domains.ingest.public import lake
from tulou.domains.quality import rulebook
from tulou.domains.quality.models import RuleBinding
from tulou.domains.standards.public import code_table
from tulou.kernel import temporal
from tulou.kernel.evidence import record
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import require
from tulou.plane.rules import Rule, RuleProblem, compile_rules
from tulou.plane.tables import LakeProblem, TableRef, TableSchema

TICKET_ABOVE = 100
_EXPRESSION = "表达式中的"


@dataclass(frozen=True, slots=True)
class BindingSpec:
    """A rule with what only the hub knows: its code table, and from which share of rows a warning makes a ticket."""

    rule: Rule
    code_table: str = ""
    ticket_above: int = TICKET_ABOVE


@transaction.atomic
def bind_rule(entry_id: UUID, spec: BindingSpec, *, actor: Actor, note: str = "") -> RuleBinding:
    """Bind a new rule to an entry.

    Raises:
        ValidationError: it cannot be computed, with the place marked, or the entry has a rule of this id.
    """
    _keeper(entry_id, actor)
    row = RuleBinding(entry_id=entry_id)
    return _keep(row, spec, note=note or "新增规则", actor=actor)


@transaction.atomic
def change_rule(binding: RuleBinding, spec: BindingSpec, *, actor: Actor, note: str = "") -> RuleBinding:
    """Change a bound rule; what it said before stays in its history. Its id stays, since tickets hang on it.

    Raises:
        ValidationError: it cannot be computed, with the place marked.
    """
    _keeper(binding.entry_id, actor)
    row = _locked(binding)
    if spec.rule.id != row.rule:
        raise ValidationError({"rule": "规则编号不能修改，请停用后另建一条规则"})
    return _keep(row, spec, note=note or "修改规则", actor=actor)


@transaction.atomic
def disable_rule(binding: RuleBinding, *, reason: str, actor: Actor) -> RuleBinding:
    """Stop asking a rule; a built-in one under it is asked again as it follows from the entry's shape.

    Raises:
        ValidationError: no reason.
    """
    _keeper(binding.entry_id, actor)
    if not reason.strip():
        raise ValidationError({"note": "请写明停用原因"})
    return _switch(_locked(binding), enabled=False, note=reason, actor=actor)


@transaction.atomic
def enable_rule(binding: RuleBinding, *, actor: Actor, reason: str = "") -> RuleBinding:
    """Ask a rule again.

    Raises:
        ValidationError: it does not fit the entry's items any more.
    """
    _keeper(binding.entry_id, actor)
    row = _locked(binding)
    _compile(row.entry_id, rulebook.as_rule(row))
    return _switch(row, enabled=True, note=reason or "重新启用", actor=actor)


@transaction.atomic
def bind_rules(entry_id: UUID, rules: Sequence[Rule], *, actor: Actor) -> tuple[RuleBinding, ...]:
    """Bind or change many rules, by id; one that already says the same is left alone.

    Raises:
        ValidationError: one of them cannot be computed; none is kept.
    """
    _keeper(entry_id, actor)
    known = {row.rule: row for row in RuleBinding.objects.select_for_update().filter(entry=entry_id)}
    kept = []
    for rule in rules:
        row = known.get(rule.id) or RuleBinding(entry_id=entry_id)
        same = not row._state.adding and row.enabled and rulebook.as_rule(row) == _plain(rule)
        above = TICKET_ABOVE if row._state.adding else row.ticket_above
        spec = BindingSpec(rule, "", above)
        kept.append(row if same else _keep(row, spec, note="按规则文件导入", actor=actor))
    return tuple(kept)


def adopt_proposals(entry_id: UUID, ids: Sequence[str], *, actor: Actor) -> tuple[RuleBinding, ...]:
    """Bind the chosen ones among the rules that the entry's form suggests.

    Raises:
        ValidationError: none was chosen, or a chosen one is not suggested any more.
    """
    offered = {rule.id: rule for rule in rulebook.proposals(entry_id)}
    if not ids:
        raise ValidationError({"rules": "请至少勾选一条建议规则"})
    if gone := [name for name in ids if name not in offered]:
        raise ValidationError({"rules": f"建议规则 {'、'.join(gone)} 已被采用或目录已变更，请刷新页面后重选"})
    return bind_rules(entry_id, [offered[name] for name in ids], actor=actor)


@transaction.atomic
def retire_misfits(entry_id: UUID, *, actor: Actor) -> list[RuleBinding]:
    """Disable the rules that a change of the entry left without their columns, so that batches go on landing."""
    schema = rulebook.known_columns(entry_id)
    gone = []
    for row in RuleBinding.objects.select_for_update().filter(entry=entry_id, enabled=True):
        problem = fault_of(rulebook.as_rule(row), schema)
        if problem is not None:
            note = f"目录变更后规则不再适用（{problem.place}：{problem.reason}），已自动停用"
            gone.append(_switch(row, enabled=False, note=note[:300], actor=actor))
    return gone


def fault_of(rule: Rule, schema: TableSchema | None) -> RuleProblem | None:
    """Why a rule cannot be asked of such a table, or None."""
    if schema is None:
        return RuleProblem(rule, "列", "目录还没有信息项，请先补全信息项")
    try:
        compile_rules([rule], schema)
    except RuleProblem as problem:
        return problem
    return None


def _keeper(entry_id: UUID, actor: Actor) -> EntryInfo:
    known = entry(entry_id)
    if known is None:
        raise ValidationError("没有这条目录，请从目录列表重新选择")
    require(actor, "quality.define", organisation=known.provider)
    return known


def _locked(binding: RuleBinding) -> RuleBinding:
    return RuleBinding.objects.select_for_update(of=("self",)).get(pk=binding.pk)


def _keep(row: RuleBinding, spec: BindingSpec, *, note: str, actor: Actor) -> RuleBinding:
    rule = _plain(spec.rule)
    row.rule, row.name, row.kind, row.columns = rule.id, rule.name, rule.kind, list(rule.columns)
    row.params, row.code_table = dict(rule.params), spec.code_table
    row.severity, row.dimension, row.message, row.weight = rule.severity, rule.dimension, rule.message, rule.weight
    row.ticket_above, row.enabled, row.note = spec.ticket_above, True, note
    if row.code_table:
        row.params.pop("values", None)
        if code_table(row.code_table) is None:
            raise ValidationError({"code_table": f"代码表“{row.code_table}”没有现行版本，请重新选择或直接填写取值"})
    _compile(row.entry_id, rulebook.as_rule(row))
    fresh = row._state.adding
    row.full_clean()
    row.save()
    _remember(row, "bind" if fresh else "change", actor)
    return row


def _switch(row: RuleBinding, *, enabled: bool, note: str, actor: Actor) -> RuleBinding:
    row.enabled, row.note = enabled, note
    row.full_clean()
    row.save(update_fields=["enabled", "note", "updated_at"])
    _remember(row, "enable" if enabled else "disable", actor)
    return row


def _remember(row: RuleBinding, verb: str, actor: Actor) -> None:
    temporal.record(row, actor=actor, note=row.note)
    told = {"rule": row.rule, "kind": row.kind, "severity": row.severity, "weight": row.weight}
    record(f"quality.rule.{verb}", actor=actor, subjects=[f"rule:{row.id}", f"entry:{row.entry_id}"], data=told)


def _plain(rule: Rule) -> Rule:
    """The same rule with parameters as JSON keeps them, so that two can be compared."""
    params = {name: list(value) if isinstance(value, tuple | set) else value for name, value in rule.params.items()}
    return Rule(
        rule.id, rule.name, rule.kind, rule.columns, params, rule.severity, rule.dimension, rule.message, rule.weight
    )


def _compile(entry_id: UUID, rule: Rule) -> None:
    problem = fault_of(rule, rulebook.known_columns(entry_id))
    if problem is not None:
        raise ValidationError({_field(problem.place): f"{problem.place}：{problem.reason}"})
    if relation := str(rule.params.get("relation", "")):
        _demand_table(entry_id, rule, relation)


def _field(place: str) -> str:
    """The field of the form that a compiler's place belongs to."""
    if place.startswith("参数 "):
        return place.removeprefix("参数 ").split("、")[0]
    if place.startswith(_EXPRESSION):
        return "expression"
    return {"编号": "rule", "种类": "kind"}.get(place, "columns")


def _demand_table(entry_id: UUID, rule: Rule, relation: str) -> None:
    """A reference may only look at a table of the same zone: another zone's data are another agency's."""
    known = entry(entry_id)
    column = str(rule.params.get("column", "code"))
    if known is None or known.table is None:
        raise ValidationError({"relation": "本目录尚未入库数据，不能引用其他数据表；请先汇聚数据"})
    try:
        schema = lake().describe(TableRef(known.zone, relation.rpartition(".")[2]))
    except LakeProblem:
        schema = None
    if schema is None:
        raise ValidationError({"relation": f"本数据区没有数据表“{relation}”，请填写已入库的数据表名称"})
    if column not in schema.names or schema.column(column).sealed:
        raise ValidationError({"column": f"数据表“{relation}”没有可引用的列“{column}”"})
