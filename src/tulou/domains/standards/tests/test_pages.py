"""The pages of the standards room: tables, editions, and codes that can be searched."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tulou.domains.standards.services import CodeSpec, EditionSpec, adopt_code_table
from tulou.kernel.identity import Account, Actor, Party
from tulou.kernel.ui.tests.conftest import signed_in_client

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")


@pytest.fixture
def client() -> Client:
    for version, start, label in (("2020", date(2019, 1, 1), "三元区"), ("2021", date(2021, 6, 1), "沙县区")):
        edition = EditionSpec("region", "行政区划代码", version, "样例", start, "GB/T 2260")
        codes = [CodeSpec("350000", "福建省"), CodeSpec("350403", label, "350000")]
        adopt_code_table(edition, codes, actor=SYSTEM)
    client = Client()
    person = Party.objects.create(kind="person")
    signed_in_client(client, Account.objects.create(login="reader", label="读者", party=person))
    return client


def test_a_table_shows_the_edition_in_force_and_keeps_the_others(client: Client) -> None:
    assert "GB/T 2260" in client.get(reverse("standards:tables")).content.decode()
    url = reverse("standards:table", args=["region"])
    now, then = client.get(url).content.decode(), client.get(url, {"edition": "2020"}).content.decode()
    assert "沙县区" in now
    assert "三元区" not in now
    assert "三元区" in then
    assert client.get(url, {"edition": "1999"}).status_code == 404
    assert client.get(reverse("standards:table", args=["nothing"])).status_code == 404


def test_codes_are_searched_within_an_edition(client: Client) -> None:
    url = reverse("standards:table", args=["region"])
    found = client.get(url, {"edition": "2020", "q": "三元"}).content.decode()
    assert "350403" in found
    assert "350000</span></th>" not in found
    assert "没有符合条件的记录" in client.get(url, {"edition": "2021", "q": "三元"}).content.decode()


def test_nobody_signed_out_reads_them() -> None:
    assert Client().get(reverse("standards:tables")).status_code in (302, 401)
