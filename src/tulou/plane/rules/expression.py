"""Free expressions (表达式规则) in the portable dialect: parsed, allow-listed, rebuilt, never passed through.

Promise: what a rule's author writes can read the columns of its own row and
nothing else, and cannot stop the pass: a value that cannot be computed is a
breach of that row.
"""

from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp

from tulou.plane.rules.rule import quoted

if TYPE_CHECKING:
    from tulou.plane.rules.kinds import Scene

MAX_EXPRESSION = 2000
_NODES: tuple[type[exp.Expression], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Add, exp.Sub, exp.Mul,
    exp.Div, exp.Mod, exp.Neg, exp.Between, exp.In, exp.Is, exp.Null, exp.Boolean, exp.Literal, exp.Column,
    exp.Identifier, exp.Case, exp.If, exp.Like, exp.DPipe,
)  # fmt: skip
_FUNCTIONS: dict[type[exp.Expression], str] = {
    exp.Abs: "abs", exp.Coalesce: "coalesce", exp.Length: "length", exp.Lower: "lower", exp.Upper: "upper",
    exp.Trim: "trim", exp.Substring: "substr", exp.Greatest: "greatest", exp.Least: "least", exp.Nullif: "nullif",
    exp.Year: "year", exp.Month: "month", exp.Day: "day", exp.Round: "round", exp.Concat: "concat",
}  # fmt: skip
ALLOWED_FUNCTIONS = tuple(sorted(_FUNCTIONS.values()))


def expression_sql(scene: "Scene") -> tuple[str, tuple[str, ...]]:
    """The expression over the typed columns, and the columns it reads.

    Raises:
        RuleProblem: it does not parse, reads what it may not, or does not yield true or false.
    """
    text = scene.param("expression", "")
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_EXPRESSION or "\x00" in text:
        raise scene.refuse("参数 expression", f"请填写一个返回真假的表达式，不超过{MAX_EXPRESSION}个字符")
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except sqlglot.errors.SqlglotError as fault:
        raise scene.refuse("参数 expression", f"无法解析：{_where(fault)}") from None
    if len(trees) != 1 or trees[0] is None:
        raise scene.refuse("参数 expression", "只能写一个表达式，不能有分号")
    tree = trees[0]
    if not isinstance(tree, exp.Expression):
        raise scene.refuse("参数 expression", "请填写一个返回真假的表达式")
    used = _examine(scene, tree)
    sql = _rebuild(scene, tree)
    _bind(scene, sql, used)
    return sql, used


def _where(fault: sqlglot.errors.SqlglotError) -> str:
    details = getattr(fault, "errors", None)
    if not details:
        return "请检查括号和引号"
    return f"第{details[0].get('line', 1)}行第{details[0].get('col', 0)}个字符附近，“{details[0].get('highlight', '')}”"


def _examine(scene: "Scene", tree: exp.Expression) -> tuple[str, ...]:
    used: dict[str, None] = {}
    for node in tree.walk():
        if isinstance(node, exp.Column):
            if node.table or node.name not in scene.every:
                raise scene.refuse(f"表达式中的“{node.sql()}”", "表中没有这一列")
            used[node.name] = None
        elif type(node) in _FUNCTIONS:
            continue
        elif not isinstance(node, _NODES):
            name = node.name or node.key
            raise scene.refuse(f"表达式中的“{name}”", f"不允许使用；可用的函数：{'、'.join(ALLOWED_FUNCTIONS)}")
        elif isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
            raise scene.refuse("表达式中的 IN", "不能使用子查询，请列出取值或改用引用规则")
        elif isinstance(node, exp.Div | exp.Mod) and _is_zero(node.expression):
            raise scene.refuse(f"表达式中的“{node.sql()}”", "除数为零")
    return tuple(used)


def _is_zero(node: exp.Expression) -> bool:
    bare = node.unnest()
    return isinstance(bare, exp.Literal) and not bare.is_string and float(bare.name) == 0


def _rebuild(scene: "Scene", tree: exp.Expression) -> str:
    def place(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            return exp.column(scene.every[node.name].typed)
        if isinstance(node, exp.Div | exp.Mod):
            node.set("expression", exp.Nullif(this=exp.paren(node.expression.copy()), expression=exp.Literal.number(0)))
        return node

    return str(tree.copy().transform(place).sql(dialect="duckdb"))


def _bind(scene: "Scene", sql: str, used: tuple[str, ...]) -> None:
    """Let the engine itself bind the expression over an empty table of the same types."""
    columns = [f"CAST(NULL AS {scene.every[name].type.sql}) AS {quoted(scene.every[name].typed)}" for name in used]
    source = f"(SELECT {', '.join(columns)})" if columns else "(SELECT 1)"
    try:
        kind = duckdb.connect(":memory:").execute(f"SELECT typeof({sql}) FROM {source}").fetchall()[0][0]
    except duckdb.Error as fault:
        raise scene.refuse("参数 expression", f"类型不合：{str(fault).splitlines()[0].split(': ', 1)[-1]}") from None
    if kind != "BOOLEAN":
        raise scene.refuse("参数 expression", "结果应为真或假，请写成比较或条件")
