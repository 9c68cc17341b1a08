"""quality: 10 million rows of text (12 columns) under 13 rules; the failing rows are kept, typed, with what they broke.

The peer is one pass of SQL written by hand for this very table, checks and
checksums tuned. Ours is compiled from rules as a data manager writes them,
and adds what the peer leaves out: values are refused where a cast would round
them, and each broken rule has its reason in Chinese. Both sides must name the
same rows and rules, or the comparison fails. Uniqueness is not among the
rules: landing proves it, and its cost is in `ingest-csv`.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.peers import quality as by_hand
from benchmarks.rows import quality as rows
from benchmarks.suite import Timed, timed
from tulou.plane.rules import Rule, compile_rules
from tulou.plane.tables import Column, TableSchema

ROWS, QUICK = 10_000_000, 500_000
TODAY = date(2026, 11, 23)
TYPES = {"amount": "decimal(10,2)", "quantity": "integer", "paid_on": "date", "starts_on": "date", "ends_on": "date"}
SCHEMA = TableSchema(tuple(Column(name, TYPES.get(name, "text")) for name in rows.COLUMNS))
RULES = (
    Rule("id_required", "身份号码必填", "required", ("id_no",)),
    Rule("id_valid", "身份号码有效", "id_no", ("id_no",)),
    Rule("name_required", "姓名必填", "required", ("name",)),
    Rule("name_length", "姓名长度", "length", ("name",), {"min": 2, "max": 30}),
    Rule("sex_code", "性别代码", "in_list", ("sex",), {"values": ["男", "女"]}),
    Rule("phone_form", "手机号格式", "pattern", ("phone",), {"pattern": r"1[3-9]\d{9}"}),
    Rule("region_known", "区划存在", "reference", ("region",), {"relation": "regions"}),
    Rule("uscc_valid", "信用代码有效", "uscc", ("uscc",)),
    Rule("amount_type", "金额类型", "type", ("amount",)),
    Rule("amount_range", "金额范围", "range", ("amount",), {"min": 0, "max": 1_000_000}),
    Rule("paid_real", "缴费日期真实", "type", ("paid_on",)),
    Rule("period_order", "起止次序", "compare", ("starts_on", "ends_on"), {"op": "le"}),
    Rule("account_form", "账号未失真", "not_scientific", ("account",)),
)


class Quality:
    """The comparison."""

    name = "quality"
    explains = "10 M 行、13 条规则、留下不合格行：对手是为这张表手写的一遍 SQL"
    peer_name = "hand-written one-pass SQL in DuckDB"
    unit = "rows/s"

    def prepare(self, folder: Path, *, quick: bool) -> None:
        """Make the rows."""
        rows.make(folder / "rows.parquet", QUICK if quick else ROWS)

    def ours(self, folder: Path) -> Timed:
        """Compile the rules and run them."""
        return _timed(folder, "_broken", lambda: _compiled(folder))

    def peer(self, folder: Path) -> Timed:
        """Run the SQL written by hand."""
        return _timed(folder, "broken", lambda: by_hand.sql(str(folder / "rows.parquet")))


def _compiled(folder: Path) -> str:
    compiled = compile_rules(RULES, SCHEMA, today=TODAY)
    return f"CREATE TABLE failing AS {compiled.failing_sql(_source(folder))}"


def _source(folder: Path) -> str:
    return f"read_parquet('{folder / 'rows.parquet'}')"


def _timed(folder: Path, broken: str, sql: Callable[[], str]) -> Timed:
    options = {"threads": "2", "memory_limit": "512MB", "preserve_insertion_order": "false"}
    engine = duckdb.connect(config={**options, "temp_directory": str(folder / "spill")})
    engine.execute(by_hand.REGIONS)
    counted = engine.execute(f"SELECT count(*) FROM {_source(folder)}").fetchone()
    run = timed(lambda: len(engine.execute(sql()).fetchall()))
    _compare(folder, engine, broken)
    return Timed(counted[0] if counted else 0, run.seconds)


def _compare(folder: Path, engine: duckdb.DuckDBPyConnection, broken: str) -> None:
    """The first run says what fails; every later one must say the same."""
    found = engine.execute(
        f"SELECT rule, count(*), sum(hash(_row) % 1000003)::BIGINT FROM (SELECT _row, unnest({broken}) AS rule "
        "FROM failing) GROUP BY rule ORDER BY rule"
    ).fetchall()
    told, known = json.dumps(found), folder / "outcome.json"
    if not known.exists():
        known.write_text(told)
    if known.read_text() != told or len(found) != len(RULES):
        raise SystemExit(f"the two sides differ: {known.read_text()} and {told}")


BENCHMARK = Quality()
