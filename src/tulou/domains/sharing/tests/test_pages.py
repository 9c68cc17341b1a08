"""The pages of a request as each role walks them, with double clicks, bad input and other agencies' ids."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.directory.models import InformationSystem
from tulou.domains.law.models import LegalBasis
from tulou.domains.sharing import services
from tulou.domains.sharing.models import Draft, Grant, GrantStatus, ItemStatus, Request, RequestStatus
from tulou.domains.sharing.services import RequestSpec
from tulou.domains.sharing.tests.conftest import SYSTEM, acting, token_of
from tulou.kernel.calendar import today
from tulou.kernel.identity import Account
from tulou.kernel.workflow import clocks_of
from tulou.trust.ids import new_id
from tulou.trust.plans import Mask, TableRef

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def answers(basis: UUID, system: InformationSystem) -> dict[str, Any]:
    """The form as a careful applicant fills it in."""
    return {
        "scenario": "户籍地址核对", "purpose": "核对户籍区划", "basis": str(basis), "methods": ["preview", "api"],
        "frequency": "monthly", "calls_per_day": "100", "rows_per_day": "0", "use_from": today().isoformat(),
        "use_to": (today() + timedelta(days=90)).isoformat(), "system": str(system.pk), "contact": "数据岗",
        "disposal": "期满删除", "items": ["code", "phone"], "reason_phone": "回访", "column_1": "code",
        "op_1": "prefix", "values_1": "35",
    }  # fmt: skip


def ask(client: Client, entry: Entry, answers: dict[str, Any], **changes: Any) -> Any:
    address = reverse("sharing:ask", args=[entry.pk])
    return client.post(address, {**answers, "once": token_of(client.get(address)), **changes})


def move(client: Client, row: Any, name: str, **facts: Any) -> Any:
    kind = "grant" if isinstance(row, Grant) else "request"
    address = f"{reverse(f'sharing:{kind}', args=[row.pk])}{name}/"
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    sent = {"once": token_of(page), "revision": page.context["form"]["revision"].value(), "note": "同意", **facts}
    return client.post(address, sent)


def desk_of(client: Client, row: Request) -> dict[str, Any]:
    """The desk's form as the browser would send it untouched."""
    desk = client.get(reverse("sharing:request", args=[row.pk])).context["desk"]
    sent = {name: desk[name].value() for name in desk.fields}
    return {name: "" if value is None else value for name, value in sent.items()}


def test_the_whole_line_through_the_pages(
    sign_in: SignIn, entry: Entry, answers: dict[str, Any], refusal: UUID
) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    user, manager = sign_in("user"), sign_in("manager")
    assert ask(user, entry, answers).status_code == 302
    row = Request.objects.get()
    assert row.number in sign_in("office").get(reverse("sharing:desk")).content.decode()
    move(sign_in("office"), row, "endorse")
    move(user, row, "submit")
    move(sign_in("authority"), row, "accept")
    code, phone = row.items.all()
    sent = desk_of(manager, row) | {
        f"decision_{code.pk}": "grant", f"decision_{phone.pk}": "refuse", f"basis_{phone.pk}": str(refusal),
        f"opinion_{phone.pk}": "涉及工作秘密",
    }  # fmt: skip
    assert manager.post(reverse("sharing:decide", args=[row.pk]), sent).status_code == 302
    grant = Grant.objects.get()
    assert grant.status == GrantStatus.IN_USE
    page = user.get(reverse("sharing:request", args=[row.pk])).content.decode()
    assert "样例保密法" in page
    assert "涉及工作秘密" in page
    assert "不予共享：电话" in page
    shown = user.get(reverse("sharing:grant", args=[grant.pk])).content.decode()
    assert reverse("access:preview", args=[grant.right]) in shown
    assert "期满删除" in shown


