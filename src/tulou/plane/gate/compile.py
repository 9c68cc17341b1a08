"""Plans into SQL (授权编译): one SELECT of granted columns, masked, over granted rows, with parameters.

Promise: what is not granted cannot be named. Columns come from the plan and
exist in the table; values of the plan and of the caller are parameters;
filters and order reach only columns that leave in clear.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tulou.plane.gate.cursors import open_cursor
from tulou.plane.gate.masks import check_mask, masked_sql
from tulou.plane.gate.problems import PlanProblem, RequestProblem
from tulou.plane.gate.request import MAX_FILTERS, MAX_PAGE, ReadRequest
from tulou.plane.gate.source import Field, Source, source_of
from tulou.plane.gate.values import typed_value
from tulou.plane.tables import TableSchema
from tulou.plane.tables.seal import SealKeys
from tulou.trust.plans import AccessPlan, Mask, PlanColumn, Predicate

ROW_KEY, SORTED_BY = "__row_key", "__sorted_by"


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the parameters of its question marks, in order."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """One column on its way out; where `sealed_as` is named, the text is decrypted after reading and then masked."""

    column: PlanColumn
    sql: Sql
    sealed_as: str = ""

    @property
    def mask(self) -> Mask:
        """The mask that still has to be applied to a decrypted text."""
        return self.column.mask


def compile_plan(plan: AccessPlan, schema: TableSchema, keys: SealKeys) -> "CompiledRead":
    """Compile a plan for a table of this schema.

    Raises:
        PlanProblem: a column or a condition does not fit the table.
    """
    source = source_of(plan, schema)
    key = _secret(keys, plan, "mask", f"{plan.basis.kind}\x1f{plan.basis.ref}")
    names = [column.name for column in plan.columns]
    if not names or len(set(names)) != len(names):
        raise PlanProblem("plan_columns", "授权中没有信息项或信息项重复", "请联系授权部门重新签发")
    outputs = tuple(_output(column, _field(source, column.name), key) for column in plan.columns)
    rows = tuple(_predicate(predicate, source, keys) for predicate in plan.rows)
    return CompiledRead(plan, source, outputs, rows, keys, _secret(keys, plan, "cursor", plan.id))


def _secret(keys: SealKeys, plan: AccessPlan, purpose: str, about: str) -> bytes:
    """A key of our own, drawn from the zone's; it dies with the zone."""
    return bytes.fromhex(keys.keyed_hash(plan.table.zone, f"tulou-{purpose}\x1f{about}"))


def _field(source: Source, name: str) -> Field:
    if name not in source.fields:
        raise PlanProblem("plan_columns", f"数据表中没有授权的信息项“{name}”", "数据目录可能已变更，请重新签发授权")
    return source.fields[name]


def _output(column: PlanColumn, field: Field, key: bytes) -> Output:
    mask = check_mask(column, field.type)
    if field.sealed_as and mask.kind in {"none", "keep"}:
        return Output(column, Sql(field.sql), field.sealed_as)
    if field.sealed_as and mask.kind == "hash" and not field.hash_sql:
        raise PlanProblem("plan_mask", f"“{column.label}”不能以摘要方式提供", "请改用其他脱敏方式后重新签发")
    text, values = masked_sql(column, field.hash_sql or field.sql, field.type, key)
    return Output(column, Sql(text, values))


def _predicate(predicate: Predicate, source: Source, keys: SealKeys) -> Sql:
    field = _field(source, predicate.column)
    if not predicate.values or (predicate.op != "in" and len(predicate.values) != 1):
        raise PlanProblem("plan_rows", f"行范围条件“{predicate.column}”的取值个数不对", "请联系授权部门重新签发")
    if field.sealed_as and (predicate.op not in {"eq", "in"} or not field.hash_sql):
        raise PlanProblem("plan_rows", f"加密信息项“{predicate.column}”只能按相等筛选", "请联系授权部门重新签发")
    try:
        values = tuple(_value(field, text, source, keys) for text in predicate.values)
    except ValueError:
        raise PlanProblem(
            "plan_rows", f"行范围条件“{predicate.column}”的取值类型不对", "请联系授权部门重新签发"
        ) from None
    return _condition(predicate, field, values)


def _condition(predicate: Predicate, field: Field, values: tuple[object, ...]) -> Sql:
    left, mark = field.hash_sql or field.sql, _mark(field)
    if predicate.op in {"eq", "in"}:
        return Sql(f"{left} IN ({', '.join([mark] * len(values))})", values)
    if predicate.op == "prefix" and field.type == "VARCHAR":
        return Sql(f"starts_with({left}, ?)", values)
    if predicate.op in {"ge", "le"}:
        return Sql(f"{left} {'>=' if predicate.op == 'ge' else '<='} {mark}", values)
    raise PlanProblem("plan_rows", f"行范围条件“{predicate.column}”的比较方式不适用", "请联系授权部门重新签发")


def _mark(field: Field) -> str:
    return f"CAST(? AS {field.type})"


def _value(field: Field, text: str, source: Source, keys: SealKeys) -> object:
    value = typed_value(text, field.type)
    return keys.keyed_hash(source.ref.zone, text) if field.sealed_as else value


