"""表单: errors beside their fields, one use per token, a service's refusal kept in words."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from tulou.kernel.identity import Account, Actor
from tulou.kernel.ui import once
from tulou.kernel.ui.models import Submission
from tulou.kernel.ui.tests import demo
from tulou.kernel.ui.tests.conftest import signed_in_client

pytestmark = pytest.mark.django_db


def filled(**over: Any) -> dict[str, Any]:
    return {
        "once": str(uuid4()), "name": "核验车辆", "share": "api", "channels": ["a"], "reason": "第八条", "promise": "on"
    } | over  # fmt: skip


def test_a_form_is_performed_once_and_a_second_click_is_led_to_the_result(viewer: Client) -> None:
    data = filled()
    first, second = viewer.post("/form/", data), viewer.post("/form/", data)
    assert first["Location"] == second["Location"] == "/object/?made=1"
    assert [facts["name"] for facts in demo.performed] == ["核验车辆"]
    assert "没有重复办理" in viewer.get("/object/").content.decode()


def test_two_persons_may_hold_the_same_token(viewer: Client, account: Account) -> None:
    token = uuid4()
    assert once.claim(token, Actor.system("other")) is None
    assert viewer.post("/form/", filled(once=str(token))).status_code == 302
    assert len(demo.performed) == 1


def test_errors_stand_beside_the_field_and_in_a_linked_summary(viewer: Client) -> None:
    answer = viewer.post("/form/", filled(name="", channels=[]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_name"' in page
    assert 'href="#id_channels_box"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert "有 2 处需要修改" in page
    assert "需求名称：请填写" in page
    assert "使用范围：请选择" in page
    assert "第八条" in page


def test_a_refusal_by_the_service_comes_back_as_errors_and_uses_no_token(viewer: Client) -> None:
    data = filled(name="重名")
    page = viewer.post("/form/", data).content.decode()
    assert "已有同名需求" in page
    assert "本单位今年的需求已满" in page
    assert viewer.post("/form/", data | {"name": "改名"}).status_code == 302


def test_a_missing_or_forged_token_is_an_expired_page(viewer: Client) -> None:
    for token in ("", "1' or '1'='1"):
        answer = viewer.post("/form/", filled(once=token))
        assert answer.status_code == 422
    assert demo.performed == []


def test_help_is_wired_to_its_field(viewer: Client) -> None:
    page = viewer.get("/form/").content.decode()
    assert 'aria-describedby="id_name_helptext"' in page
    assert 'id="id_name_helptext"' in page


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_submissions_perform_once(viewer: Client, account: Account) -> None:
    data = filled()
    places: list[str] = []
    start = threading.Barrier(4)

    def send() -> None:
        client = Client()
        signed_in_client(client, account)
        start.wait()
        places.append(client.post("/form/", data)["Location"])
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == ["/object/?made=1"] * 4
    assert len(demo.performed) == 1
    assert Submission.objects.count() == 1
