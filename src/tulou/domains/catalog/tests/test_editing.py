"""编制: from a file or a table to a form that is filled in, saved with gaps, checked while it is typed, and offered."""

import io
import json
from typing import Any
from uuid import uuid4

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tulou.domains.catalog import reading, services, starting
from tulou.domains.catalog.checks import findings
from tulou.domains.catalog.content import content_of, digest, working_content
from tulou.domains.catalog.forms import initial_of
from tulou.domains.catalog.models import Draft, Entry
from tulou.domains.catalog.tests.ground import Ground
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.kernel.calendar import today

pytestmark = pytest.mark.django_db

PEOPLE = (
    "公民身份号码,姓名,联系电话,出生日期,户籍区划,备注\n"
    "350102199001019962,张样例,13800000001,1990-01-01,350102,\n"
    "350103198505059971,李样例,13800000002,1985-05-05,350103,无\n"
    "350104197807079989,王样例,13800000003,1978-07-07,350104,\n"
)


def valid_people() -> str:
    """The same rows with check digits that hold."""
    weights, signs = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    lines = PEOPLE.splitlines()
    fixed = [lines[0]]
    for line in lines[1:]:
        number, rest = line.split(",", 1)
        head = number[:17]
        fixed.append(head + signs[sum(int(d) * w for d, w in zip(head, weights, strict=True)) % 11] + "," + rest)
    return "\n".join(fixed) + "\n"