@dataclass(frozen=True, slots=True)
class CompiledRead:
    """A plan, ready to answer requests."""

    plan: AccessPlan
    source: Source
    outputs: tuple[Output, ...]
    rows: tuple[Sql, ...]
    keys: SealKeys
    cursor_key: bytes

    def statement(self, request: ReadRequest) -> Sql:
        """The SELECT for a request. A page also yields its row key and sort value, which do not leave the gate.

        Raises:
            RequestProblem: it asks for what the plan does not give.
        """
        if self.plan.min_group > 0 or request.group_by:
            return self._grouped(request)
        parts = [Sql(f'{o.sql.text} AS "{o.column.name}"', o.sql.values) for o in self.outputs]
        if request.limit is None:
            return self._select(parts, self._conditions(request), "")
        if not 1 <= request.limit <= MAX_PAGE:
            raise RequestProblem("bad_limit", f"每页行数应在 1 到 {MAX_PAGE} 之间", "请调整 limit，或改用文件下载")
        order, sorted_sql = f"{self.source.key}", "NULL"
        if request.sort:
            sorted_sql = self._clear(request.sort, "排序").sql
            order = f"{sorted_sql} {'DESC' if request.descending else 'ASC'} NULLS LAST, {self.source.key}"
        parts += [Sql(f"CAST({self.source.key} AS VARCHAR) AS {ROW_KEY}"), Sql(f"{sorted_sql} AS {SORTED_BY}")]
        conditions = [*self._conditions(request), *self._after(request)]
        return self._select(parts, conditions, f" ORDER BY {order} LIMIT {int(request.limit) + 1}")

    def count(self, request: ReadRequest) -> Sql:
        """How many rows a request would yield without its limit."""
        return self._select([Sql("count(*)")], self._conditions(request), "")

    def _select(self, parts: Iterable[Sql], conditions: Iterable[Sql], tail: str) -> Sql:
        columns, where = list(parts), list(conditions)
        text = (
            f"SELECT {', '.join(c.text for c in columns)} FROM {self.source.path} "
            f"WHERE {' AND '.join(f'({w.text})' for w in where)}{tail}"
        )
        return Sql(text, tuple(value for piece in [*columns, *where] for value in piece.values))

    def _conditions(self, request: ReadRequest) -> list[Sql]:
        if len(request.filters) > MAX_FILTERS:
            raise RequestProblem("bad_filter", f"筛选条件超过 {MAX_FILTERS} 个", "请减少筛选条件")
        conditions = [Sql(self.source.condition), *self.rows]
        for wanted in request.filters:
            field = self._clear(wanted.column, "筛选", sealed=True)
            try:
                value = _value(field, wanted.value, self.source, self.keys)
            except ValueError:
                raise RequestProblem(
                    "bad_filter", f"筛选条件“{wanted.column}”的取值类型不对", "请检查取值格式"
                ) from None
            conditions.append(Sql(f"{field.hash_sql or field.sql} = {_mark(field)}", (value,)))
        return conditions

    def _clear(self, name: str, doing: str, *, sealed: bool = False) -> Field:
        """A granted column that leaves in clear: only such a one may narrow or order the rows."""
        granted = next((o for o in self.outputs if o.column.name == name), None)
        if granted is None:
            raise RequestProblem(
                "not_granted", f"授权中没有信息项“{name[:64]}”，不能用于{doing}", "请只使用已授权的信息项"
            )
        if granted.mask.kind != "none":
            raise RequestProblem("masked", f"“{granted.column.label}”已脱敏，不能用于{doing}", "请使用未脱敏的信息项")
        field = self.source.fields[name]
        if field.sealed_as and not (sealed and field.hash_sql):
            raise RequestProblem("sealed", f"“{granted.column.label}”加密存储，不能用于{doing}", "请使用其他信息项")
        return field

    def _after(self, request: ReadRequest) -> list[Sql]:
        """Rows after the cursor, in the page's order."""
        if not request.cursor:
            return []
        row_key, sorted_by = open_cursor(self.cursor_key, request)
        key, mark = self.source.key, f"CAST(? AS {self.source.key_type})"
        if not request.sort:
            return [Sql(f"{key} > {mark}", (row_key,))]
        field = self.source.fields[request.sort]
        if sorted_by is None:
            return [Sql(f"{field.sql} IS NULL AND {key} > {mark}", (row_key,))]
        value, sign = typed_value(sorted_by, field.type), "<" if request.descending else ">"
        same, beyond = f"{field.sql} = {_mark(field)} AND {key} > {mark}", f"{field.sql} {sign} {_mark(field)}"
        return [Sql(f"{beyond} OR ({same}) OR {field.sql} IS NULL", (value, value, row_key))]

    def _grouped(self, request: ReadRequest) -> Sql:
        """Counts by group. A plan with a smallest group gives nothing else, and no group below it."""
        if not request.group_by:
            least = self.plan.min_group
            raise RequestProblem(
                "only_groups", f"该授权只提供不少于 {least} 条的分组统计", "请用 group_by 指定分组的信息项"
            )
        if request.cursor or request.sort:
            raise RequestProblem("bad_group", "分组统计不支持翻页和排序", "请去掉 cursor 和 sort")
        fields = [self._clear(name, "分组") for name in request.group_by]
        parts = [Sql(f'{field.sql} AS "{name}"') for name, field in zip(request.group_by, fields, strict=True)]
        groups = ", ".join(str(n + 1) for n in range(len(parts)))
        having = f" HAVING count(*) >= {max(int(self.plan.min_group), 1)}"
        tail = f" GROUP BY {groups}{having} ORDER BY {groups} LIMIT {MAX_PAGE}"
        return self._select([*parts, Sql("count(*) AS count")], self._conditions(request), tail)
