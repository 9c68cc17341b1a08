"""What `record` promises: one leaf in the caller's transaction, signed, without anything personal, forever."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tulou.kernel.evidence import by_actor, entry_of, find, record
from tulou.kernel.evidence.guard import PersonalValue, refuse_personal
from tulou.kernel.evidence.models import EvidenceEntry
from tulou.kernel.evidence.queries import opened_promise
from tulou.kernel.evidence.sequencer import sequence
from tulou.kernel.identity import Actor
from tulou.trust.canonical import NotCanonical
from tulou.trust.evidence import Leaf
from tulou.trust.ids import new_id

CLERK = Actor.system("test")


def somebody() -> Actor:
    return Actor(person=new_id(), party=new_id(), kind="person", label="数据管理员")


@pytest.mark.django_db
def test_a_leaf_says_who_did_what_to_what() -> None:
    actor = somebody()
    subject = f"grant:{new_id()}"
    promise = record("sharing.grant.issued", actor=actor, subjects=[subject], data={"rows": 3, "columns": ["姓名"]})
    [found] = find(subject)
    assert found.leaf.actor.party == str(actor.party)
    assert found.leaf.actor.person == str(actor.person)
    assert found.leaf.data == {"rows": 3, "columns": ["姓名"]}
    assert found.leaf_hash == promise.leaf_hash == found.leaf.hash()
    assert Leaf.from_bytes(bytes(EvidenceEntry.objects.get(id=found.id).leaf)) == found.leaf
    assert opened_promise(found).leaf_hash == promise.leaf_hash
    assert entry_of(promise) == found


@pytest.mark.django_db
def test_ids_in_data_become_text() -> None:
    key = new_id()
    promise = record("access.plan.issued", actor=CLERK, subjects=[], data={"plan": key, "pair": (key, 1)})
    found = entry_of(promise)
    assert found is not None
    assert found.leaf.data == {"plan": str(key), "pair": [str(key), 1]}


@pytest.mark.django_db
def test_the_leaf_is_gone_when_the_business_is_rolled_back() -> None:
    subject = f"entry:{new_id()}"
    with transaction.atomic():
        record("catalog.entry.published", actor=CLERK, subjects=[subject])
        transaction.set_rollback(True)
    assert find(subject) == []


@pytest.mark.django_db
def test_queries_by_actor_are_bounded_in_time() -> None:
    actor = somebody()
    for kind in ("sharing.request.submitted", "sharing.request.withdrawn"):
        record(kind, actor=actor, subjects=[])
    newest_first = [found.kind for found in by_actor(party=actor.party)]
    assert newest_first == ["sharing.request.withdrawn", "sharing.request.submitted"]
    assert len(by_actor(person=actor.person)) == 2
    assert by_actor(person=actor.person, until=timezone.now() - timedelta(hours=1)) == []
    with pytest.raises(ValueError, match="party"):
        by_actor()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [
        {"who": "11010519491231002X"},
        {"note": "联系电话13800138000，请回电"},
        {"list": [{"phone": "+86 13912345678"}]},
        {"number": 13800138000},
        {"350102199003078888": "键也不行"},
    ],
)
def test_personal_values_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(PersonalValue, match="身份证号或手机号"):
        record("ingest.batch.landed", actor=CLERK, subjects=[], data=data)
    assert EvidenceEntry.objects.count() == 0


@given(st.uuids(), st.binary(min_size=32, max_size=32), st.integers(0, 10**9))
def test_ids_hashes_and_counts_are_not_taken_for_personal(key: UUID, digest: bytes, count: int) -> None:
    refuse_personal({"id": str(key), "sha256": digest.hex(), "rows": count})


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"ratio": 0.5}, {"when": timezone.now()}, {"set": {1, 2}}])
def test_what_has_no_canonical_form_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(NotCanonical):
        record("ingest.batch.landed", actor=CLERK, subjects=[], data=data)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE evidence_entry SET kind = 'x.y.z'",
        "UPDATE evidence_entry SET seq = NULL",
        "UPDATE evidence_entry SET seq = 7",
        "UPDATE evidence_entry SET leaf = '\\x00', seq = 9",
        "DELETE FROM evidence_entry",
        "INSERT INTO evidence_entry (id, at, kind, leaf, leaf_hash, promise, subjects, seq)"
        " SELECT gen_random_uuid(), at, kind, leaf, '\\x01', promise, subjects, 99 FROM evidence_entry",
        "UPDATE evidence_tile SET data = '\\x00'",
        "DELETE FROM evidence_tile",
        "UPDATE evidence_checkpoint SET token = 'x'",
        "DELETE FROM evidence_checkpoint",
    ],
)
def test_the_database_refuses_to_change_the_log(attack: str) -> None:
    record("ingest.batch.landed", actor=CLERK, subjects=[])
    sequence()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


@pytest.mark.django_db
def test_a_waiting_entry_can_only_be_numbered() -> None:
    record("ingest.batch.landed", actor=CLERK, subjects=[])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_entry SET seq = 0, kind = 'x.y.z'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_entry")
