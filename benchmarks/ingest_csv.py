"""ingest-csv: a CSV of 5 million persons (12 columns) on its way into storage.

The peer only converts: DuckDB reads the CSV and writes Parquet, all columns
as text. It sets the speed of the machine that the rows cross.
"""

from pathlib import Path

import duckdb

from benchmarks.suite import Timed, timed

ROWS, QUICK = 5_000_000, 200_000
COLUMNS = (
    "code", "name", "sex", "birth_date", "region_code", "address", "phone", "height", "income", "registered_at",
    "married", "note",
)  # fmt: skip
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

    def peer(self, folder: Path) -> Timed:
        """Convert the file."""
        session = duckdb.connect(config={"threads": "2"})
        target = folder / "peer.parquet"
        read = f"read_csv('{folder / 'persons.csv'}', all_varchar = true, header = true)"
        return timed(
            lambda: int(session.execute(f"COPY (FROM {read}) TO '{target}' (FORMAT parquet)").fetchall()[0][0])
        )


BENCHMARK = IngestCsv()
