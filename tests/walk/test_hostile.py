"""What an address must never do: fail because of what stands in it, or take an id of another kind or another agency."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.forms import ChoiceField, ModelChoiceField
from django.test import Client

from tests.walk.addresses import Address, addresses
from tests.walk.expected import RULES
from tests.walk.ground import Example, browser, examples, walker
from tulou.domains.directory.models import Duty, InformationSystem
from tulou.kernel.evidence.models import EvidenceEntry
from tulou.kernel.workflow import Step

pytestmark = [pytest.mark.xdist_group("walk"), pytest.mark.timeout(900)]
#: Roles that open the most between them.
ROLES = ("mz-data", "bureau-admin", "auditor", "operator")
TEXTS = (
    "'; DROP TABLE catalog_entry; --", "1 OR 1=1", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "\x00",
    "<script>alert(1)</script>", "{{7*7}}", "９９９", "-1", "9" * 40, "a" * 3000, "𠮷", "%ff%fe", "\r\nX: y",
)  # fmt: skip
QUERY = ("q", "page", "sort", "per_page", "col", "export", "tab", "on", "from", "to", "entry", "copy", "renews", "next",
         "status", "type", "org")  # fmt: skip


def _status(client: Client, path: str, *, follow: bool = False) -> int:
    """How an address answers, at the end of its redirects where they are followed."""
    with transaction.atomic():
        status = int(client.get(path, follow=follow).status_code)
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("login", ROLES)
def test_no_text_in_an_address_breaks_a_page(login: str) -> None:
    client, broken = browser(login), []
    for address in addresses():
        if not address.parameters or RULES[address.name].public:
            continue
        for text in TEXTS:
            path = "/" + _filled(address, quote(text, safe=""))
            status = _status(client, path)
            if status >= 500 or status == 200:
                broken.append(f"{address.name} {path[:120]}: {status}")
    assert not broken, "\n".join(broken)


def _filled(address: Address, value: str) -> str:
    route = address.route
    while "<" in route:
        head, _, tail = route.partition("<")
        route = head + value + tail.partition(">")[2]
    return route


@pytest.mark.parametrize("login", ["mz-data", "auditor"])
def test_no_text_in_a_query_breaks_a_page(login: str) -> None:
    client, found, broken = browser(login), examples(), []
    paths = [a.path() for a in addresses() if not a.parameters and a.name not in ("healthz", "accounts:logout")]
    paths += [_path(a, found[RULES[a.name].noun][0]) for a in addresses() if a.name in ("catalog:entry", "sharing:ask")]
    for path in paths:
        for text in TEXTS:
            asked = "&".join(f"{name}={quote(text, safe='')}" for name in QUERY)
            if (status := _status(client, f"{path}?{asked}")) >= 500:
                broken.append(f"{path}?…={text[:30]!r}: {status}")
    assert not broken, "\n".join(broken)


def _path(address: Address, example: Example) -> str:
    return address.path(example.keys)


@pytest.mark.parametrize("login", ROLES)
def test_an_id_of_another_kind_is_not_found(login: str) -> None:
    client, found, wrong = browser(login), examples(), []
    ids = {noun: next((e.keys[-1] for e in some if isinstance(e.keys[-1], UUID)), None) for noun, some in found.items()}
    for address in addresses():
        noun = RULES[address.name].noun
        if len(address.parameters) != 1 or not isinstance(found[noun][0].keys[0] if found[noun] else None, UUID):
            continue
        for other, key in ids.items():
            if other in (noun, "traced", "rule-kind", "assignment") or key is None:
                continue
            if _status(client, address.path((key,)), follow=True) not in (403, 404, 405):
                wrong.append(f"{address.name} with the id of a {other}")
    assert not wrong, "\n".join(wrong)


def _offered(client: Client, path: str) -> Iterator[str]:
    """Fields of the page's form that take an id from a list."""
    with transaction.atomic():
        answer = client.get(path)
        transaction.set_rollback(True)
    form = (answer.context or {}).get("form") if answer.status_code == 200 else None
    for name, field in getattr(form, "fields", {}).items():
        choices = [str(value) for value, _ in getattr(field, "choices", ())]
        if isinstance(field, ModelChoiceField) or (isinstance(field, ChoiceField) and any(map(_is_id, choices))):
            yield name


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@pytest.mark.parametrize("login", ["mz-data", "gaj-consumer", "mz-approver"])
def test_a_form_takes_no_id_that_it_did_not_offer(login: str) -> None:
    """Ids of another agency's duties, systems and of nothing at all, in every field that takes an id."""
    who, client, found, taken, asked = walker(login), browser(login), examples(), [], 0
    foreign = [
        Duty.objects.exclude(agency=who.agency).latest("code").pk,
        InformationSystem.objects.exclude(agency=who.agency).latest("code").pk,
        uuid4(),
    ]
    for address in addresses():
        some = found[RULES[address.name].noun] if address.parameters else [None]
        for path in {address.path(example.keys if example else ()) for example in some}:
            for name in _offered(client, path):
                for key in foreign:
                    asked += 1
                    if _took(client, path, name, key):
                        taken.append(f"{address.name} {name}={key}")
    assert asked
    assert not taken, "\n".join(taken)


def _took(client: Client, path: str, name: str, key: UUID) -> bool:
    """Whether sending this id left anything behind."""
    with transaction.atomic():
        before = EvidenceEntry.objects.count() + Step.objects.count()
        status = client.post(path, {"once": str(uuid4()), "revision": "0", name: str(key)}).status_code
        left = EvidenceEntry.objects.count() + Step.objects.count() - before
        transaction.set_rollback(True)
    return left > 0 or status >= 500
