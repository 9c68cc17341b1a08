"""Level-4 values never reach the lake in clear, join by keyed hash, and die with their keys."""

import stat
from pathlib import Path
from uuid import uuid4

import psycopg
import pyarrow as pa
import pytest

from tulou.plane.tables import Column, Lake, LakeProblem, Landing, Origin, TableRef, TableSchema, Zone

VAULT = Zone("vault", sealed=True)
SECRET, REFUSED = "350102199003071234", "35010219900307000X"
SCHEMA = TableSchema((Column("id_no", grade=4, key=True, label="身份号码"), Column("city")))


@pytest.fixture(scope="module")
def sealed_table(lake: Lake) -> TableRef:
    lake.ensure_zone(VAULT)
    ref = TableRef(VAULT.name, f"t{uuid4().hex[:12]}")
    lake.ensure_table(ref, SCHEMA)
    lake.land(ref, people([(SECRET, "福州"), (REFUSED, "bad"), (None, "无号")]))
    return ref


def people(rows: list[tuple[str | None, str]]) -> Landing:
    table = pa.table({
        "id_no": pa.array([row[0] for row in rows], pa.string()),
        "city": [row[1] for row in rows],
        "_row": range(1, len(rows) + 1),
    })  # fmt: skip
    select = (
        "SELECT *, CASE WHEN city = 'bad' THEN ['r1'] ELSE [] END AS _broken, []::VARCHAR[] AS _warned, "
        "CASE WHEN city = 'bad' THEN ['规则一不符'] ELSE [] END AS _reasons, "
        "CASE WHEN city = 'bad' THEN id_no || '…' END AS _raw FROM incoming"
    )
    return Landing(uuid4().hex, [table.to_reader()], select, "", "", lambda: Origin("0" * 64))


def test_the_value_is_stored_as_ciphertext_and_opens_with_the_key(lake: Lake, sealed_table: TableRef) -> None:
    with lake.reading(VAULT.name) as cursor:
        rows = cursor.execute(f"SELECT id_no, id_no__hash FROM {lake.path(sealed_table)}").fetchall()
    [(token, digest)] = rows
    assert SECRET not in token
    assert lake.seal_keys.unseal(sealed_table, "id_no", token) == SECRET
    assert digest == lake.seal_keys.keyed_hash(VAULT.name, SECRET)


def test_a_sealed_key_is_recognised_again(lake: Lake, sealed_table: TableRef) -> None:
    batch = lake.land(sealed_table, people([(SECRET, "福州"), (SECRET, "福州")]))
    assert (batch.unchanged, batch.rejected) == (1, 1)


def test_rejected_rows_are_sealed_too(lake: Lake, sealed_table: TableRef) -> None:
    with lake.reading(VAULT.name) as cursor:
        raw = cursor.execute(f"SELECT raw FROM {lake.rejected_path(sealed_table)} WHERE _row = 2").fetchall()
    assert lake.seal_keys.unseal(sealed_table, "_raw", raw[0][0]) == REFUSED + "…"


def test_nothing_on_disk_or_in_the_catalogue_holds_the_value(lake: Lake, sealed_table: TableRef) -> None:
    needles = [SECRET.encode(), REFUSED.encode()]
    data: Path = lake.config.data_path
    files = [path for root in (data, lake.config.spill) for path in root.rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    for path in files:
        assert not any(needle in path.read_bytes() for needle in needles), path
    with psycopg.connect(lake.config.catalogue_dsn) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [VAULT.name]).fetchall()
        for (name,) in tables:
            dump = connection.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{VAULT.name}"."{name}" t').fetchone()
            assert dump is not None
            assert not any(needle.decode() in (dump[0] or "") for needle in needles), name


def test_a_ciphertext_cannot_be_moved_or_changed(lake: Lake, sealed_table: TableRef) -> None:
    keys = lake.seal_keys
    token = keys.sealer(sealed_table, "id_no").seal_values(pa.array(["甲"]))[0].as_py()
    for column, moved in (("phone", token), ("id_no", token[:-3] + "AAA"), ("id_no", "s1.nothing"), ("id_no", "")):
        with pytest.raises(LakeProblem):
            keys.unseal(sealed_table, column, moved)


def test_a_destroyed_key_takes_its_values_with_it(lake: Lake) -> None:
    ref, keys = TableRef(VAULT.name, f"t{uuid4().hex[:12]}"), lake.seal_keys
    token = keys.sealer(ref, "id_no").seal_values(pa.array(["甲"]))[0].as_py()
    assert keys.destroy(ref) == 1
    with pytest.raises(LakeProblem, match="密钥已销毁"):
        keys.unseal(ref, "id_no", token)
    later = keys.sealer(ref, "id_no").seal_values(pa.array(["乙"]))[0].as_py()
    assert keys.unseal(ref, "id_no", later) == "乙"


def test_keys_are_readable_by_their_owner_only(lake: Lake, sealed_table: TableRef) -> None:
    folder = lake.config.data_path.parent / "keys"
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
