"""Who sees what: every address with another agency's ids, every register by role, few questions to the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tulou.domains.access import public as access
from tulou.domains.catalog import services as catalog
from tulou.domains.catalog.models import Entry
from tulou.domains.catalog.public import items
from tulou.domains.sharing import services
from tulou.domains.sharing.models import Draft, Grant, Request
from tulou.domains.sharing.services import Decision, RequestSpec
from tulou.domains.sharing.tests.conftest import SYSTEM
from tulou.trust.ids import new_id
from tulou.trust.plans import PlanColumn, TableRef

pytestmark = pytest.mark.django_db
REF = TableRef("mzt_plain", "region_county")
SignIn = Callable[[str], Client]


def addresses(row: Request, grant: Grant, draft: Draft) -> dict[str, list[str]]:
    """Every address of the room that names an object."""
    moves = ("endorse", "send-back", "recall", "submit", "withdraw", "accept", "query", "correct", "extend",
             "decide", "revise")  # fmt: skip
    right = grant.right
    return {
        "request": [reverse(f"sharing:{name}", args=[row.pk]) for name in ("request", *moves)],
        "grant": [reverse(f"sharing:{name}", args=[grant.pk]) for name in ("grant", "suspend", "resume", "revoke")],
        "draft": [reverse("sharing:draft", args=[draft.pk])],
        "right": [reverse(f"access:{name}", args=[right]) for name in ("right", "preview", "file", "key")],
    }


@pytest.mark.parametrize("who", ["stranger_user", "stranger_manager", "stranger_office", "operator"])
def test_foreign_ids_open_nothing(sign_in: SignIn, accepted: Request, entry: Entry, consumer: Any, who: str) -> None:
    catalog.bind_table(entry.id, REF, actor=SYSTEM)
    services.decide(accepted, [Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    draft = services.keep_draft({"scenario": "密"}, entry=entry.id, applicant=consumer.id, actor=SYSTEM)
    client = sign_in(who)
    for group in addresses(accepted, Grant.objects.get(), draft).values():
        for address in group:
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code in (403, 404, 405), (who, address, answer.status_code)
                assert accepted.number not in answer.content.decode()


def test_unknown_and_withdrawn_ids_are_not_found(sign_in: SignIn, spec: RequestSpec, consumer: Any) -> None:
    drafted = services.draft_request(spec, applicant=consumer.id, actor=SYSTEM)
    for who in ("manager", "authority", "auditor"):
        assert sign_in(who).get(reverse("sharing:request", args=[drafted.pk])).status_code == 404
    for name in ("request", "grant", "revise"):
        assert sign_in("user").get(reverse(f"sharing:{name}", args=[new_id()])).status_code == 404
    services.withdraw(drafted, actor=SYSTEM)
    page = sign_in("user").get(reverse("sharing:submit", args=[drafted.pk]))
    assert page["Location"] == reverse("sharing:request", args=[drafted.pk])


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("user", {"mine": 200, "grants": 200, "desk": 403, "received": 403, "all": 403}),
        ("office", {"mine": 200, "grants": 200, "desk": 200, "received": 403, "all": 403}),
        ("manager", {"mine": 200, "grants": 200, "desk": 200, "received": 200, "all": 403}),
        ("authority", {"mine": 200, "grants": 200, "desk": 200, "received": 403, "all": 200}),
        ("auditor", {"mine": 200, "grants": 200, "desk": 403, "received": 403, "all": 200}),
        ("operator", {"mine": 403, "grants": 403, "desk": 403, "received": 403, "all": 403}),
    ],
)
def test_registers_open_to_those_whose_work_it_is(
    sign_in: SignIn, accepted: Request, who: str, pages: dict[str, int], django_assert_max_num_queries: Any
) -> None:
    client = sign_in(who)
    for name, status in pages.items():
        with django_assert_max_num_queries(30):
            assert client.get(reverse(f"sharing:{name}")).status_code == status, (who, name)
    export = client.get(reverse("sharing:grants") + "?export=csv")
    assert export.status_code == pages["grants"]


def test_pages_ask_few_questions(
    sign_in: SignIn, accepted: Request, entry: Entry, django_assert_max_num_queries: Any
) -> None:
    catalog.bind_table(entry.id, REF, actor=SYSTEM)
    manager, user = sign_in("manager"), sign_in("user")
    with django_assert_max_num_queries(30):
        manager.get(reverse("sharing:request", args=[accepted.pk]))
    with django_assert_max_num_queries(30):
        user.get(reverse("sharing:ask", args=[entry.pk]))
    services.decide(accepted, [Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    grant = Grant.objects.get()
    for client in (manager, user):
        with django_assert_max_num_queries(30):
            client.get(reverse("sharing:grant", args=[grant.pk]))


def test_the_entry_page_offers_asking_and_shows_use(sign_in: SignIn, accepted: Request, entry: Entry) -> None:
    catalog.bind_table(entry.id, REF, actor=SYSTEM)
    address, ask_here = reverse("catalog:entry", args=[entry.pk]), reverse("sharing:ask", args=[entry.pk])
    assert ask_here in sign_in("user").get(address).content.decode()
    assert ask_here not in sign_in("manager").get(address).content.decode()
    services.decide(accepted, [Decision(item.pk, True) for item in accepted.items.all()], actor=SYSTEM)
    grant_page = reverse("sharing:grant", args=[Grant.objects.get().pk])
    assert grant_page in sign_in("manager").get(address).content.decode()
    assert grant_page not in sign_in("stranger_user").get(address).content.decode()
    assert "现有 <b>1</b> 个单位使用" in sign_in("stranger_user").get(address).content.decode()


def test_a_provider_looks_at_its_own_data_without_asking(sign_in: SignIn, entry: Entry, provider: Any) -> None:
    catalog.bind_table(entry.id, REF, actor=SYSTEM)
    start = timezone.now()
    columns = tuple(PlanColumn(item.name, item.label) for item in items(entry.id))
    right = access.establish(
        access.RightSpec(
            kind="ownership", ref=f"entry:{entry.id}", caller=provider.id, entry=entry.id, table=REF, columns=columns,
            rows=(), channels=("preview", "file"), purpose="核对", valid_from=start, valid_to=start + timedelta(days=9),
        ),
        actor=SYSTEM,
    )  # fmt: skip
    address = reverse("access:preview", args=[right])
    assert address in sign_in("manager").get(reverse("catalog:entry", args=[entry.pk])).content.decode()
    assert sign_in("manager").get(address).status_code == 200
    assert sign_in("user").get(address).status_code == 404
    assert sign_in("provider_office").get(address).status_code == 403
