"""ingest-csv: a CSV of 5 million persons (12 columns) on its way into storage.

The peer only converts: DuckDB reads the CSV and writes Parquet, all columns
as text. It sets the speed of the machine that the rows cross. Ours proves the
encoding and hashes the file, types every value, runs 13 rules, keeps rejected
rows with their reasons, decides what is new by key, and commits rows,
rejected rows and ledger to an encrypted lake in one transaction.
"""

import os
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
from psycopg import sql

from benchmarks.suite import Timed, timed
from tulou.node.database import with_database
from tulou.node.postgres import EmbeddedPostgres
from tulou.plane.connect import open_source
from tulou.plane.engine import BatchJob, EmbeddedEngine
from tulou.plane.rules import Rule
from tulou.plane.tables import Column, Lake, LakeConfig, SealKeys, TableRef, TableSchema, Zone

ROWS, QUICK = 5_000_000, 200_000
COLUMNS = (
    "code", "name", "sex", "birth_date", "region_code", "address", "phone", "height", "income", "registered_at",
    "married", "note",
)  # fmt: skip
SCHEMA = TableSchema(
    (
        Column("code", key=True, label="编号"),
        Column("name", label="姓名", grade=2),
        Column("sex", label="性别"),
        Column("birth_date", "date", label="出生日期"),
        Column("region_code", label="区划代码"),
        Column("address", label="地址", grade=2),
        Column("phone", label="手机号", grade=3),
        Column("height", "integer", label="身高"),
        Column("income", "decimal(12,2)", label="收入"),
        Column("registered_at", "timestamp", label="登记时间"),
        Column("married", "boolean", label="已婚"),
        Column("note", label="备注"),
    )
)
RULES = (
    Rule("r01", "编号必填", "required", ("code",)),
    Rule("r02", "编号格式", "pattern", ("code",), {"pattern": "P[0-9]{9}"}),
    Rule("r03", "姓名必填", "required", ("name",)),
    Rule("r04", "姓名长度", "length", ("name",), {"min": 2, "max": 50}),
    Rule("r05", "性别代码", "in_list", ("sex",), {"values": ["男", "女"]}),
    Rule("r06", "出生日期类型", "type", ("birth_date",)),
    Rule("r07", "出生日期范围", "range", ("birth_date",), {"min": "1900-01-01", "max": "today"}),
    Rule("r08", "区划代码格式", "pattern", ("region_code",), {"pattern": "[1-8][0-9]{5}"}),
    Rule("r09", "手机号长度", "length", ("phone",), {"min": 11, "max": 11}),
    Rule("r10", "身高类型", "type", ("height",)),
    Rule("r11", "身高范围", "range", ("height",), {"min": 30, "max": 250}),
    Rule("r12", "收入不为负", "range", ("income",), {"min": 0}),
    Rule("r13", "登记时间类型", "type", ("registered_at",)),
)
_GENERATE = """
COPY (
  SELECT CASE WHEN n % 997 = 0 THEN '' ELSE 'P' || lpad(n::VARCHAR, 9, '0') END AS code,
    '张王李赵陈刘'[1 + n % 6] || '建国伟芳敏静强磊军'[1 + n % 9] || (n % 1000) AS name,
    CASE WHEN n % 1009 = 0 THEN '不详' WHEN n % 2 = 0 THEN '男' ELSE '女' END AS sex,
    CASE WHEN n % 1013 = 0 THEN '20250230' ELSE (DATE '1950-01-01' + (n % 25000)::INTEGER)::VARCHAR END AS birth_date,
    (350100 + n % 900)::VARCHAR AS region_code,
    '福建省福州市鼓楼区东街街道' || (n % 5000) || '号' AS address,
    CASE WHEN n % 1019 = 0 THEN '12345' ELSE '13' || lpad((n * 7919 % 1000000000)::VARCHAR, 9, '0') END AS phone,
    (150 + n % 50)::VARCHAR AS height,
    CASE WHEN n % 1021 = 0 THEN '-5' ELSE (n % 90000 / 7.0)::DECIMAL(12,2)::VARCHAR END AS income,
    (TIMESTAMP '2020-01-01' + INTERVAL (n % 100000000) SECOND)::VARCHAR AS registered_at,
    CASE WHEN n % 3 = 0 THEN '是' ELSE '否' END AS married,
    CASE WHEN n % 50 = 0 THEN '备注 ' || n ELSE '' END AS note
  FROM range({rows}) t(n)
) TO '{path}' (HEADER, DELIMITER ',')
"""


class IngestCsv:
    """The comparison."""

    name = "ingest-csv"
    explains = "5 M 行 × 12 列 CSV：对手只做 CSV→Parquet 转换"
    peer_name = "duckdb read_csv → parquet"
    unit = "rows/s"

    def prepare(self, folder: Path, *, quick: bool) -> None:
        """Make the file."""
        rows = QUICK if quick else ROWS
        duckdb.sql(_GENERATE.format(rows=rows, path=folder / "persons.csv"))

    def ours(self, folder: Path) -> Timed:
        """Land the file in an empty lake."""
        given = os.environ.get("DATABASE_URL")
        server = None if given else EmbeddedPostgres(folder / "postgres")
        url = given or (server.start() if server else "")
        try:
            return _in_new_lake(url, folder / uuid4().hex, folder / "persons.csv")
        finally:
            if server:
                server.stop()

    def peer(self, folder: Path) -> Timed:
        """Convert the file."""
        session = duckdb.connect(config={"threads": "2"})
        target = folder / "peer.parquet"
        read = f"read_csv('{folder / 'persons.csv'}', all_varchar = true, header = true)"
        return timed(
            lambda: int(session.execute(f"COPY (FROM {read}) TO '{target}' (FORMAT parquet)").fetchall()[0][0])
        )


def _in_new_lake(url: str, folder: Path, path: Path) -> Timed:
    """Land a file in a lake of its own, which is dropped afterwards; only the batch is timed."""
    name = f"lake_bench_{uuid4().hex[:12]}"
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        lake = Lake(LakeConfig(with_database(url, name), folder / "data", SealKeys(folder / "keys"), folder / "spill"))
        lake.ensure_zone(Zone("bench", sealed=True))
        try:
            return timed(lambda: _land(lake, path))
        finally:
            lake.close()
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _land(lake: Lake, path: Path) -> int:
    ref, mapping = TableRef("bench", "persons"), {name: name for name in COLUMNS}
    job = BatchJob(uuid4().hex, ref, SCHEMA, open_source("csv", path), RULES, mapping, "", "")
    outcome = EmbeddedEngine(lake).run_batch(job)
    if outcome.sent != outcome.accepted + outcome.rejected or not outcome.rejected:
        raise SystemExit(f"the batch does not reconcile: {outcome}")
    return outcome.sent


BENCHMARK = IngestCsv()