def upload(client: Client, name: str, data: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile(name, data)
    form = {"once": str(uuid4()), "file": file, "name": "", **fields}
    return client.post(reverse("catalog:from-file"), form, follow=True)


def form_of(entry: Entry, **over: Any) -> dict[str, Any]:
    """What the browser would send for this entry."""
    content = working_content(entry)
    data = {k: v for k, v in initial_of(content).items() if v not in (None, False)}
    data |= {"once": str(uuid4()), "revision": entry.revision, "base": digest(content)}
    for at, item in enumerate(content["items"], start=1):
        data |= {f"items-{at}-{k}": "1" if v is True else v for k, v in item.items() if v not in (None, False)}
    return data | over


def test_a_dropped_file_fills_the_form_with_names_grades_and_reasons(ground: Ground) -> None:
    page = upload(ground.client("mzt", "data_manager"), "户籍人口.csv", valid_people().encode("gb18030"))
    entry = Entry.objects.get(name="户籍人口")
    rows = {row.label: row for row in entry.items.all()}
    assert (rows["公民身份号码"].name, rows["公民身份号码"].grade, rows["公民身份号码"].is_key) == ("id_no", 4, True)
    assert (rows["公民身份号码"].mask, rows["公民身份号码"].mask_head, rows["公民身份号码"].mask_tail) == ("keep", 6, 4)
    assert (rows["联系电话"].grade, rows["联系电话"].mask_head, rows["联系电话"].share_type) == (3, 3, "conditional")
    assert (rows["姓名"].name, rows["姓名"].mask_head) == ("name", 1)
    assert (rows["出生日期"].type, rows["出生日期"].mask) == ("D", "month")
    assert (rows["户籍区划"].name, rows["户籍区划"].type) == ("hu_ji_qu_hua", "C")
    assert rows["备注"].nullable
    assert (entry.grade, entry.contains_personal, entry.share_type, entry.open_type) == (
        4,
        True,
        "conditional",
        "refused",
    )
    assert (entry.region, entry.duty_id, entry.format_minor) == ("350000", ground.duties["mzt"].id, "csv")
    assert entry.contact == ground.manager.label
    text = page.content.decode()
    assert "公民身份号码（敏感个人信息），建议4级、保留前6后4位" in text
    assert "张样例" not in json.dumps(entry.reading.columns, ensure_ascii=False) + text


def test_every_kind_of_file_is_read(ground: Ground) -> None:
    book = openpyxl.Workbook()
    for row in (["区划代码", "名称"], ["350102", "鼓楼区"], ["350103", "台江区"]):
        book.active.append(row)  # type: ignore[union-attr]
    sheet, table = io.BytesIO(), io.BytesIO()
    book.save(sheet)
    pq.write_table(pa.table({"区划代码": ["350102", "350103"], "名称": ["鼓楼区", "台江区"]}), table)
    lines = '{"区划代码": "350102", "名称": "鼓楼区"}\n{"区划代码": "350103", "名称": "台江区"}\n'
    files = {"a.xlsx": sheet.getvalue(), "b.parquet": table.getvalue(), "c.jsonl": lines.encode()}
    client = ground.client("mzt", "data_manager")
    for name, data in files.items():
        upload(client, name, data)
        entry = Entry.objects.get(name=name.partition(".")[0])
        assert [row.label for row in entry.items.all()] == ["区划代码", "名称"], name
        assert entry.items.get(order=1).is_key, name


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.csv", b"", "空"),
        ("说明.pdf", b"%PDF-1.7", "只能从 CSV、XLSX、JSON、Parquet"),
        ("假.xlsx", b"code,name\n1,2\n", "文件内容不是 XLSX"),
        ("假.csv", b"PK\x03\x04....", "文件内容不是 CSV"),
        ("坏.json", b"{", "JSON"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(ground: Ground, name: str, data: bytes, words: str) -> None:
    answer = upload(ground.client("mzt", "data_manager"), name, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Entry.objects.exists()


def test_the_file_itself_is_not_kept(ground: Ground, settings: Any) -> None:
    from pathlib import Path

    upload(ground.client("mzt", "data_manager"), "户籍.csv", valid_people().encode())
    kept = [
        path for path in Path(settings.FILES).rglob("*") if path.is_file() and "张样例".encode() in path.read_bytes()
    ]
    assert kept == []


def test_further_columns_are_added_and_what_was_edited_stays(ground: Ground) -> None:
    entry = ground.draft(items=[{"name": "id_no", "label": "身份号", "source_name": "公民身份号码", "grade": 2}])
    structure = reading.read_file(io.BytesIO(valid_people().encode()), "户籍.csv")
    assert starting.add_structure(entry, structure, actor=ground.manager) == 5
    rows = list(Entry.objects.get(pk=entry.pk).items.all())
    assert (rows[0].label, rows[0].grade) == ("身份号", 2)
    assert [row.source_name for row in rows[1:]] == ["姓名", "联系电话", "出生日期", "户籍区划", "备注"]


def test_a_copy_takes_the_content_and_leaves_what_is_the_others_own(ground: Ground) -> None:
    source = ground.published(authority_source=True, authority_note="数源")
    actor, provider = ground.actor("gat", "data_manager"), ground.agencies["gat"].id
    copy = starting.begin_copy(source, "公安区划", provider=provider, actor=actor)
    assert (copy.abstract, copy.items.count()) == (source.abstract, source.items.count())
    assert (copy.duty_id, copy.authority_source, copy.phone) == (ground.duties["gat"].id, False, "")
    assert copy.table != source.table


def test_a_foreign_draft_cannot_be_copied(ground: Ground) -> None:
    draft = ground.draft()
    form = {"once": str(uuid4()), "source": str(draft.pk), "name": "偷看"}
    url = f"{reverse('catalog:from-copy')}?source={draft.pk}"
    client = ground.client("gat", "data_manager")
    assert draft.name not in client.get(url).content.decode()
    assert client.post(url, form).status_code == 422


def test_a_draft_is_saved_with_gaps_and_the_checklist_says_what_is_missing(ground: Ground) -> None:
    client = ground.client("mzt", "data_manager")
    entry = ground.draft()
    answer = client.post(reverse("catalog:edit", args=[entry.pk]), form_of(entry, abstract="", retention=""))
    assert answer["Location"] == reverse("catalog:edit", args=[entry.pk])
    page = client.get(answer["Location"]).content.decode()
    assert 'href="#id_abstract"' in page
    assert 'href="#id_retention"' in page
    assert "还需完善 2 处" in page


def test_a_saved_form_is_what_was_sent(ground: Ground) -> None:
    entry = ground.draft()
    before = content_of(entry)
    assert (
        ground.client("mzt", "data_manager")
        .post(reverse("catalog:edit", args=[entry.pk]), form_of(entry, keywords="区划，代码 地名", theme="地名区划"))
        .status_code
        == 302
    )
    after = content_of(Entry.objects.get(pk=entry.pk))
    assert after["keywords"] == ["区划", "代码", "地名"]
    assert {**after, "keywords": 0} == {**before, "keywords": 0, "theme": "地名区划"}


def test_rows_are_read_in_the_order_of_the_page_and_named_when_nameless(ground: Ground) -> None:
    entry = ground.draft()
    data = {k: v for k, v in form_of(entry).items() if not k.startswith("items-")}
    data |= {"items-n2-label": "学校名称", "items-n2-name": "", "items-n2-type": "C", "items-n2-grade": "1",
             "items-n2-share_type": "unconditional", "items-n2-open_type": "open", "items-n2-mask": "none"}  # fmt: skip
    data |= {key.replace("n2", "1"): value for key, value in data.items() if key.startswith("items-n2")}
    data |= {"items-1-label": "学校名称", "items-9-label": "", "items-9-name": ""}
    ground.client("mzt", "data_manager").post(reverse("catalog:edit", args=[entry.pk]), data)
    assert [row.name for row in Entry.objects.get(pk=entry.pk).items.all()] == [
        "xue_xiao_ming_cheng",
        "xue_xiao_ming_cheng_2",
    ]


def test_the_checklist_follows_what_is_typed_and_saves_nothing(ground: Ground) -> None:
    client = ground.client("mzt", "data_manager")
    entry = ground.draft()
    url = reverse("catalog:checklist", args=[entry.pk])
    assert "可以提请审核" in client.post(url, form_of(entry)).content.decode()
    typed = form_of(entry, share_type="conditional", period_from="2024-02-30", **{"items-1-grade": "4"})
    answer = client.post(url, typed).content.decode()
    for words in (
        "有条件共享须写明",
        "4级信息项不能无条件共享",
        "数据分级不得低于",
        'href="#item-1"',
        'href="#id_period_from"',
    ):
        assert words in answer
    assert Entry.objects.get(pk=entry.pk).share_type == "unconditional"


def test_somebody_elses_saving_in_between_is_noticed(ground: Ground) -> None:
    entry = ground.draft()
    stale = form_of(entry, abstract="后来的")
    services.save_content(entry, working_content(entry) | {"abstract": "先来的"}, actor=ground.manager)
    answer = ground.client("mzt", "data_manager").post(reverse("catalog:edit", args=[entry.pk]), stale)
    assert answer.status_code == 422
    assert "内容已由他人保存" in answer.content.decode()
    assert "后来的" in answer.content.decode()
    assert Entry.objects.get(pk=entry.pk).abstract == "先来的"


def test_offering_tells_the_office_and_saving_again_takes_it_back(ground: Ground) -> None:
    from tulou.domains.catalog.todos import to_endorse

    entry = ground.draft()
    approver, client = ground.actor("mzt", "office_approver"), ground.client("mzt", "data_manager")
    assert client.post(reverse("catalog:edit", args=[entry.pk]), form_of(entry, _offer="1")).status_code == 302
    assert [row.pk for row in to_endorse(approver)] == [entry.pk]
    assert not to_endorse(ground.actor("gat", "office_approver"))
    services.save_content(entry, working_content(entry), actor=ground.manager)
    assert not to_endorse(approver)


def test_an_incomplete_form_cannot_be_offered_and_nothing_typed_is_lost(ground: Ground) -> None:
    entry = ground.draft()
    answer = ground.client("mzt", "data_manager").post(
        reverse("catalog:edit", args=[entry.pk]), form_of(entry, retention="", abstract="新摘要", _offer="1")
    )
    assert answer.status_code == 422
    assert "请填写保存期限" in answer.content.decode()
    assert "新摘要" in answer.content.decode()


def test_another_agencys_duty_is_refused(ground: Ground) -> None:
    foreign = str(ground.duties["gat"].id)
    with pytest.raises(ValidationError, match="不属于提供方"):
        ground.draft(duty=foreign)
    entry = ground.draft()
    answer = ground.client("mzt", "data_manager").post(
        reverse("catalog:edit", args=[entry.pk]), form_of(entry, duty=foreign)
    )
    assert answer.status_code == 422


def test_a_change_is_edited_beside_what_is_published(ground: Ground) -> None:
    entry = ground.published()
    services.begin_change(entry, reason="补充", actor=ground.manager)
    entry = Entry.objects.get(pk=entry.pk)
    client = ground.client("mzt", "data_manager")
    client.post(reverse("catalog:edit", args=[entry.pk]), form_of(entry, abstract="变更后的摘要"))
    assert Entry.objects.get(pk=entry.pk).abstract != "变更后的摘要"
    assert Draft.objects.get(entry=entry).content["abstract"] == "变更后的摘要"
    assert "变更后的摘要" in client.get(reverse("catalog:edit", args=[entry.pk])).content.decode()


def test_what_is_submitted_cannot_be_edited(ground: Ground) -> None:
    entry = ground.submitted()
    client = ground.client("mzt", "data_manager")
    assert "现在不能修改" in client.get(reverse("catalog:edit", args=[entry.pk])).content.decode()
    answer = client.post(reverse("catalog:edit", args=[entry.pk]), form_of(entry, abstract="改"))
    assert answer.status_code == 422
    assert Entry.objects.get(pk=entry.pk).status == EntryStatus.SUBMITTED


def test_the_samples_own_forms_have_no_findings(ground: Ground) -> None:
    assert findings(ground.content(), on=today()) == []
