"""The pages as each role sees them: from the choice of an entry to the receipt, and 404 for what is not one's own."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from tulou.domains.directory.models import Agency
from tulou.domains.ingest import panels, queries, services
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.tests.ground import GOOD, MIXED, Ground
from tulou.kernel.identity import Account, sessions
from tulou.kernel.ui.todos import todos

Viewer = Callable[..., Client]


@pytest.fixture
def viewer(ground: Ground) -> Viewer:
    """A browser in which somebody with this role is signed in."""

    def sign_in(role: str = "data_manager", agency: Agency | None = None) -> Client:
        actor = ground.actor(role, agency)
        request = RequestFactory().get("/")
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        sessions.open_session(request, Account.objects.get(party=actor.person))
        request.session.save()
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
        return client

    return sign_in


def leads_to(answer: Any) -> str:
    """Where a redirect leads."""
    return str(answer["Location"])


def upload(text: str, name: str = "区划.csv") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, text.encode()), "once": str(uuid4())}


def chosen(source: Source, **over: object) -> dict[str, object]:
    """The structure form as the page proposes it."""
    fields = {f"item_{name}": column for name, column in source.mapping.items()}
    return {**fields, "once": str(uuid4()), **over}


def test_a_data_manager_walks_from_entry_to_receipt(ground: Ground, viewer: Viewer) -> None:
    browser = viewer()
    assert "县级行政区划" in browser.get("/ingest/start/").content.decode()
    answer = browser.post(f"/ingest/start/{ground.entry.pk}/", upload(MIXED))
    source = Source.objects.get()
    assert leads_to(answer) == f"/ingest/sources/{source.pk}/"
    page = browser.get(leads_to(answer)).content.decode()
    assert "结构一致" in page
    assert "9×6" in page
    assert not any(value in page for value in ("鼓楼区", "350102", "669000"))
    answer = browser.post(leads_to(answer), chosen(source))
    batch = Batch.objects.get()
    assert leads_to(answer) == f"/ingest/batches/{batch.pk}/"
    assert "正在排队" in browser.get(leads_to(answer)).content.decode()
    ground.work()
    fragment = browser.get(f"{leads_to(answer)}progress/")
    assert fragment["HX-Refresh"] == "true"
    page = browser.get(leads_to(answer)).content.decode()
    assert "下载退回清单" in page
    assert "补报更正后的数据" in page
    assert "人口" in page
    receipt = browser.get(f"{leads_to(answer)}receipt/").content.decode()
    assert "送达 4 = 入库 2 + 退回 2" in receipt
    told = json.loads(browser.get(f"{leads_to(answer)}receipt.json").content)
    assert (told["sent"], told["accepted"], told["rejected"]) == (4, 2, 2)


def test_the_same_form_sent_twice_starts_one_batch(ground: Ground, viewer: Viewer) -> None:
    browser, source = viewer(), ground.drop(GOOD)
    form = chosen(source)
    first = browser.post(f"/ingest/sources/{source.pk}/", form)
    second = browser.post(f"/ingest/sources/{source.pk}/", form)
    assert leads_to(first) == leads_to(second)
    assert Batch.objects.count() == 1


def test_the_same_content_again_leads_to_the_standing_receipt(ground: Ground, viewer: Viewer) -> None:
    standing = ground.send(GOOD)
    browser, source = viewer(), ground.drop(GOOD, "再来一次.csv")
    answer = browser.post(f"/ingest/sources/{source.pk}/", chosen(source), follow=True)
    assert answer.redirect_chain[-1][0] == f"/ingest/batches/{standing.pk}/"
    assert "没有重复入库" in answer.content.decode()


def test_drift_is_shown_with_its_remedy_and_kept_on_the_form(ground: Ground, viewer: Viewer) -> None:
    ground.send(GOOD)
    browser, source = viewer(), ground.drop(GOOD.replace("名称", "区划名称"))
    page = browser.get(f"/ingest/sources/{source.pk}/").content.decode()
    assert "来源中找不到信息项：名称" in page
    assert "来源中多出目录没有的列：区划名称" in page
    refused = browser.post(f"/ingest/sources/{source.pk}/", chosen(source))
    assert refused.status_code == 422
    assert "必须有来源列" in refused.content.decode()
    fixed = chosen(source, item_name="区划名称", ignored=["区划名称"])
    assert browser.post(f"/ingest/sources/{source.pk}/", fixed).status_code == 302
    entry = browser.get(f"/catalog/entry/{ground.entry.pk}/").content.decode()
    assert "数据汇聚" in entry


def test_an_unreadable_upload_says_what_to_do(ground: Ground, viewer: Viewer) -> None:
    browser = viewer()
    answer = browser.post(f"/ingest/start/{ground.entry.pk}/", upload("区划代码,名称,人口\n"), follow=True)
    page = answer.content.decode()
    assert "只有表头，没有数据行" in page
    assert "重新上传" in page
    assert "开始汇聚</button>" not in page


def test_a_failed_batch_shows_its_remedy_and_waits_in_the_to_dos(ground: Ground, viewer: Viewer) -> None:
    batch = ground.send(b"")
    page = viewer().get(f"/ingest/batches/{batch.pk}/").content.decode()
    assert "请检查是否传错了文件" in page
    assert "重新汇聚" in page
    assert [todo.source for todo in todos(ground.manager)] == ["汇聚未成功"]
    ground.send(MIXED)
    assert [todo.source for todo in todos(ground.manager)] == ["退回数据待更正"]
    assert todos(ground.actor("data_manager", ground.other)) == []


def test_rejected_rows_leave_by_the_gateway_alone(ground: Ground, viewer: Viewer) -> None:
    batch = ground.send(MIXED)
    answer = viewer().post(f"/ingest/batches/{batch.pk}/rejected/")
    assert answer.status_code == 303
    place = urlsplit(leads_to(answer))
    assert f"{place.scheme}://{place.netloc}" == settings.STREAMS_URL
    asked = parse_qs(place.query)
    assert asked["eq._batch"] == [str(batch.pk)]
    assert asked["plan"][0].startswith("access-plan.")
    for role in ("operator", "auditor"):
        assert viewer(role).post(f"/ingest/batches/{batch.pk}/rejected/").status_code == 403


def test_a_correction_names_the_batch_it_corrects(ground: Ground, viewer: Viewer) -> None:
    first, browser = ground.send(MIXED), viewer()
    answer = browser.post(f"/ingest/batches/{first.pk}/correct/", upload("区划代码,名称,人口\n350103,台江区,1\n"))
    source = Source.objects.exclude(pk=first.source_id).get()
    started = browser.post(leads_to(answer), chosen(source))
    ground.work()
    later = Batch.objects.exclude(pk=first.pk).get()
    assert later.resubmits == first
    page = browser.get(leads_to(started)).content.decode()
    assert "还有 1 行未更正" in page


def test_cancel_and_retry_are_pages_with_a_confirmation(ground: Ground, viewer: Viewer) -> None:
    batch, browser = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch, viewer()
    for move, status in (("cancel", "cancelled"), ("retry", "registered")):
        address = f"/ingest/batches/{batch.pk}/{move}/"
        assert browser.get(address).status_code == 200
        revision = Batch.objects.get(pk=batch.pk).revision
        browser.post(address, {"revision": revision, "note": "", "once": str(uuid4())})
        assert Batch.objects.get(pk=batch.pk).status == status


OWN_ONLY = ("/ingest/start/{entry}/", "/ingest/start/{entry}/database/", "/ingest/sources/{source}/")
OF_A_BATCH = ("", "progress/", "receipt/", "receipt.json")


def test_another_agency_s_ids_do_not_exist(ground: Ground, viewer: Viewer) -> None:
    batch = ground.send(MIXED)
    stranger = viewer("data_manager", ground.other)
    for address in OWN_ONLY:
        url = address.format(entry=ground.entry.pk, source=batch.source_id)
        assert stranger.get(url).status_code == 404, url
    for part in (*OF_A_BATCH, "correct/", "cancel/", "retry/"):
        assert stranger.get(f"/ingest/batches/{batch.pk}/{part}").status_code == 404, part
    assert stranger.post(f"/ingest/batches/{batch.pk}/rejected/").status_code == 404
    assert stranger.post(f"/ingest/sources/{batch.source_id}/look/").status_code == 404
    assert batch.number not in stranger.get("/ingest/").content.decode()


@pytest.mark.parametrize("role", ["operator", "auditor", "quality_officer", "catalog_reviewer"])
def test_the_bureau_reads_metadata_and_changes_nothing(ground: Ground, viewer: Viewer, role: str) -> None:
    batch = ground.send(MIXED)
    reader = viewer(role, ground.other)
    assert batch.number in reader.get("/ingest/").content.decode()
    for part in OF_A_BATCH:
        assert reader.get(f"/ingest/batches/{batch.pk}/{part}").status_code == 200, part
    page = reader.get(f"/ingest/batches/{batch.pk}/").content.decode()
    assert "下载退回清单" not in page
    for address in (f"/ingest/start/{ground.entry.pk}/", f"/ingest/sources/{batch.source_id}/"):
        assert reader.get(address).status_code == 403
    assert reader.get(f"/ingest/batches/{batch.pk}/retry/").status_code == 403


def test_who_has_no_part_in_aggregation_is_refused(ground: Ground, viewer: Viewer) -> None:
    assert viewer("data_user").get("/ingest/").status_code == 403
    assert Client().get("/ingest/", headers={"accept": "text/html"}).status_code == 302


def test_no_page_asks_more_as_batches_grow(
    ground: Ground, viewer: Viewer, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    batch = ground.send(MIXED)
    for number in range(3):
        ground.send(GOOD.replace("669000", str(number)))
    browser = viewer()
    for address in ("/ingest/", "/ingest/start/", "/ingest/sources/", f"/ingest/start/{ground.entry.pk}/",
                    f"/ingest/sources/{batch.source_id}/", f"/ingest/batches/{batch.pk}/",
                    f"/ingest/batches/{batch.pk}/receipt/", f"/ingest/batches/{batch.pk}/progress/"):  # fmt: skip
        with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
            assert browser.get(address).status_code == 200


def test_an_entry_shows_its_freshness_to_everybody(ground: Ground, viewer: Viewer) -> None:
    address = f"/catalog/entry/{ground.entry.pk}/"
    assert "尚未汇聚" in viewer().get(address).content.decode()
    batch = ground.send(GOOD)
    assert batch.number in viewer().get(address).content.decode()
    stranger = viewer("data_user", ground.other).get(address).content.decode()
    assert "数据更新至" in stranger
    assert batch.number not in stranger


def test_the_places_on_an_entry_s_page_cost_little(
    ground: Ground, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    ground.send(MIXED)
    request = RequestFactory().get("/")
    request.actor = ground.manager  # type: ignore[attr-defined]
    panels.load_action(request, ground.entry)
    del request._ingest_seen  # type: ignore[attr-defined]
    with django_assert_max_num_queries(12):
        assert panels.freshness_badge(request, ground.entry)
        assert panels.load_action(request, ground.entry)
        assert panels._drift(ground.entry.id) is None
        assert queries.batches_of(ground.entry.id).count() == 1
