"""What a landing promises: reconciled counts, history, exactly once, rejected rows kept."""

from dataclasses import replace
from uuid import uuid4

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tulou.plane.tables import Column, Lake, LakeProblem, LandedBatch, Landing, Origin, TableRef, TableSchema, Zone

PLAIN = Zone("plain")
PEOPLE = TableSchema((Column("code", key=True, label="编号"), Column("city", label="城市"), Column("size", "integer")))
EVENTS = TableSchema((Column("station"), Column("size", "integer")))
Row = dict[str, object]


@pytest.fixture(scope="module")
def zone(lake: Lake) -> Zone:
    lake.ensure_zone(PLAIN)
    return PLAIN


def new_table(lake: Lake, schema: TableSchema) -> TableRef:
    ref = TableRef(PLAIN.name, f"t{uuid4().hex[:12]}")
    lake.ensure_table(ref, schema)
    return ref


def landing(schema: TableSchema, rows: list[Row], batch_id: str = "") -> Landing:
    """Rows as an engine would hand them over; a row with `bad` broke that rule."""
    kinds = {"text": pa.string(), "integer": pa.int64()}
    fields = [pa.field(c.name, kinds[c.type]) for c in schema.columns]
    fields += [pa.field("_row", pa.int64()), pa.field("bad", pa.string())]
    data = [{**dict.fromkeys(schema.names), "bad": None, **row, "_row": n} for n, row in enumerate(rows, 1)]
    batches = pa.Table.from_pylist(data, pa.schema(fields)).to_batches()
    select = (
        "SELECT * EXCLUDE (bad), CASE WHEN bad IS NULL THEN [] ELSE [bad] END AS _broken, []::VARCHAR[] AS _warned, "
        "CASE WHEN bad IS NOT NULL THEN ['规则一不符'] ELSE [] END AS _reasons, "
        "CASE WHEN bad IS NOT NULL THEN 'raw ' || _row END AS _raw FROM incoming"
    )
    return Landing(
        batch_id or uuid4().hex, [pa.RecordBatchReader.from_batches(pa.schema(fields), batches)], select,
        "省民政厅", "区划系统", lambda: Origin("f" * 64),
    )  # fmt: skip


def counts(batch: LandedBatch) -> tuple[int, ...]:
    return batch.sent, batch.inserted, batch.changed, batch.unchanged, batch.rejected


def current(lake: Lake, ref: TableRef, columns: str = "code, city") -> list[tuple[object, ...]]:
    with lake.reading(ref.zone) as cursor:
        return cursor.execute(f"SELECT {columns} FROM {lake.path(ref)} WHERE is_current ORDER BY ALL").fetchall()


def test_new_changed_and_unchanged_rows_are_told_apart_and_history_is_kept(lake: Lake, zone: Zone) -> None:
    ref = new_table(lake, PEOPLE)
    first: list[Row] = [{"code": "1", "city": "福州"}, {"code": "2", "city": "厦门"}]
    assert counts(lake.land(ref, landing(PEOPLE, first))) == (2, 2, 0, 0, 0)
    second: list[Row] = [{"code": "1", "city": "福州"}, {"code": "2", "city": "平潭"}, {"code": "3", "city": "泉州"}]
    assert counts(lake.land(ref, landing(PEOPLE, second))) == (3, 1, 1, 1, 0)
    assert current(lake, ref) == [("1", "福州"), ("2", "平潭"), ("3", "泉州")]
    with lake.reading(ref.zone) as cursor:
        past = cursor.execute(
            f"SELECT o.city, o.valid_to = n.valid_from FROM {lake.path(ref)} o JOIN {lake.path(ref)} n "
            "USING (_row_key) WHERE NOT o.is_current AND n.is_current"
        ).fetchall()
    assert past == [("厦门", True)]


def test_the_same_batch_again_answers_with_its_first_outcome(lake: Lake, zone: Zone) -> None:
    ref = new_table(lake, EVENTS)
    first = lake.land(ref, landing(EVENTS, [{"station": "a"}], "batch-1"))
    again = lake.land(ref, landing(EVENTS, [{"station": "b"}, {"station": "c"}], "batch-1"))
    assert again == replace(first, repeated=True)
    assert current(lake, ref, "station") == [("a",)]
    assert [entry.batch_id for entry in lake.ledger(ref.zone) if entry.table == ref] == ["batch-1"]


def test_rows_of_a_keyless_table_are_known_by_content_and_occurrence(lake: Lake, zone: Zone) -> None:
    ref = new_table(lake, EVENTS)
    rows: list[Row] = [{"station": "a", "size": 1}, {"station": "a", "size": 1}, {"station": "b"}]
    assert counts(lake.land(ref, landing(EVENTS, rows))) == (3, 3, 0, 0, 0)
    assert counts(lake.land(ref, landing(EVENTS, rows))) == (3, 0, 0, 3, 0)
    assert counts(lake.land(ref, landing(EVENTS, [*rows, rows[0]]))) == (4, 1, 0, 3, 0)


