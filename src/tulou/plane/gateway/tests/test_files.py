"""Files: whole tables in four formats, harmless in a spreadsheet, named safely, recorded from first byte to last."""

import csv
import hashlib
import io
import json
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from tulou.plane.gate.tests.ground import masked
from tulou.plane.gateway.formats import harmless
from tulou.plane.gateway.tests.ground import Ground
from tulou.trust.plans import PlanColumn, Quota

COLUMNS = (
    PlanColumn("code", "编号"),
    PlanColumn("name", "姓名"),
    PlanColumn("amount", "金额"),
    masked("id_no", "keep", 6),
)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "json"])
def test_a_file_holds_the_granted_rows_and_is_recorded_to_its_last_byte(ground: Ground, form: str) -> None:
    plan = ground.plan(*COLUMNS)
    answer = ground.get(f"/v1/files/{form}", ground.token(plan))
    assert answer.status_code == 200
    rows = sorted(_read(form, answer.content), key=lambda row: str(row[0]))
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert rows[0][3] == "110105************"
    assert str(rows[0][2]).startswith("1.5")
    started, finished = ground.leaves(plan)
    assert (started["kind"], finished["kind"]) == ("access.delivery.started", "access.delivery.finished")
    assert started["id"] == answer.headers["x-tulou-evidence"] == finished["data"]["delivery"]
    assert finished["data"]["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (finished["data"]["rows"], finished["data"]["bytes"]) == (3, len(answer.content))
    assert finished["data"]["outcome"] == "complete"
    assert ground.used(plan) == (1, 3, len(answer.content))


def _read(form: str, body: bytes) -> list[tuple[Any, ...]]:
    if form == "csv":
        return [tuple(row) for row in csv.reader(io.StringIO(body.decode("utf-8-sig")))][1:]
    if form == "parquet":
        return [tuple(row.values()) for row in pq.read_table(io.BytesIO(body)).to_pylist()]
    if form == "json":
        return [tuple(row.values()) for row in json.loads(body)]
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_a_spreadsheet_shows_chinese_and_runs_nothing(ground: Ground) -> None:
    token = ground.token(ground.plan(*COLUMNS))
    text = ground.get("/v1/files/csv?eq.code=3", token).content
    assert text.startswith(b"\xef\xbb\xbf")
    assert "编号" in text.decode("utf-8-sig").splitlines()[0]
    assert _read("csv", text)[0][1] == "'=cmd|' /C calc'!A0"
    sheet = openpyxl.load_workbook(io.BytesIO(ground.get("/v1/files/xlsx?eq.code=3", token).content)).active
    assert sheet is not None
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=x", "＝1", "＠x"])
def test_every_way_to_begin_a_formula_is_defused(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("福建" + text) == "福建" + text


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "json"])
def test_an_empty_answer_is_a_valid_file(ground: Ground, form: str) -> None:
    plan = ground.plan(*COLUMNS)
    answer = ground.get(f"/v1/files/{form}?eq.code=none", ground.token(plan))
    assert answer.status_code == 200
    assert _read(form, answer.content) == []


@pytest.mark.parametrize("form", ["exe", "", "..%2f..%2fetc%2fpasswd", "csv/../../x", "CSV", "csv%00"])
def test_a_format_is_one_of_four_and_never_a_path(ground: Ground, form: str) -> None:
    answer = ground.get(f"/v1/files/{form}", ground.token(ground.plan()))
    assert answer.status_code == 404
    assert "passwd" not in answer.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("福州市户籍", "%E7%A6%8F%E5%B7%9E%E5%B8%82%E6%88%B7%E7%B1%8D"),
        ("../../etc/passwd", "etc_passwd"),
        ('a"; filename="x.exe', "a_%3B%20filename%3D_x.exe"),
        ("a%0d%0aX-Evil:%201", "a_X-Evil_"),
        ("", "%E6%95%B0%E6%8D%AE_"),
    ],
)
def test_a_file_name_is_chinese_and_safe(ground: Ground, name: str, shown: str) -> None:
    answer = ground.get(f"/v1/files/csv?name={name}", ground.token(ground.plan()))
    header = answer.headers["content-disposition"]
    assert f"filename*=UTF-8''{shown}" in header
    assert "x-evil" not in answer.headers
    assert ".." not in header.split("UTF-8''")[1].rsplit(".", 1)[0]


def test_a_file_beyond_the_rows_left_today_is_refused_before_its_first_byte(ground: Ground) -> None:
    plan = ground.plan(*COLUMNS, quota=Quota(rows_per_day=2))
    answer = ground.get("/v1/files/csv", ground.token(plan))
    assert (answer.status_code, answer.json()["code"]) == (429, "quota")
    assert ground.used(plan)[1] == 0
    assert ground.get("/v1/files/csv?eq.code=1", ground.token(plan)).status_code == 200
    assert ground.used(plan)[1] == 1