def test_every_error_stands_beside_its_field(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    page = ask(sign_in("user"), entry, answers, scenario="", basis="", items=[], methods=[], use_to="2020-01-01")
    assert page.status_code == 422
    errors = page.context["form"].errors
    assert set(errors) >= {"scenario", "basis", "items", "methods", "use_to"}
    assert "没有依据不能申请" in page.content.decode()
    assert not Request.objects.exists()


def test_who_asks_for_everything_is_asked_why(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    client = sign_in("user")
    every = ["code", "name", "phone"]
    page = ask(client, entry, answers, items=every)
    assert page.status_code == 422
    assert "您选择了全部 3 个信息项" in page.content.decode()
    assert ask(client, entry, answers, items=every, whole_reason="三项互为校验").status_code == 302
    assert Request.objects.get().whole_reason == "三项互为校验"


def test_a_raw_value_needs_a_reason(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    page = ask(sign_in("user"), entry, answers, raw_phone="1", reason_phone=" ")
    assert "申请明文请写明理由" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column_1": "phone", "items": ["code"]}, "未申请的信息项"),
        ({"column_1": "code", "values_1": ""}, "条件不完整"),
        ({"op_1": "like"}, "条件不完整"),
        ({"items": ["code", "secret"]}, "不在目录的现行版本中"),
        ({"system": str(new_id())}, "选择一个有效的选项"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    sign_in: SignIn, entry: Entry, answers: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    page = ask(sign_in("user"), entry, answers, **change)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_basis_that_lapsed_yesterday_can_neither_be_seen_nor_sent(
    sign_in: SignIn, entry: Entry, answers: dict[str, Any], basis: UUID
) -> None:
    client = sign_in("user")
    address = reverse("sharing:ask", args=[entry.pk])
    token = token_of(client.get(address))
    LegalBasis.objects.filter(pk=basis).update(valid_to=today())
    assert str(basis) not in client.get(address).content.decode()
    assert client.post(address, {**answers, "once": token}).status_code == 422


def test_a_second_click_makes_no_second_request(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    client, address = sign_in("user"), reverse("sharing:ask", args=[entry.pk])
    sent = {**answers, "once": token_of(client.get(address))}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1


def test_an_unfinished_request_is_kept_and_goes_on(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    client = sign_in("user")
    ask(client, entry, {"scenario": "还没想好", "items": ["code"]}, _draft="1")
    draft = Draft.objects.get()
    assert not Request.objects.exists()
    address = reverse("sharing:draft", args=[draft.pk])
    page = client.get(address)
    assert "还没想好" in page.content.decode()
    assert address in client.get(reverse("sharing:mine")).content.decode()
    assert sign_in("stranger_user").get(address).status_code == 404
    client.post(address, {**answers, "once": token_of(page)})
    assert not Draft.objects.exists()
    assert Request.objects.get().scenario == "户籍地址核对"


def test_an_earlier_request_is_copied(sign_in: SignIn, entry: Entry, accepted: Request) -> None:
    address = f"{reverse('sharing:ask', args=[entry.pk])}?copy={accepted.pk}"
    form = sign_in("user").get(address).context["form"]
    assert form.initial["purpose"] == accepted.purpose
    assert [row.info.name for row in form.item_rows() if row.chosen] == ["code", "phone"]
    assert sign_in("stranger_user").get(address).context["form"].initial.get("purpose") is None


def test_the_office_sends_back_and_the_writer_revises(sign_in: SignIn, entry: Entry, answers: dict[str, Any]) -> None:
    user, office = sign_in("user"), sign_in("office")
    ask(user, entry, answers)
    row = Request.objects.get()
    move(office, row, "send_back", note="用途写具体")
    assert "用途写具体" in user.get(reverse("sharing:request", args=[row.pk])).content.decode()
    assert row.number not in office.get(reverse("sharing:desk")).content.decode()
    address = reverse("sharing:revise", args=[row.pk])
    page = user.get(address)
    sent = {**answers, "once": token_of(page), "revision": page.context["form"].initial["revision"], "items": ["code"]}
    assert user.post(address, {**sent, "purpose": "逐户核对"}).status_code == 302
    row.refresh_from_db()
    assert (row.purpose, [item.name for item in row.items.all()]) == ("逐户核对", ["code"])
    assert row.number in office.get(reverse("sharing:desk")).content.decode()


def test_a_refusal_without_a_basis_does_not_pass_the_page(sign_in: SignIn, accepted: Request, basis: UUID) -> None:
    manager = sign_in("manager")
    code, _ = accepted.items.all()
    sent = desk_of(manager, accepted) | {f"decision_{code.pk}": "refuse", f"opinion_{code.pk}": "不便提供"}
    address = reverse("sharing:decide", args=[accepted.pk])
    page = manager.post(address, sent)
    assert page.status_code == 422
    assert "没有依据不能拒绝" in page.content.decode()
    forged = manager.post(address, sent | {f"basis_{code.pk}": str(basis)})
    assert "今天不能用作不予共享的依据" in forged.content.decode()
    code.refresh_from_db()
    assert code.status == ItemStatus.PENDING


def test_a_refusal_with_a_basis_that_lapsed_yesterday_is_impossible(
    sign_in: SignIn, accepted: Request, refusal: UUID
) -> None:
    manager = sign_in("manager")
    code, _ = accepted.items.all()
    sent = desk_of(manager, accepted) | {
        f"decision_{code.pk}": "refuse", f"basis_{code.pk}": str(refusal), f"opinion_{code.pk}": "涉密"
    }  # fmt: skip
    LegalBasis.objects.filter(pk=refusal).update(valid_to=today())
    assert manager.post(reverse("sharing:decide", args=[accepted.pk]), sent).status_code == 422
    assert not accepted.items.exclude(status=ItemStatus.PENDING).exists()


def test_a_double_click_on_the_desk_decides_once(sign_in: SignIn, accepted: Request) -> None:
    manager, address = sign_in("manager"), reverse("sharing:decide", args=[accepted.pk])
    sent = desk_of(manager, accepted) | {f"decision_{item.pk}": "grant" for item in accepted.items.all()}
    assert [manager.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert Grant.objects.count() == 1
    page = manager.get(reverse("sharing:request", args=[accepted.pk]))
    assert "已经提交过" in page.content.decode()


def test_a_page_that_somebody_overtook_changes_nothing(sign_in: SignIn, accepted: Request, refusal: UUID) -> None:
    manager, address = sign_in("manager"), reverse("sharing:decide", args=[accepted.pk])
    code, phone = accepted.items.all()
    stale = desk_of(manager, accepted) | {f"decision_{code.pk}": "grant", f"decision_{phone.pk}": "grant"}
    services.refuse_item(code, basis=refusal, opinion="涉密", actor=SYSTEM)
    page = manager.post(address, stale)
    assert page.status_code == 422
    assert "不予共享" in page.content.decode()
    assert accepted.items.get(pk=phone.pk).status == ItemStatus.PENDING


def test_alike_items_are_granted_together_as_asked(sign_in: SignIn, spec: RequestSpec, accepted: Request) -> None:
    manager, address = sign_in("manager"), reverse("sharing:decide", args=[accepted.pk])
    desk = manager.get(reverse("sharing:request", args=[accepted.pk])).context["desk"]
    assert desk.alike() == []
    accepted.items.update(grade=1, share_type="conditional")
    desk = manager.get(reverse("sharing:request", args=[accepted.pk])).context["desk"]
    assert [group.count for group in desk.alike()] == [2]
    manager.post(address, desk_of(manager, accepted) | {"alike": desk.alike()[0].code})
    masks = [item.mask["kind"] for item in accepted.items.all() if item.status == ItemStatus.GRANTED]
    assert masks == ["none", "keep"]


def test_the_desk_says_what_was_decided_before(
    sign_in: SignIn, spec: RequestSpec, accepted: Request, consumer: Any
) -> None:
    for item in accepted.items.all():
        services.grant_item(item, mask=Mask(), actor=SYSTEM)
    later = services.draft_request(spec, applicant=consumer.id, actor=SYSTEM)
    for step in (services.endorse, services.submit, services.accept):
        step(later, actor=SYSTEM)
    page = sign_in("manager").get(reverse("sharing:request", args=[later.pk]))
    assert [line.granted_before for line in page.context["desk"].lines()] == [1, 1]


def test_correction_pauses_and_extension_is_given_once(sign_in: SignIn, accepted: Request) -> None:
    authority, user = sign_in("authority"), sign_in("user")
    move(authority, accepted, "query", note="请说明用途")
    assert "暂停计时" in user.get(reverse("sharing:request", args=[accepted.pk])).content.decode()
    facts = {name: getattr(accepted, name) for name in ("scenario", "basis_note", "matter", "disposal")}
    assert move(user, accepted, "correct", purpose="逐户核对户籍", **facts).status_code == 302
    accepted.refresh_from_db()
    assert (accepted.status, accepted.purpose) == (RequestStatus.ACCEPTED, "逐户核对户籍")
    before = clocks_of(accepted).get(clock="sharing.reply_conditional").due_on
    assert move(authority, accepted, "extend", note="案情复杂").status_code == 302
    assert clocks_of(accepted).get(clock="sharing.reply_conditional").due_on > before
    assert move(authority, accepted, "extend", note="再延").status_code == 422


def test_holder_due_day_and_citation_are_always_visible(sign_in: SignIn, accepted: Request) -> None:
    page = sign_in("user").get(reverse("sharing:request", args=[accepted.pk])).content.decode()
    assert "省民政厅 数据管理员" in page
    assert "依据：样例" in page


def test_many_are_endorsed_at_once(sign_in: SignIn, spec: RequestSpec, consumer: Any) -> None:
    rows = [services.draft_request(spec, applicant=consumer.id, actor=SYSTEM) for _ in range(3)]
    office, address = sign_in("office"), reverse("sharing:desk")
    page = office.get(address)
    sent = {"bulk": "endorse", "once": page.context["once"], "selection": [str(row.pk) for row in rows]}
    office.post(address, sent)
    assert set(Request.objects.values_list("status", flat=True)) == {RequestStatus.ENDORSED}


def test_a_grant_is_suspended_resumed_and_revoked_with_a_reason(
    sign_in: SignIn, accepted: Request, entry: Entry
) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    services.decide(accepted, [services.Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    grant, manager = Grant.objects.get(), sign_in("manager")
    assert move(manager, grant, "suspend", note="").status_code == 422
    move(manager, grant, "suspend", note="超范围使用核查")
    user = sign_in("user")
    shown = user.get(reverse("sharing:grant", args=[grant.pk])).content.decode()
    assert "已暂停" in shown
    assert "超范围使用核查" in shown
    assert user.get(reverse("access:preview", args=[grant.right])).status_code == 302
    move(manager, grant, "resume", note="核查无误")
    assert user.get(reverse("access:preview", args=[grant.right])).status_code == 200
    move(sign_in("authority"), grant, "revoke", note="场景已终止")
    assert Grant.objects.get().status == GrantStatus.REVOKED


def test_the_consumer_cannot_control_its_own_grant(sign_in: SignIn, accepted: Request, entry: Entry) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    services.decide(accepted, [services.Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    grant = Grant.objects.get()
    address = reverse("sharing:resume", args=[grant.pk])
    assert sign_in("user").get(address).status_code == 403
    assert sign_in("office").get(address).status_code in (302, 403)


def test_a_retired_entry_takes_no_request_and_keeps_its_grants(
    sign_in: SignIn, accepted: Request, entry: Entry, answers: dict[str, Any]
) -> None:
    catalog.bind_table(entry.id, TableRef("mzt_plain", "region_county"), actor=SYSTEM)
    services.decide(accepted, [services.Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    catalog.retire(Entry.objects.get(pk=entry.pk), reason="职责划转", actor=SYSTEM)
    user, grant = sign_in("user"), Grant.objects.get()
    assert "可以用到" in user.get(reverse("sharing:grant", args=[grant.pk])).content.decode()
    assert user.get(reverse("access:preview", args=[grant.right])).status_code == 200
    page = ask(user, entry, answers)
    assert page.status_code == 422
    assert "已停用" in page.content.decode()


def test_renewal_is_a_new_request_that_names_the_old_grant(
    sign_in: SignIn, accepted: Request, entry: Entry, answers: dict[str, Any]
) -> None:
    services.decide(accepted, [services.Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    grant, user = Grant.objects.get(), sign_in("user")
    address = f"{reverse('sharing:ask', args=[entry.pk])}?renew={grant.pk}"
    page = user.get(address)
    assert page.context["form"].initial["use_from"] == grant.valid_to + timedelta(days=1)
    user.post(address, {**answers, "once": token_of(page)})
    assert Request.objects.get(renews=grant).status == RequestStatus.DRAFT
    foreign = sign_in("stranger_user").get(address)
    assert foreign.context["renews"] is None


def test_an_address_that_is_reloaded_after_a_decision_leads_home(sign_in: SignIn, accepted: Request) -> None:
    page = sign_in("manager").get(reverse("sharing:decide", args=[accepted.pk]))
    assert page["Location"] == reverse("sharing:request", args=[accepted.pk])


def test_what_waits_is_told_to_whom_it_waits_for(people: dict[str, Account], accepted: Request, provider: Any) -> None:
    from tulou.kernel.ui.todos import todos

    waiting = todos(acting(people["manager"], provider))
    assert [todo.due_on for todo in waiting if accepted.number in todo.title] != []
    assert isinstance(waiting[0].due_on, date)
