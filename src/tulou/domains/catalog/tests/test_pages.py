"""The pages of the catalogue as each role: who sees what, what is refused, what does not exist for whom."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tulou.domains.catalog import services
from tulou.domains.catalog.models import Entry, IssuedCode
from tulou.domains.catalog.tests.ground import Ground
from tulou.domains.catalog.vocabulary import EntryStatus
from tulou.domains.directory.public import roles

pytestmark = pytest.mark.django_db

ROLES = (
    roles.DATA_MANAGER, roles.OFFICE_APPROVER, roles.CATALOG_REVIEWER, roles.SHARING_AUTHORITY, roles.QUALITY_OFFICER,
    roles.DATA_USER, roles.OPERATOR, roles.AUDITOR, roles.ADMINISTRATOR, roles.LEADER,
)  # fmt: skip
M, A, R, L = roles.DATA_MANAGER, roles.OFFICE_APPROVER, roles.CATALOG_REVIEWER, roles.LEADER
#: Pages without an object, and who may open them.
OPEN_TO: dict[str, tuple[str, ...]] = {
    "search": ROLES, "mine": (M, A, L), "desk": (R,), "start": (M,), "from-file": (M,), "from-database": (M,),
    "from-copy": (M,), "from-blank": (M,),
}  # fmt: skip
#: Pages of a foreign agency's published entry, as somebody of another agency opens them.
FOREIGN_PUBLISHED: dict[str, tuple[str, ...]] = {
    "entry": ROLES, "compare": ROLES, "edit": (), "offer": (), "change": (), "endorse": (), "submit": (), "recall": (),
    "review": (R,), "retire": (R,), "abandon-change": (), "endorse-change": (), "submit-change": (),
    "recall-change": (),
}  # fmt: skip


def test_a_page_opens_for_those_who_work_there(ground: Ground) -> None:
    for role in ROLES:
        client = ground.client("sjj" if role == R else "mzt", role)
        for page, allowed in OPEN_TO.items():
            status = client.get(reverse(f"catalog:{page}")).status_code
            assert status == (200 if role in allowed else 403), (role, page)


def test_a_published_entry_is_read_by_all_and_worked_on_by_its_own(ground: Ground) -> None:
    entry = ground.published()
    for role in ROLES:
        client = ground.client("sjj", role)
        for page, allowed in FOREIGN_PUBLISHED.items():
            status = client.get(reverse(f"catalog:{page}", args=[entry.pk])).status_code
            assert status == 200 if role in allowed else status in (302, 403), (role, page)


def test_a_foreign_draft_does_not_exist(ground: Ground) -> None:
    entry = ground.draft()
    for role in ROLES:
        client = ground.client("gat", role)
        for page in ("entry", "compare"):
            assert client.get(reverse(f"catalog:{page}", args=[entry.pk])).status_code == 404, (role, page)
        for page in FOREIGN_PUBLISHED.keys() - {"entry", "compare"}:
            url = reverse(f"catalog:{page}", args=[entry.pk])
            assert client.get(url).status_code in (403, 404), (role, page)
            assert client.post(url).status_code in (403, 404), (role, page)
        assert client.get(f"/api/v1/catalog/entries/{entry.pk}").status_code == 404, role
        assert entry.name not in client.get(reverse("catalog:search")).content.decode(), role
    assert Entry.objects.get(pk=entry.pk).status == EntryStatus.DRAFT


def test_a_reviewer_sees_what_was_submitted_and_not_what_is_prepared(ground: Ground) -> None:
    client = ground.client("sjj", R)
    assert client.get(reverse("catalog:entry", args=[ground.draft(name="草稿").pk])).status_code == 404
    submitted = ground.submitted(name="提交", table="b")
    assert client.get(reverse("catalog:review", args=[submitted.pk])).status_code == 200


def test_nobody_signed_out_reads_the_catalogue(ground: Ground) -> None:
    entry = ground.published()
    for url in (reverse("catalog:search"), reverse("catalog:entry", args=[entry.pk])):
        assert Client().get(url, headers={"accept": "text/html"})["Location"].startswith("/login/")
    assert Client().get("/api/v1/catalog/entries").status_code == 401


def test_the_entry_page_says_everything_and_hides_the_contact(ground: Ground) -> None:
    entry = ground.published()
    own = ground.client("mzt", M).get(reverse("catalog:entry", args=[entry.pk])).content.decode()
    other = ground.client("gat", M).get(reverse("catalog:entry", args=[entry.pk])).content.decode()
    for text in (entry.name, entry.resource_code or "", "福建省民政厅", "信息项", "无条件共享", "第1版"):
        assert text in own
        assert text in other
    assert "0591-00000000" in own
    assert "0591-00000000" not in other
    assert "部门审核通过" in own
    assert "部门审核通过" not in other


def test_the_entry_reads_as_of_a_day(ground: Ground) -> None:
    entry = ground.published()
    client = ground.client("gat", M)
    url = reverse("catalog:entry", args=[entry.pk])
    assert "当日没有已发布的版本" in client.get(url, {"on": "2019-01-01"}).content.decode()
    assert "当日使用的是第1版" in client.get(url, {"on": "2099-01-01"}).content.decode()
    assert client.get(url, {"on": "2019-02-30"}).status_code == 404


def test_a_change_in_preparation_is_hidden_from_others(ground: Ground) -> None:
    entry = ground.published()
    services.begin_change(entry, reason="增加字段", actor=ground.manager)
    services.save_content(entry, ground.content(abstract="尚未公布的摘要"), actor=ground.manager)
    own = ground.client("mzt", M)
    other = ground.client("gat", M)
    url, compare = reverse("catalog:entry", args=[entry.pk]), reverse("catalog:compare", args=[entry.pk])
    assert "尚未公布的摘要" in own.get(url).content.decode()
    assert "尚未公布的摘要" not in other.get(url).content.decode()
    assert "尚未公布的摘要" in own.get(compare, {"from": "1", "to": "draft"}).content.decode()
    assert other.get(compare, {"from": "1", "to": "draft"}).status_code == 404


def test_the_update_clock_shows_while_changing(ground: Ground) -> None:
    entry = ground.published()
    client = ground.client("mzt", M)
    form = {"once": str(uuid4()), "revision": entry.revision, "reason": "系统升级", "trigger_on": "2026-01-05"}
    answer = client.post(reverse("catalog:change", args=[entry.pk]), form)
    assert answer.status_code == 302
    assert "catalog.update" in client.get(reverse("catalog:entry", args=[entry.pk])).content.decode()
    assert "变更须在" in client.get(reverse("catalog:edit", args=[entry.pk])).content.decode()
    late = form | {"once": str(uuid4()), "trigger_on": "2999-01-01"}
    assert "不能晚于今天" in client.post(reverse("catalog:change", args=[entry.pk]), late).content.decode()


def test_abandoning_a_change_leaves_what_is_published(ground: Ground) -> None:
    entry = ground.published()
    services.begin_change(entry, reason="试改", actor=ground.manager)
    form = {"once": str(uuid4()), "revision": entry.revision, "note": "不改了"}
    assert ground.client("mzt", M).post(reverse("catalog:abandon-change", args=[entry.pk]), form).status_code == 302
    assert Entry.objects.get(pk=entry.pk).status == EntryStatus.PUBLISHED


def test_a_code_resolves_for_ever(ground: Ground) -> None:
    entry = ground.published()
    services.retire(entry, reason="职责取消", actor=ground.actor("sjj", R))
    client = ground.client("gat", M)
    code = IssuedCode.objects.get(entry=entry).code
    assert "/" in code
    answer = client.get(f"/catalog/code/{code}")
    assert answer["Location"] == reverse("catalog:entry", args=[entry.pk])
    assert "该目录已停用" in client.get(answer["Location"]).content.decode()
    assert client.get("/catalog/code/9/9").status_code == 404


def test_the_pages_of_agencies_duties_and_systems_show_their_entries(ground: Ground) -> None:
    entry = ground.published()
    client = ground.client("gat", M)
    for page, pk in (("agency", entry.provider_id), ("duty", entry.duty_id), ("system", entry.system_id)):
        assert entry.name in client.get(reverse(f"directory:{page}", args=[pk])).content.decode()


@pytest.mark.parametrize("page", ["search", "mine", "desk"])
def test_a_register_asks_as_much_for_many_rows_as_for_one(ground: Ground, page: str) -> None:
    make = ground.submitted if page == "desk" else ground.published
    refused: dict[str, Any] = {"share_type": "refused", "share_methods": [], "share_basis": _basis()}
    client = ground.client("sjj", R) if page == "desk" else ground.client("mzt", M)
    make(name="第一条", table="t0", **refused)
    one = _queries(client, page)
    for n in range(1, 6):
        make(name=f"又一条{n}", table=f"t{n}", **refused)
    assert _queries(client, page) == one
    assert one <= 30


def test_an_entry_page_asks_little(ground: Ground) -> None:
    entry = ground.published()
    client = ground.client("mzt", M)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("catalog:entry", args=[entry.pk]))
    assert len(asked) <= 30


def _queries(client: Client, page: str) -> int:
    client.get(reverse(f"catalog:{page}"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(f"catalog:{page}")).status_code == 200
    return len(asked)


def _basis() -> str:
    from tulou.domains.law.models import LegalBasis

    return str(LegalBasis.objects.get(code="pipl").id)
