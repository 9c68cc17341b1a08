"""Rows for the quality benchmark: text as it is received, with a known share of dirt in every column.

Each column goes wrong in about one row of a hundred to one of a thousand, by a fixed arithmetic on the row's number, so
that both sides can be held to the same outcome.
"""

from pathlib import Path

import duckdb

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FLAWS = {
    "id_no": (211, "CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN substr(id_no, 1, 15) WHEN 2 THEN lower(id_no) || '1' "
                   "ELSE substr(id_no, 1, 17) || translate(substr(id_no, 18, 1), '0123456789X', '1234567890Y') END"),
    "name": (307, "CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '王' ELSE repeat('长', 40) END"),
    "sex": (401, "CASE i % 2 WHEN 0 THEN '男性' ELSE '9' END"),
    "phone": (223, "CASE i % 2 WHEN 0 THEN '1' || phone ELSE substr(phone, 1, 7) END"),
    "region": (509, "'999999'"),
    "uscc": (331, "substr(uscc, 1, 17) || CASE WHEN substr(uscc, 18, 1) = '0' THEN '1' ELSE '0' END"),
    "amount": (251, "CASE i % 3 WHEN 0 THEN '-5.00' WHEN 1 THEN '一百' ELSE '99999999.00' END"),
    "paid_on": (263, "CASE i % 2 WHEN 0 THEN '2023-02-30' ELSE '没有' END"),
    "ends_on": (419, "'1990-01-01'"),
    "account": (601, "'3.50E+17'"),
}  # fmt: skip
COLUMNS = (
    "id_no", "name", "sex", "phone", "region", "uscc", "amount", "quantity", "paid_on", "starts_on", "ends_on",
    "account",
)  # fmt: skip


def make(path: Path, rows: int) -> None:
    """Write the rows and the table of regions beside them."""
    database = duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": "false"})
    codes = _credit_codes()
    listed = "SELECT unnest(?::VARCHAR[]) AS uscc, generate_subscripts(?::VARCHAR[], 1) AS n"
    database.execute(f"CREATE TABLE credit AS {listed}", [codes, codes])
    flawed = ", ".join(
        f"CASE WHEN i % {_FLAWS[c][0]} = 0 THEN {_FLAWS[c][1]} ELSE {c} END AS {c}" if c in _FLAWS else c
        for c in COLUMNS
    )
    total = " + ".join(f"{w} * CAST(substr(body, {n}, 1) AS INTEGER)" for n, w in enumerate(_WEIGHTS, 1))
    database.execute(f"""
        COPY (SELECT i AS _row, {flawed} FROM (
            SELECT i, body || substr('10X98765432', ({total}) % 11 + 1, 1) AS id_no,
                substr('王李张刘陈杨赵黄周吴', 1 + i % 10, 1)
                || substr('伟芳娜敏静强磊军洋勇', 1 + i // 10 % 10, 1) AS name,
                CASE i % 2 WHEN 0 THEN '男' ELSE '女' END AS sex,
                '13' || lpad((i * 7919 % 1000000000)::VARCHAR, 9, '0') AS phone,
                substr(body, 1, 6) AS region, uscc, (i % 100000 / 100)::DECIMAL(10, 2)::VARCHAR AS amount,
                (i % 500)::VARCHAR AS quantity, (DATE '2015-01-01' + (i % 3000)::INTEGER)::VARCHAR AS paid_on,
                (DATE '2015-01-01' + (i % 2000)::INTEGER)::VARCHAR AS starts_on,
                (DATE '2021-01-01' + (i % 2000)::INTEGER)::VARCHAR AS ends_on,
                '6222' || lpad((i * 104729 % 100000000000000)::VARCHAR, 14, '0') AS account
            FROM (SELECT i, uscc, (350100 + i % 90)::VARCHAR
                || strftime(DATE '1950-01-01' + (i * 31 % 22000)::INTEGER, '%Y%m%d')
                || lpad((i % 1000)::VARCHAR, 3, '0') AS body
                FROM range(1, {rows} + 1) r(i) JOIN credit ON n = 1 + i % 5000)
        )) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)""")
    database.close()


def _credit_codes() -> list[str]:
    codes = []
    for n in range(5000):
        body = f"M{n:07}"
        check = (11 - sum(w * int(c, 36) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)) % 11) % 11
        code = f"913501{n % 90:02}{body}{'X' if check == 10 else check}"
        codes.append(code + _CHARS[(31 - sum(3**k % 31 * _CHARS.index(c) for k, c in enumerate(code))) % 31])
    return codes
