"""The pages of the law room: bases with their force, deadlines with their citations, notices and what they move."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tulou.domains.law.models import NoticeAdoption
from tulou.domains.law.notices import NoticeSpec, adopt_notice, parse_days
from tulou.domains.law.services import BasisSpec, adopt_basis
from tulou.kernel.calendar import DayKind, DeadlineRule, Notice, add_working_days, set_rule
from tulou.kernel.identity import Account, Actor, Party
from tulou.kernel.permissions import Assignment, Forbidden
from tulou.kernel.ui.tests.conftest import signed_in_client
from tulou.kernel.workflow import Clock

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")


def browser(role: str) -> Client:
    person, agency = Party.objects.create(kind="person"), Party.objects.create(kind="agency")
    Assignment.objects.create(person=person, role=role, organisation=agency, valid_from=date(2020, 1, 1))
    client = Client()
    signed_in_client(client, Account.objects.create(login=role.replace("_", "-"), label=role, party=person))
    return client


def running_clock(due_on: date) -> Clock:
    """A deadline of three working days that began on the last day of 2098."""
    rule = set_rule("demo", "答复", 3, citation="样例", valid_from=date(2020, 1, 1))
    return Clock.objects.create(
        subject_type="catalog.entry", subject=uuid4(), subject_label="样例事项", clock="demo", title="答复", rule=rule,
        unit="working", allowance=3, started_on=date(2098, 12, 31), started_at="2098-12-31T09:00+08:00",
        running_since=date(2098, 12, 31), due_on=due_on, provisional=True,
    )  # fmt: skip


def test_bases_say_whether_they_are_in_force_and_checked() -> None:
    old = BasisSpec("old", "旧办法", "rule", ["duty"], date(2000, 1, 1), valid_to=date(2010, 1, 1))
    new = BasisSpec("new", "新条例", "administrative_regulation", ["refuse_sharing"], date(2020, 1, 1), verified=True)
    lapsed, _ = adopt_basis(old, actor=SYSTEM), adopt_basis(new, actor=SYSTEM)
    client = browser("data_user")
    page = client.get(reverse("law:bases")).content.decode()
    for word in ("旧办法", "新条例", "已失效", "现行", "未核", "已核"):
        assert word in page
    assert "旧办法" not in client.get(reverse("law:bases"), {"force": "now"}).content.decode()
    assert "旧办法" not in client.get(reverse("law:bases"), {"use": "refuse_sharing"}).content.decode()
    assert "不能再作为新决定的依据" in client.get(reverse("law:basis", args=[lapsed.pk])).content.decode()


def test_deadlines_show_their_citation_and_that_it_is_unchecked() -> None:
    set_rule("demo", "答复", 10, citation="样例办法第九条", valid_from=date(2020, 1, 1), extension=5)
    page = browser("leader").get(reverse("law:deadlines")).content.decode()
    for words in ("答复", "10 工作日", "5 工作日，1 次", "样例办法第九条", "未核"):
        assert words in page


def test_only_an_administrator_imports_a_notice() -> None:
    for role, status in (("administrator", 200), ("data_manager", 403), ("operator", 403), ("auditor", 403)):
        client = browser(role)
        assert client.get(reverse("law:new-notice")).status_code == status
        assert client.get(reverse("law:notices")).status_code == 200
    spec = NoticeSpec(2099, "号", parse_days("2099-01-01", DayKind.HOLIDAY), {})
    stranger = Actor(None, None, "person", "访客")
    with pytest.raises(Forbidden):
        adopt_notice(spec, actor=stranger)


def test_a_notice_settles_and_moves_the_deadlines_that_run() -> None:
    Notice.objects.create(
        year=2098, title="2098", citation="号", source="样例", digest="0" * 64, imported_at="2098-01-01T00:00Z"
    )
    before = add_working_days(date(2098, 12, 31), 3)
    clock = running_clock(before.date)
    client = browser("administrator")
    form = {
        "once": str(uuid4()), "year": 2099, "citation": "国办发明电〔2098〕9号", "title": "", "verified": "on",
        "holidays": "2099-01-01 至 2099-01-03 元旦\n\n2099年1月5日", "workdays": "",
    }  # fmt: skip
    answer = client.post(reverse("law:new-notice"), form)
    assert answer["Location"] == reverse("law:notice", args=[2099])
    clock.refresh_from_db()
    assert clock.due_on > before.date
    assert not clock.provisional
    page = client.get(answer["Location"]).content.decode()
    for words in ("样例事项", before.date.isoformat(), clock.due_on.isoformat(), "1 个由暂定转为确定", "放假（4 天）"):
        assert words in page
    assert NoticeAdoption.objects.get().settled == 1


@pytest.mark.parametrize(
    ("holidays", "workdays", "words"),
    [
        ("元旦", "", "第1行“元旦”不能识别"),
        ("2099-01-01\n2099-02-30", "", "第2行“2099-02-30”中的日期不存在"),
        ("2099-01-05 至 2099-01-01", "", "止日应不早于起日"),
        ("2099-01-03", "2099-01-03", "既列为放假又列为上班"),
        ("2099-01-01", "2099-01-05", "不是周末"),
        ("2097-01-01", "", "不属于2099年"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_in_words(holidays: str, workdays: str, words: str) -> None:
    form = {"once": str(uuid4()), "year": 2099, "citation": "号", "holidays": holidays, "workdays": workdays}
    answer = browser("administrator").post(reverse("law:new-notice"), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Notice.objects.filter(year=2099).exists()


def test_worked_weekends_are_read() -> None:
    days = parse_days("2099-01-03 春节", DayKind.WORKDAY)
    assert [(day.isoformat(), value.name) for day, value in days.items()] == [("2099-01-03", "春节")]
    with pytest.raises(ValidationError):
        parse_days("2099-01-01 至 2099-12-31", DayKind.HOLIDAY)
    assert not DeadlineRule.objects.exists()
