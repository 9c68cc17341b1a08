"""The life of a batch: dropped, matched, landed once, with a receipt that reconciles and can be proven."""

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.access.models import CopyHolder
from tulou.domains.access.public import rights_on
from tulou.domains.catalog.models import Entry
from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.public import BatchLanded, latest
from tulou.domains.ingest.settling import RECEIPT
from tulou.domains.ingest.tests.ground import GOOD, MIXED, Ground
from tulou.kernel import jobs
from tulou.kernel.calendar import today
from tulou.kernel.evidence import find
from tulou.kernel.outbox.models import OutboxEvent
from tulou.trust.keys import KeyStore
from tulou.trust.signed import open_signed


def test_a_batch_lands_with_a_receipt_that_reconciles(ground: Ground) -> None:
    batch = ground.send(MIXED)
    assert batch.status == "landed"
    assert (batch.sent, batch.accepted, batch.rejected) == (4, 2, 2)
    assert (batch.inserted, batch.changed, batch.unchanged, batch.standing) == (2, 0, 0, 2)
    assert batch.by_rule == {"name.required": 1, "people.type": 1}
    assert batch.sha256 == batch.source.sha256
    assert batch.snapshot is not None


def test_the_receipt_is_signed_and_its_leaf_is_in_the_log(ground: Ground, settings: object) -> None:
    batch = ground.send(MIXED)
    payload = open_signed(RECEIPT, batch.receipt, KeyStore(settings.KEYS), purpose="node")  # type: ignore[attr-defined]
    assert payload["sent"] == payload["accepted"] + payload["rejected"] == 4
    assert payload["leaf"] == batch.receipt_leaf
    kinds = [entry.leaf.kind for entry in find(f"batch:{batch.id}")]
    assert "ingest.batch.landed" in kinds


def test_others_are_told_once(ground: Ground) -> None:
    batch = ground.send(MIXED)
    told = OutboxEvent.objects.filter(name="ingest.batch_landed")
    assert [event.payload["by_rule"] for event in told] == [{"name.required": 1, "people.type": 1}]
    assert BatchLanded(**told[0].payload).sent == 4
    entry = Entry.objects.get(pk=ground.entry.pk)
    assert (entry.zone, entry.table) == ("mzt_plain", "region_county")
    assert (entry.data_updated_on, entry.data_rows) == (today(), 2)
    rights = {right.table: right for right in rights_on(ground.entry.id)}
    assert set(rights) == {"region_county", "region_county__rejected"}
    assert all(right.caller == ground.agency.id and right.kind == "ownership" for right in rights.values())
    assert set(rights["region_county"].channels) == {"preview", "file"}
    held = {(copy.holder, copy.rows) for copy in CopyHolder.objects.filter(entry=ground.entry.id)}
    assert held == {("ingest.upload", 0), ("ingest.quarantine", 2)}
    found = latest(ground.entry.id)
    assert found is not None
    assert found.id == batch.id


def test_the_same_file_again_adds_nothing_and_gives_the_standing_receipt(ground: Ground) -> None:
    batch = ground.send(MIXED)
    again = services.start_batch(ground.drop(MIXED, "另一个名字.csv"), actor=ground.manager)
    assert (again.fresh, again.batch.pk) == (False, batch.pk)
    jobs.run_pending()
    assert Batch.objects.count() == 1


def test_two_clicks_on_start_make_one_batch(ground: Ground) -> None:
    source = ground.drop(GOOD)
    first = services.start_batch(source, actor=ground.manager)
    second = services.start_batch(source, actor=ground.manager)
    assert (first.fresh, second.fresh) == (True, False)
    assert first.batch.pk == second.batch.pk
    assert jobs.JobRun.objects.filter(kind="ingest.run").count() == 1


def test_a_later_file_changes_what_changed_and_leaves_the_rest(ground: Ground) -> None:
    ground.send(GOOD)
    later = ground.send(GOOD.replace("669000", "670000"))
    assert (later.sent, later.inserted, later.changed, later.unchanged) == (3, 0, 1, 2)
    assert later.standing == 3


def test_a_level_three_entry_lands_in_a_sealed_zone(ground: Ground) -> None:
    Entry.objects.filter(pk=ground.entry.pk).update(contains_personal=True)
    batch = ground.send(GOOD)
    assert (batch.status, batch.zone) == ("landed", "mzt_sealed")


def test_an_entry_that_became_sensitive_no_longer_lands_in_the_clear(ground: Ground) -> None:
    ground.send(GOOD)
    Entry.objects.filter(pk=ground.entry.pk).update(contains_personal=True)
    with pytest.raises(ValidationError, match="未加密的数据区"):
        services.start_batch(ground.drop(MIXED), actor=ground.manager)