def test_rejected_rows_are_kept_with_chinese_reasons(lake: Lake, zone: Zone) -> None:
    ref = new_table(lake, PEOPLE)
    rows: list[Row] = [{"code": "1"}, {"code": "1"}, {"code": None}, {"code": "4", "bad": "r1"}]
    batch = lake.land(ref, landing(PEOPLE, rows))
    assert counts(batch) == (4, 1, 0, 0, 3)
    assert batch.by_rule == {"key.missing": 1, "key.repeated": 1, "r1": 1}
    with lake.reading(ref.zone) as cursor:
        kept = cursor.execute(f"SELECT _row, reasons, raw FROM {lake.rejected_path(ref)} ORDER BY _row").fetchall()
    assert [(row, reason) for row, reason, _ in kept] == [
        (2, "同一批次内主键重复，已保留先出现的一行"),
        (3, "主键为空，无法确定是哪一条记录"),
        (4, "规则一不符"),
    ]
    assert '"编号":"1"' in kept[0][2]
    assert kept[2][2] == "raw 4"


def test_values_that_hold_the_separator_do_not_collide(lake: Lake, zone: Zone) -> None:
    schema = TableSchema((Column("a"), Column("b")))
    ref = new_table(lake, schema)
    rows: list[Row] = [{"a": "x\x1fb=y"}, {"a": "x", "b": "y"}, {"a": "x\x1f", "b": "y"}, {"a": "x", "b": "\x1fy"}]
    assert lake.land(ref, landing(schema, rows)).inserted == 4
    assert lake.land(ref, landing(schema, rows[:1])).unchanged == 1


def test_columns_are_added_and_never_taken_away(lake: Lake, zone: Zone) -> None:
    ref = new_table(lake, PEOPLE)
    lake.land(ref, landing(PEOPLE, [{"code": "1", "city": "福州", "size": 1}]))
    wider = TableSchema((PEOPLE.columns[0], PEOPLE.columns[1], Column("note", label="备注")))
    assert lake.ensure_table(ref, wider).names == ("code", "city", "size", "note")
    assert lake.describe(ref) == TableSchema((*PEOPLE.columns, wider.columns[2]))
    same = landing(TableSchema((*PEOPLE.columns, wider.columns[2])), [{"code": "1", "city": "福州", "size": 1}])
    assert counts(lake.land(ref, same)) == (1, 0, 0, 1, 0)
    with pytest.raises(LakeProblem, match="不能改类型"):
        lake.ensure_table(ref, TableSchema((*PEOPLE.columns[:2], Column("size", "text"))))
    with pytest.raises(LakeProblem, match="主键"):
        lake.ensure_table(ref, TableSchema((*PEOPLE.columns, Column("other", key=True))))


@pytest.mark.parametrize("name", ["", "A", "a b", 'a"', "a--", "_a", "a__hash", "1a", "中文", "a" * 60, "is_current"])
def test_names_that_are_not_plain_are_refused(name: str) -> None:
    with pytest.raises(LakeProblem, match=r"不合规|保留"):
        Column(name)


def test_a_zone_is_one_catalogue_and_keeps_its_kind(lake: Lake, zone: Zone) -> None:
    lake.ensure_zone(PLAIN)
    with pytest.raises(LakeProblem, match="加密方式不同"):
        lake.ensure_zone(Zone(PLAIN.name, sealed=True))
    for name in ("../x", "a;b", "pg_x", "public.x"):
        with pytest.raises(LakeProblem, match="不合规"):
            Zone(name)


class Model:
    """What a table should hold, in a few lines of Python."""

    def __init__(self) -> None:
        self.now: dict[str, tuple[object, ...]] = {}
        self.closed = 0

    def land(self, rows: list[Row]) -> tuple[int, ...]:
        seen: dict[str, tuple[object, ...]] = {}
        rejected = 0
        for row in rows:
            key = row["code"]
            if "bad" in row or key is None or str(key) in seen:
                rejected += 1
            else:
                seen[str(key)] = (row["city"], row["size"])
        inserted = sum(key not in self.now for key in seen)
        changed = sum(key in self.now and self.now[key] != value for key, value in seen.items())
        self.closed += changed
        self.now |= seen
        return len(rows), inserted, changed, len(seen) - inserted - changed, rejected


ROW = st.fixed_dictionaries(
    {
        "code": st.one_of(st.none(), st.sampled_from(["1", "2", "3", "一", "1 "])),
        "city": st.one_of(st.none(), st.text(alphabet="福\x1f=;'\"a\\", max_size=3)),
        "size": st.one_of(st.none(), st.integers(-2, 2)),
    },
    optional={"bad": st.just("r1")},
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=3))
def test_a_landing_agrees_with_a_small_model(lake: Lake, zone: Zone, batches: list[list[Row]]) -> None:
    ref, model = new_table(lake, PEOPLE), Model()
    for rows in batches:
        batch = lake.land(ref, landing(PEOPLE, rows))
        assert counts(batch) == model.land(rows)
        assert batch.sent == batch.accepted + batch.rejected
        assert {c: rest for c, *rest in current(lake, ref, "code, city, size")} == {
            key: list(value) for key, value in model.now.items()
        }
    with lake.reading(ref.zone) as cursor:
        closed = cursor.execute(f"SELECT count(*) FROM {lake.path(ref)} WHERE NOT is_current").fetchone()
    assert closed == (model.closed,)
