"""事项页与办理页: what the flow's table allows is what the page offers, and a stale page changes nothing."""

from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import path

from tulou.kernel.identity import Account, Actor
from tulou.kernel.permissions import Assignment, signed_in
from tulou.kernel.ui.moves import MovePage
from tulou.kernel.ui.pages import ObjectPage
from tulou.kernel.ui.tests import demo
from tulou.kernel.workflow import Flow
from tulou.kernel.workflow.tests.example import FLOW, Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@signed_in
class CasePage(ObjectPage):
    flow: ClassVar[Flow[Any] | None] = FLOW

    def get_object(self) -> Any:
        return Case.objects.filter(pk=self.kwargs["pk"]).first()


@signed_in
class CaseMove(MovePage):
    flow: ClassVar[Flow[Any]] = FLOW

    def get_object(self) -> Any:
        return Case.objects.filter(pk=self.kwargs["pk"]).first()

    def make(self, obj: Any, **facts: Any) -> object:
        return FLOW.advance(obj, self.move, actor=self.actor, **facts)


urlpatterns = [
    *demo.urlpatterns,
    path("cases/<uuid:pk>/", CasePage.as_view()),
    *[path(f"cases/<uuid:pk>/{move}/", CaseMove.as_view(move=move)) for move in FLOW.moves],
]


@pytest.fixture
def case(viewer: Client, account: Account, settings: LazySettings) -> Case:
    """A case which the viewer's organisation both files and examines."""
    settings.ROOT_URLCONF = "tulou.kernel.ui.tests.test_moves"
    here = (
        Assignment.objects.filter(person=account.party_id).order_by("created_at").values_list("organisation", flat=True)
    )
    actor = Actor(person=account.party_id, party=here[0], kind="person", label=account.label)
    return FLOW.begin(Case(name="婚姻登记核验", applicant=here[0], authority=here[0]), actor=actor)


def titles(viewer: Client, case: Case) -> list[str]:
    return [move.title for move in viewer.get(f"/cases/{case.pk}/").context["moves"]]


def post(viewer: Client, case: Case, move: str, revision: int) -> Any:
    data = {"once": str(uuid4()), "revision": revision, "note": "材料齐全"}
    return viewer.post(f"/cases/{case.pk}/{move}/", data)


def test_a_page_offers_what_the_table_allows_and_each_move_is_made_on_its_own_page(viewer: Client, case: Case) -> None:
    assert titles(viewer, case) == ["提交"]
    form = viewer.get(f"/cases/{case.pk}/submit/").content.decode()
    assert "确认提交" in form
    assert post(viewer, case, "submit", 0)["Location"] == f"/cases/{case.pk}/"
    assert titles(viewer, case) == ["退回补正", "延长", "同意"]


def test_the_page_shows_the_running_deadline_and_who_did_what(viewer: Client, case: Case) -> None:
    post(viewer, case, "submit", 0)
    context = viewer.get(f"/cases/{case.pk}/").context
    assert [due.title for due in context["page"].dues] == ["答复"]
    assert [(step.title, step.note) for step in context["timeline"]] == [("提交", "材料齐全"), ("建立", "")]
    assert context["timeline"][0].who == "福建省民政厅 · 省民政厅数据管理员"
    post(viewer, case, "query", 1)
    assert "已暂停计时" in viewer.get(f"/cases/{case.pk}/").content.decode()


def test_a_stale_page_changes_nothing_and_says_why(viewer: Client, case: Case) -> None:
    post(viewer, case, "submit", 0)
    post(viewer, case, "query", 1)
    refused = post(viewer, case, "grant", 1)
    assert refused.status_code == 422
    assert "退回补正" in refused.content.decode()
    case.refresh_from_db()
    assert case.status == "correcting"


def test_a_move_that_no_longer_starts_here_leads_back_to_the_object(viewer: Client, case: Case) -> None:
    post(viewer, case, "submit", 0)
    answer = viewer.get(f"/cases/{case.pk}/submit/", follow=True)
    assert answer.redirect_chain == [(f"/cases/{case.pk}/", 302)]
    assert "不能办理“提交”" in answer.content.decode()


def test_a_stranger_is_refused_before_seeing_a_form(viewer: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(applicant=uuid4())
    assert viewer.get(f"/cases/{case.pk}/submit/", headers={"Accept": "application/json"}).status_code == 403
    assert viewer.get(f"/cases/{uuid4()}/submit/").status_code == 404
