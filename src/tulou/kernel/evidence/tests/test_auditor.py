"""The auditor: an unkept promise, an altered leaf, a lost leaf, a rewritten history — each is found and named."""

import time

import pytest
from django.db import connection, transaction

from tulou.kernel.evidence import log, record
from tulou.kernel.evidence.auditor import audit, standing_faults
from tulou.kernel.evidence.models import (
    EvidenceAudit,
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceFault,
    EvidenceTile,
)
from tulou.kernel.evidence.sequencer import sequence
from tulou.kernel.identity import Actor

ACTOR = Actor.system("test")


def write(count: int) -> None:
    for number in range(count):
        record("ingest.batch.landed", actor=ACTOR, subjects=["batch:1"], data={"number": number})


def tamper(sql: str) -> None:
    """Change rows as somebody would who owns the database and switches our triggers off."""
    tables = [model._meta.db_table for model in (EvidenceEntry, EvidenceTile, EvidenceCheckpoint)]
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_a_whole_log_has_no_faults_and_is_audited_once() -> None:
    write(300)
    sequence()
    report = audit()
    assert (report.checked, report.size, report.faults) == (300, 300, ())
    assert audit().checked == 0
    assert EvidenceAudit.objects.count() == 1
    assert standing_faults() == []


@pytest.mark.django_db(transaction=True)
def test_an_unkept_promise_is_recorded_and_stays_on_record_when_kept_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MERGE_DELAY", log.MERGE_DELAY / 20)
    write(1)
    late = EvidenceEntry.objects.get()
    time.sleep(2 * log.MERGE_DELAY.total_seconds())
    assert [(fault.code, fault.entry) for fault in audit().faults] == [("unkept", late.id)]
    assert [fault.entry for fault in standing_faults()] == [late.id]
    sequence()
    audit()
    assert standing_faults() == []
    assert EvidenceFault.objects.get().settled_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("UPDATE evidence_entry SET leaf = overlay(leaf PLACING '\\x39'::bytea FROM octet_length(leaf) - 40)"
         " WHERE seq = 7", "altered"),
        ("UPDATE evidence_entry SET subjects = '{batch:2}' WHERE seq = 7", "altered"),
        ("UPDATE evidence_entry SET party = gen_random_uuid() WHERE seq = 7", "altered"),
        ("UPDATE evidence_entry SET promise = (SELECT promise FROM evidence_entry WHERE seq = 8) WHERE seq = 7",
         "bad_promise"),
        ("DELETE FROM evidence_entry WHERE seq = 7", "missing"),
        ("UPDATE evidence_tile SET data = overlay(data PLACING '\\x00'::bytea FROM 40) WHERE level = 0", "broken_tree"),
        ("DELETE FROM evidence_tile WHERE level = 0", "broken_tree"),
        ("DELETE FROM evidence_checkpoint WHERE size > 10", "broken_tree"),
        ("UPDATE evidence_checkpoint SET root = sha256('x') WHERE size > 10", "bad_head"),
    ],
)  # fmt: skip
def test_tampering_is_found_by_a_full_audit(attack: str, code: str) -> None:
    write(10)
    sequence()
    write(10)
    sequence()
    assert audit().faults == ()
    tamper(attack)
    assert code in {fault.code for fault in audit(full=True).faults}
    assert code in {fault.code for fault in standing_faults()}


@pytest.mark.django_db
def test_an_altered_leaf_is_found_by_the_sample_of_a_usual_round_too() -> None:
    write(10)
    sequence()
    audit()
    tamper("UPDATE evidence_entry SET kind = 'ingest.batch.failed' WHERE seq = 3")
    altered = EvidenceEntry.objects.get(seq=3)
    assert ("altered", altered.id) in {(fault.code, fault.entry) for fault in audit(sample=10).faults}


@pytest.mark.django_db
def test_the_same_fault_is_recorded_once() -> None:
    write(3)
    sequence()
    tamper("DELETE FROM evidence_entry WHERE seq = 1")
    audit(full=True)
    audit(full=True)
    assert EvidenceFault.objects.filter(code="missing").count() == 1
