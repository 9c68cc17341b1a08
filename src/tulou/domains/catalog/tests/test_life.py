"""The life of an entry: compiled, endorsed, reviewed, published, changed, retired; nothing published is overwritten."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.catalog import services
from tulou.domains.catalog.content import Content, content_of, diff
from tulou.domains.catalog.models import Entry, EntryVersion
from tulou.domains.catalog.public import search_entries, table_schema
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.domains.directory.models import Agency, AgencyKind, NodeKind
from tulou.domains.directory.services import AgencySpec, DutySpec, found_agency, found_node, register_duty
from tulou.kernel import temporal
from tulou.kernel.calendar import set_rule, today
from tulou.kernel.identity import Actor

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")


@pytest.fixture
def agency() -> Agency:
    for clock, days in (("catalog.review", 5), ("catalog.update", 10)):
        set_rule(clock, title=clock, amount=days, valid_from=date(2020, 1, 1), citation="样例")
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    spec = AgencySpec("mzt", "省民政厅", "民政厅", AgencyKind.DEPARTMENT, "350000", "fujian")
    return found_agency(spec, actor=SYSTEM)


@pytest.fixture
def content(agency: Agency) -> Content:
    duty = register_duty(DutySpec("QZ-1", "区划管理", "行政区划管理条例", "行政区划"), agency=agency, actor=SYSTEM)
    code = {"name": "code", "label": "代码", "type": "C", "length": 6, "nullable": False, "is_key": True, "grade": 1}
    name = {"name": "name", "label": "名称", "type": "C", "length": 30, "nullable": False, "grade": 1}
    return {
        "name": "行政区划代码",
        "abstract": "县级以上行政区划",
        "category_class": "1",
        "category_item": "03",
        "category_directory": "001",
        "duty": str(duty.id),
        "no_system_reason": "手工维护",
        "format_major": "spreadsheet",
        "update_cycle": "yearly",
        "share_type": "unconditional",
        "share_methods": ["table", "file", "api"],
        "open_type": "open",
        "grade": 1,
        "retention": "长期",
        "destroy_rule": "不销毁",
        "domain": "民政",
        "region": "350000",
        "contact": "数据管理岗",
        "table": "region_county",
        "items": [code, name],
    }


@pytest.fixture
def published(agency: Agency, content: Content) -> Entry:
    return publish(services.create_entry(content, provider=agency.id, actor=SYSTEM))


def publish(entry: Entry) -> Entry:
    services.endorse(entry, actor=SYSTEM)
    services.submit(entry, actor=SYSTEM)
    return services.publish(entry, actor=SYSTEM)


def test_a_published_entry_has_a_code_a_version_and_is_found(published: Entry) -> None:
    assert published.status == EntryStatus.PUBLISHED
    assert (published.version, published.resource_code) == (1, "103001/000001")
    assert search_entries("区划", SYSTEM).total == 1
    assert table_schema(published.id).names == ("code", "name")


def test_an_entry_in_preparation_is_not_found_by_others(agency: Agency, content: Content) -> None:
    services.create_entry(content, provider=agency.id, actor=SYSTEM)
    assert search_entries("区划", SYSTEM).total == 0


def test_gaps_stop_an_entry_with_all_their_remedies(agency: Agency, content: Content) -> None:
    entry = services.create_entry({**content, "duty": None, "retention": ""}, provider=agency.id, actor=SYSTEM)
    with pytest.raises(ValidationError) as refused:
        services.endorse(entry, actor=SYSTEM)
    assert "请选择权责清单事项；没有职责依据的数据不能编目" in refused.value.messages
    assert "请填写保存期限" in refused.value.messages
    assert Entry.objects.get(pk=entry.pk).status == EntryStatus.DRAFT


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda c: c | {"share_type": "refused"}, "请选择法规依据"),
        (lambda c: c | {"share_type": "conditional"}, "有条件共享须写明"),
        (lambda c: c | {"items": []}, "至少登记一个信息项"),
        (lambda c: c | {"items": [c["items"][0] | {"grade": 3}]}, "不得低于最高的信息项"),
        (lambda c: c | {"items": [c["items"][0], c["items"][0]]}, "与前面的信息项重复"),
        (lambda c: c | {"items": [c["items"][0] | {"nullable": True}]}, "主键不能为空"),
        (lambda c: c | {"contains_personal": True}, "处理的法律依据"),
        (lambda c: c | {"update_cycle": "custom"}, "周期天数"),
    ],
)
def test_contradictions_are_found(
    agency: Agency, content: Content, spoil: Callable[[Content], Content], message: str
) -> None:
    from tulou.domains.catalog.checks import findings

    assert any(message in finding.message for finding in findings(spoil(content), on=today()))
    assert findings(content, on=today()) == []


def test_returning_needs_remarks_and_gives_the_entry_back(agency: Agency, content: Content) -> None:
    entry = services.create_entry(content, provider=agency.id, actor=SYSTEM)
    services.endorse(entry, actor=SYSTEM)
    services.submit(entry, actor=SYSTEM)
    with pytest.raises(ValidationError, match="退回原因"):
        services.send_back(entry, remarks=" ", actor=SYSTEM)
    assert services.send_back(entry, remarks="请补充摘要", actor=SYSTEM).status == EntryStatus.DRAFT


def test_a_change_waits_beside_what_is_published(published: Entry, content: Content) -> None:
    services.begin_change(published, reason="增加拼音", actor=SYSTEM)
    pinyin = {"name": "pinyin", "label": "拼音", "type": "C", "length": 60, "grade": 1}
    services.save_content(published, content | {"items": [*content["items"], pinyin]}, actor=SYSTEM)
    assert table_schema(published.id).names == ("code", "name")
    publish(published)
    assert table_schema(published.id).names == ("code", "name", "pinyin")
    first, second = (EntryVersion.objects.get(entry=published, version=v).content for v in (1, 2))
    assert [(d.label, d.after) for d in diff(first, second)] == [("信息项 拼音", "新增")]
    assert published.resource_code == "103001/000001"


def test_an_abandoned_change_leaves_no_trace_in_the_entry(published: Entry) -> None:
    before = content_of(published)
    services.begin_change(published, reason="试改", actor=SYSTEM)
    services.save_content(published, before | {"abstract": "别的"}, actor=SYSTEM)
    services.abandon_change(published, actor=SYSTEM)
    assert content_of(Entry.objects.get(pk=published.pk)) == before


def test_codes_are_never_reused(agency: Agency, content: Content, published: Entry) -> None:
    services.retire(published, reason="职责取消", actor=SYSTEM)
    other = services.create_entry(content | {"name": "另一目录", "table": "b"}, provider=agency.id, actor=SYSTEM)
    publish(other)
    assert other.resource_code == "103001/000002"
    assert search_entries("行政区划代码", SYSTEM).total == 0


def test_the_past_stays_readable(published: Entry) -> None:
    assert [row.name for row in temporal.as_of(Entry, today())] == ["行政区划代码"]  # type: ignore[attr-defined]


def test_a_second_publisher_is_told(agency: Agency, content: Content) -> None:
    from tulou.kernel.workflow import AlreadyDone

    entry = services.create_entry(content, provider=agency.id, actor=SYSTEM)
    services.endorse(entry, actor=SYSTEM)
    services.submit(entry, actor=SYSTEM)
    stale = Entry.objects.get(pk=entry.pk)
    services.publish(entry, actor=SYSTEM)
    with pytest.raises(AlreadyDone, match="无需重复操作"):
        services.publish(stale, actor=SYSTEM)
    assert EntryVersion.objects.filter(entry=entry).count() == 1


def test_two_entries_of_an_agency_cannot_share_a_name(agency: Agency, content: Content, published: Entry) -> None:
    with pytest.raises(ValidationError, match="同名目录"):
        services.create_entry(content | {"table": "c"}, provider=agency.id, actor=SYSTEM)
