"""The gate gives what a plan grants and nothing else: columns, rows, masks, pages, refusals."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tulou.plane.gate import Filter, PlanProblem, ReadRequest, RequestProblem, count, read, read_page
from tulou.plane.gate.tests.ground import SCHEMA, ZONE, Texts, land, masked, over_rejected, plan_for
from tulou.plane.tables import Lake, TableRef
from tulou.trust.plans import AccessPlan, Basis, PlanColumn, Predicate

ROWS: list[Texts] = [
    {"code": "1", "id_no": "11010519491231002X", "name": "林某某", "region": "350102", "amount": "1.50", "size": "3",
     "paid_on": "2024-01-05", "seen_at": "2024-01-05 10:00:00", "active": "是"},
    {"code": "2", "id_no": "440524188001010014", "name": "陈", "region": "350203", "amount": "20", "size": "1",
     "paid_on": "2024-02-29", "active": "否"},
    {"code": "3", "name": "=cmd|' /C calc'!A0", "region": "350102", "size": "2"},
]  # fmt: skip
BAD: Texts = {"code": "9", "id_no": "110105491231002", "name": "坏行", "region": "350102"}


@pytest.fixture(scope="module")
def people(lake: Lake) -> TableRef:
    return land(lake, SCHEMA, [*ROWS, BAD])


def rows(lake: Lake, plan: AccessPlan, request: ReadRequest | None = None) -> list[dict[str, object]]:
    found = [row for batch in read(plan, lake, request or ReadRequest()) for row in batch.to_pylist()]
    return sorted(found, key=str)


def test_only_granted_columns_of_current_rows_leave(lake: Lake, people: TableRef) -> None:
    assert rows(lake, plan_for(people, ["code", "name"])) == [
        {"code": "1", "name": "林某某"}, {"code": "2", "name": "陈"}, {"code": "3", "name": "=cmd|' /C calc'!A0"},
    ]  # fmt: skip


def test_changed_rows_leave_only_as_they_are_now(lake: Lake) -> None:
    ref = land(lake, SCHEMA, [{"code": "1", "region": "350102"}])
    land(lake, SCHEMA, [{"code": "1", "region": "350203"}], ref.name)
    assert rows(lake, plan_for(ref, ["code", "region"])) == [{"code": "1", "region": "350203"}]


def test_a_sealed_column_leaves_in_clear_only_where_the_mask_needs_it(lake: Lake, people: TableRef) -> None:
    clear = plan_for(people, ["code", "id_no"])
    assert rows(lake, clear)[0]["id_no"] == "11010519491231002X"
    kept = plan_for(people, ["code", masked("id_no", "keep", 6, 4)])
    assert [row["id_no"] for row in rows(lake, kept)] == ["110105********002X", "440524********0014", None]
    emptied = plan_for(people, ["code", masked("id_no", "null")])
    assert {row["id_no"] for row in rows(lake, emptied)} == {None}


def test_no_receiver_can_join_the_hashes_of_another(lake: Lake, people: TableRef) -> None:
    one, other = (plan_for(people, ["code", masked("id_no", "hash"), masked("name", "hash")]) for _ in range(2))
    again = replace(other, id=one.id, basis=one.basis)
    first, second = rows(lake, one), rows(lake, other)
    assert rows(lake, again) == first
    for column in ("id_no", "name"):
        assert not {row[column] for row in first if row[column]} & {row[column] for row in second}
        assert all(len(str(row[column])) == 64 for row in first if row[column])


def test_rows_are_narrowed_by_the_plan_and_by_the_caller(lake: Lake, people: TableRef) -> None:
    plan = plan_for(people, ["code", "region", "id_no"], [Predicate("region", "prefix", ("3501",))])
    assert [row["code"] for row in rows(lake, plan)] == ["1", "3"]
    asked = ReadRequest(filters=(Filter("id_no", "11010519491231002X"),))
    assert [row["code"] for row in rows(lake, plan, asked)] == ["1"]
    assert count(plan, lake, asked) == 1
    sealed = plan_for(people, ["code"], [Predicate("id_no", "in", ("440524188001010014", "x"))])
    assert [row["code"] for row in rows(lake, sealed)] == ["2"]


@pytest.mark.parametrize("value", ["' OR 1=1 --", "1); DROP TABLE x; --", "%", "350102' UNION SELECT id_no FROM x --"])
def test_sql_in_a_value_stays_a_value(lake: Lake, people: TableRef, value: str) -> None:
    plan = plan_for(people, ["code", "region"], [Predicate("code", "ge", ("0",))])
    assert rows(lake, plan, ReadRequest(filters=(Filter("region", value),))) == []
    assert rows(lake, plan_for(people, ["code"], [Predicate("region", "prefix", (value,))])) == []
    assert len(rows(lake, plan)) == 3


@pytest.mark.parametrize(("request_", "code"), [
    (ReadRequest(filters=(Filter("amount", "1"),)), "not_granted"),
    (ReadRequest(filters=(Filter("name", "陈"),)), "masked"),
    (ReadRequest(filters=(Filter('code" OR 1=1 --', "1"),)), "not_granted"),
    (ReadRequest(filters=(Filter("size", "很多"),)), "bad_filter"),
    (ReadRequest(filters=(Filter("size", "１"),)), "bad_filter"),
    (ReadRequest(filters=(Filter("code", "a\x00b"),)), "bad_filter"),
    (ReadRequest(filters=(Filter("code", "1"),) * 17), "bad_filter"),
    (ReadRequest(sort="name", limit=5), "masked"),
    (ReadRequest(sort="region", limit=5), "not_granted"),
    (ReadRequest(sort="id_no", limit=5), "sealed"),
    (ReadRequest(limit=10_001), "bad_limit"),
    (ReadRequest(limit=0), "bad_limit"),
    (ReadRequest(limit=5, cursor="AAAA"), "bad_cursor"),
    (ReadRequest(limit=5, cursor="游标"), "bad_cursor"),
    (ReadRequest(group_by=("name",)), "masked"),
])  # fmt: skip
def test_a_request_beyond_the_plan_is_refused(lake: Lake, people: TableRef, request_: ReadRequest, code: str) -> None:
    plan = plan_for(people, ["code", masked("name", "keep", 1), "size", "id_no"])
    with pytest.raises(RequestProblem) as refusal:
        read_page(plan, lake, request_)
    assert refusal.value.code == code


@pytest.mark.parametrize(("columns", "predicates", "code"), [
    ([], (), "plan_columns"),
    (["code", "code"], (), "plan_columns"),
    (["nothing"], (), "plan_columns"),
    (["_row_key"], (), "plan_columns"),
    (["id_no__hash"], (), "plan_columns"),
    (['code" FROM x --'], (), "plan_columns"),
    ([masked("size", "keep", 1)], (), "plan_mask"),
    ([masked("code", "month")], (), "plan_mask"),
    ([masked("code", "rot13")], (), "plan_mask"),
    ([masked("code", "keep", -1)], (), "plan_mask"),
    (["code"], [Predicate("nothing", "eq", ("1",))], "plan_columns"),
    (["code"], [Predicate("code", "in", ())], "plan_rows"),
    (["code"], [Predicate("code", "eq", ("1", "2"))], "plan_rows"),
    (["code"], [Predicate("size", "prefix", ("1",))], "plan_rows"),
    (["code"], [Predicate("size", "ge", ("x",))], "plan_rows"),
    (["code"], [Predicate("id_no", "prefix", ("11",))], "plan_rows"),
    (["code"], [Predicate("code", "like", ("%",))], "plan_rows"),  # type: ignore[arg-type]
])  # fmt: skip
def test_a_plan_that_does_not_fit_the_table_gives_nothing(
    lake: Lake, people: TableRef, columns: list[PlanColumn | str], predicates: list[Predicate], code: str
) -> None:
    with pytest.raises(PlanProblem) as refusal:
        rows(lake, plan_for(people, columns, predicates))
    assert refusal.value.code == code


@pytest.mark.parametrize("name", ["no_such_table", "ducklake_table", 'x"; DROP TABLE y; --', "../other"])
def test_a_plan_for_a_table_that_is_not_there_gives_nothing(lake: Lake, people: TableRef, name: str) -> None:
    with pytest.raises(Exception, match=r"不存在|不合规"):
        rows(lake, plan_for(TableRef(people.zone, name), ["code"]))


@pytest.mark.parametrize("sort", ["", "amount", "paid_on", "seen_at", "size", "active", "region"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_by_cursor_join_to_the_whole(lake: Lake, people: TableRef, sort: str, descending: bool) -> None:
    plan = plan_for(people, ["code", *([sort] if sort else [])])
    whole = [row["code"] for row in _pages(lake, plan, ReadRequest(sort=sort, descending=descending, limit=100))]
    paged = [row["code"] for row in _pages(lake, plan, ReadRequest(sort=sort, descending=descending, limit=1))]
    assert paged == whole
    assert sorted(map(str, whole)) == ["1", "2", "3"]


def _pages(lake: Lake, plan: AccessPlan, request: ReadRequest) -> Iterator[dict[str, object]]:
    while True:
        page = read_page(plan, lake, request)
        assert set(page.rows.column_names) == {column.name for column in plan.columns}
        yield from page.rows.to_pylist()
        if not page.cursor:
            return
        request = replace(request, cursor=page.cursor)


def test_a_cursor_tells_nothing_and_serves_only_its_own_question(lake: Lake, people: TableRef) -> None:
    plan, asked = plan_for(people, ["code", "size"]), ReadRequest(limit=1)
    cursor = read_page(plan, lake, asked).cursor
    own = plan_for(people, ["_row_key", "code"], basis="ownership")
    keys = {str(row["_row_key"]) for row in rows(lake, own)}
    assert not any(key.encode() in base64.urlsafe_b64decode(cursor + "==") for key in keys)
    for other, request in [
        (plan_for(people, ["code", "size"]), replace(asked, cursor=cursor)),
        (plan, replace(asked, cursor=cursor, sort="size")),
        (plan, replace(asked, cursor=cursor, filters=(Filter("code", "1"),))),
        (plan, replace(asked, cursor=cursor[:-2] + "AA")),
    ]:
        with pytest.raises(RequestProblem, match="游标"):
            read_page(other, lake, request)


def test_a_plan_with_a_smallest_group_gives_groups_only_and_none_below_it(lake: Lake, people: TableRef) -> None:
    plan = plan_for(people, ["region", "code"], min_group=2)
    with pytest.raises(RequestProblem, match="分组"):
        read_page(plan, lake, ReadRequest(limit=10))
    with pytest.raises(RequestProblem, match="分组"):
        rows(lake, plan)
    groups = read_page(plan, lake, ReadRequest(limit=10, group_by=("region",)))
    assert groups.rows.to_pylist() == [{"region": "350102", "count": 2}]


def test_rejected_rows_leave_by_the_same_gate_for_their_owner_alone(lake: Lake, people: TableRef) -> None:
    columns: list[PlanColumn | str] = ["_row", "raw", "reasons", "rules"]
    table = over_rejected(people)
    [row] = rows(lake, plan_for(table, columns, basis="ownership"))
    assert (row["_row"], row["rules"]) == (4, "id_no.id_no")
    assert "110105491231002" in str(row["raw"])
    page = read_page(plan_for(table, columns, basis="stewardship"), lake, ReadRequest(limit=1))
    assert page.rows.num_rows == 1
    with pytest.raises(PlanProblem, match="提供方"):
        rows(lake, plan_for(table, columns, basis="grant"))
    assert people.zone == ZONE.name


def test_single_rows_by_key_leave_for_their_owner_alone(lake: Lake, people: TableRef) -> None:
    own = plan_for(people, ["_row_key", "code"], basis="ownership")
    wanted = rows(lake, own)[0]
    sample = replace(own, rows=(Predicate("_row_key", "in", (str(wanted["_row_key"]),)),))
    assert rows(lake, sample) == [wanted]
    with pytest.raises(PlanProblem):
        rows(lake, replace(sample, basis=Basis("grant", sample.basis.ref)))


def test_an_empty_answer_still_has_its_columns(lake: Lake, people: TableRef) -> None:
    plan = plan_for(people, ["code", masked("id_no", "keep", 1)], [Predicate("code", "eq", ("none",))])
    [batch] = list(read(plan, lake, ReadRequest()))
    assert (batch.num_rows, batch.schema.names) == (0, ["code", "id_no"])
