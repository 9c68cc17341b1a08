"""Every role × every address × own and foreign objects: what opens is what `expected.py` says, by reading and by
sending, and a refused attempt leaves no trace behind.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.walk.addresses import Address, addresses
from tests.walk.expected import RULES, Rule
from tests.walk.ground import WALKERS, Example, Walker, browser, examples, walker
from tulou.kernel.evidence.models import EvidenceEntry
from tulou.kernel.identity.models import SignIn
from tulou.kernel.jobs import JobRun
from tulou.kernel.permissions.guards import guard_of
from tulou.kernel.workflow import Step

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("walk"), pytest.mark.timeout(900)]
#: An answer that gives nothing. A redirect counts as one when it left nothing behind: it leads to a page that is
#: walked itself, as from a move that is not open to the object's own page.
REFUSED = {302, 401, 403, 404, 405}
MOST_QUERIES = 30
LOGIN = "/login/"
#: Answers 503 here, where nothing but the database runs.
UNWELL = "healthz"


def test_every_address_is_marked_and_has_its_row() -> None:
    known = addresses()
    assert [address.name for address in known if guard_of(address.view) is None] == []
    assert {address.name for address in known} == RULES.keys()
    public = {address.name for address in known if (guard := guard_of(address.view)) and guard.kind == "public"}
    assert public == {name for name, rule in RULES.items() if rule.public}


def may(who: Walker, rule: Rule, example: Example | None) -> bool:
    """What the table says."""
    if rule.everybody:
        return True
    if example is None or example.published:
        if who.roles & set(f"{rule.anywhere} {rule.shown}".split()):
            return True
    elif rule.published_only:
        return False
    if example is None:
        return False
    owners = {example.parts.get(part) for part in rule.parts}
    return bool(who.roles & set(rule.roles.split()) and {who.agency, who.account} & owners)


def visits(found: dict[str, list[Example]]) -> Iterator[tuple[Address, Rule, Example | None]]:
    """Every address with every example it takes."""
    for address in addresses():
        rule = RULES[address.name]
        if not address.parameters:
            yield address, rule, None
        for example in found[rule.noun] if address.parameters else ():
            yield address, rule, example


def _path(address: Address, example: Example | None) -> str:
    return address.path(example.keys if example else ())


@pytest.mark.parametrize("login", WALKERS)
def test_what_opens_to_a_role_is_what_the_table_says(login: str) -> None:
    who, client, found = walker(login), browser(login), examples()
    wrong, heavy = [], []
    for address, rule, example in visits(found):
        path = _path(address, example)
        with transaction.atomic():
            with CaptureQueriesContext(connection) as asked:
                status = client.get(path).status_code
            transaction.set_rollback(True)
        allowed = may(who, rule, example)
        if (
            (status >= 500 and address.name != UNWELL)
            or (allowed and status in REFUSED - {302, 405})
            or (not allowed and status not in REFUSED)
        ):
            wrong.append(f"{login} GET {address.name} {path}: {status}, allowed={allowed}")
        if len(asked) > MOST_QUERIES:
            heavy.append(f"{address.name} {path}: {len(asked)}")
    assert not wrong, "\n".join(wrong)
    assert not heavy, "\n".join(heavy)


@pytest.mark.parametrize("login", WALKERS)
def test_what_is_sent_by_a_role_is_taken_only_where_the_table_says(login: str) -> None:
    who, client, found = walker(login), browser(login), examples()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    wrong = []
    for address, rule, example in visits(found):
        path = _path(address, example)
        with transaction.atomic():
            before = _traces()
            body = {"once": str(uuid4()), "revision": "1", "note": "走查", "reason": "走查", "opinion": "走查"}
            status = client.post(path, body).status_code
            left = _traces() - before
            transaction.set_rollback(True)
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        allowed = may(who, rule, example)
        if (status >= 500 and address.name != UNWELL) or (not allowed and (status not in REFUSED or left)):
            wrong.append(f"{login} POST {address.name} {path}: {status}, {left} traces, allowed={allowed}")
    assert not wrong, "\n".join(wrong)


def _traces() -> int:
    """Everything that a command would have left."""
    open_sessions = SignIn.objects.filter(ended_at=None).count()
    return EvidenceEntry.objects.count() + Step.objects.count() + JobRun.objects.count() - open_sessions


def test_who_is_not_signed_in_is_led_to_the_door_or_reads_what_is_public() -> None:
    wrong = []
    for address, rule, example in visits(examples()):
        path = _path(address, example)
        for send in (Client(headers={"accept": "text/html"}).get, Client(headers={"accept": "text/html"}).post):
            with transaction.atomic():
                answer = send(path)
                transaction.set_rollback(True)
            led = answer.status_code == 302 and answer.headers["Location"].startswith(LOGIN)
            told = answer.status_code in (401, 405)  # an API tells programs; a page that takes nothing says so
            if not rule.public and not (led or told):
                wrong.append(f"{address.name}: {answer.status_code} {answer.headers.get('Location', '')}")
            closed = led and not address.name.startswith("accounts:")
            if rule.public and (closed or answer.status_code >= 500) and address.name != UNWELL:
                wrong.append(f"{address.name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_programs_that_are_not_signed_in_are_told_so() -> None:
    closed = [(a, e) for a, rule, e in visits(examples()) if not rule.public]
    assert [a.name for a, e in closed if Client().get(_path(a, e)).status_code != 401] == []
