"""The sequencer: numbers without gaps, a head for every round, nothing written when idle, safe to kill anywhere."""

import io
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pymerkle
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from tulou.kernel.evidence import bundle_for, consistency, find, latest_checkpoint, log, proofs_for, queries, record
from tulou.kernel.evidence.auditor import audit
from tulou.kernel.evidence.models import EvidenceCheckpoint, EvidenceEntry, EvidenceTile
from tulou.kernel.evidence.sequencer import sequence
from tulou.kernel.identity import Actor
from tulou.trust import verifier
from tulou.trust.evidence import open_checkpoint
from tulou.trust.ids import new_id
from tulou.trust.keys import PublicKeys
from tulou.trust.merkle import verify_consistency, verify_inclusion

ACTOR = Actor.system("test")


def write(count: int, subject: str = "batch:1") -> None:
    for number in range(count):
        record("ingest.batch.landed", actor=ACTOR, subjects=[subject], data={"number": number})


@pytest.mark.django_db
def test_numbers_follow_time_and_heads_follow_numbers() -> None:
    write(3)
    assert sequence() == 3
    write(2)
    assert sequence() == 2
    rows = EvidenceEntry.objects.order_by("at", "id")
    assert [row.seq for row in rows] == [0, 1, 2, 3, 4]
    assert list(EvidenceCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 5]


@pytest.mark.django_db
def test_idle_writes_nothing(django_assert_num_queries: object) -> None:
    write(1)
    sequence()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert sequence() == 0
    assert EvidenceCheckpoint.objects.count() == 1


@pytest.mark.django_db
def test_the_root_is_what_another_implementation_computes() -> None:
    write(300)
    while sequence(limit=77):
        pass
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in EvidenceEntry.objects.order_by("seq").values_list("leaf", flat=True):
        tree.append_entry(bytes(leaf))
    head = latest_checkpoint()
    assert head is not None
    assert head.size == 300
    assert head.root == tree.get_root()
    assert {(t.level, t.index): len(bytes(t.data)) // 32 for t in EvidenceTile.objects.all()} == {
        (0, 0): 256, (0, 1): 44, (1, 0): 1,
    }  # fmt: skip


@pytest.mark.django_db
def test_proofs_verify_and_heads_are_consistent() -> None:
    write(40, "grant:a")
    sequence()
    first = latest_checkpoint()
    write(300, "grant:b")
    sequence()
    proofs = proofs_for([found.id for found in find("grant:a", "grant:b", limit=400)][::17])
    second = proofs.checkpoint
    assert first is not None
    for item in proofs.items:
        assert item.entry.seq is not None
        assert verify_inclusion(item.entry.leaf_hash, item.entry.seq, second.size, item.path, second.root)
    assert verify_consistency(40, 340, consistency(40, 340), first.root, second.root)


@pytest.mark.django_db
def test_a_bundle_convinces_an_outsider_and_a_changed_one_does_not(tmp_path: Path) -> None:
    write(5, "request:7")
    sequence()
    write(3)
    sequence()
    data = bundle_for([found.id for found in find("request:7")], "申请 7 的办理过程", known=[5])
    keys = log.keys().public_list()
    good = tmp_path / "good.zip"
    good.write_bytes(data)
    assert verifier.verify_bundle(data, keys).ok
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        leaf = archive.read("records/000001.json")
    changed = data.replace(leaf, leaf.replace(b'"number":0', b'"number":1'))
    assert changed != data
    assert not verifier.verify_bundle(changed, keys).ok


@pytest.mark.django_db
def test_a_leaf_that_is_not_sealed_cannot_be_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 0.2)
    write(1, "grant:c")
    with pytest.raises(ValidationError, match="尚未入链"):
        proofs_for([find("grant:c")[0].id])
    with pytest.raises(ValidationError, match="没有编号"):
        proofs_for([new_id()])


@pytest.mark.django_db
def test_outsiders_read_head_tiles_keys_and_verifier_without_login(client: Client) -> None:
    assert client.get("/evidence/checkpoint").status_code == 404
    write(260)
    sequence()
    keys = PublicKeys(client.get("/evidence/keys.json").json()["keys"])
    head = open_checkpoint(client.get("/evidence/checkpoint").content.decode(), keys)
    assert head.size == 260
    full, last = client.get("/evidence/tile/0/0"), client.get("/evidence/tile/0/1")
    assert (len(full.content), len(last.content)) == (256 * 32, 4 * 32)
    assert "immutable" in full["Cache-Control"]
    assert last["Cache-Control"] == "no-cache"
    assert client.get("/evidence/tile/0/2").status_code == 404
    assert client.get("/evidence/tile/99999999999999999999/0").status_code == 404
    assert b"def " in client.get("/evidence/verifier.py").content
    assert client.post("/evidence/checkpoint").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_two_sequencers_leave_no_gap() -> None:
    problems: list[BaseException] = []
    done = threading.Event()

    def guarded(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    def keep_sealing() -> None:
        while not done.is_set():
            sequence(limit=13)

    writers = [threading.Thread(target=guarded, args=(lambda: write(40),)) for _ in range(8)]
    sealers = [threading.Thread(target=guarded, args=(keep_sealing,)) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    while sequence():
        pass
    assert problems == []
    assert list(EvidenceEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(320))
    assert audit(full=True).faults == ()


KILLED_AT = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from tulou.kernel.evidence import log, sequencer, tree

def kill(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function, times=1):
    left = [times]
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            kill()
        return result
    return call

step = sys.argv[1]
if step == "numbered":
    tree.tiles_at = kill
elif step == "first tile":
    tree.DatabaseTiles.write = after(tree.DatabaseTiles.write)
elif step == "all tiles":
    sequencer.checkpoint = kill
elif step == "head":
    sequencer.EvidenceCheckpoint.objects.create = after(sequencer.EvidenceCheckpoint.objects.create)
elif step == "committed":
    sequencer._seal = after(sequencer._seal, 10**9)
sequencer.sequence()
if step == "committed":
    kill()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["numbered", "first tile", "all tiles", "head", "committed"])
def test_killed_at_any_step_the_log_is_whole(step: str, child_environment: dict[str, str]) -> None:
    write(300)
    sequence()
    write(300)
    ended = subprocess.run([sys.executable, "-c", KILLED_AT, step], env=child_environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    sealed = 600 if step == "committed" else 300
    assert EvidenceEntry.objects.exclude(seq=None).count() == sealed
    assert audit(full=True).size == sealed
    write(5)
    while sequence():
        pass
    assert list(EvidenceEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(605))
    assert audit(full=True).faults == ()
