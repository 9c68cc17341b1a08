"""What must be true of a hub after any kill, asked of its database, its lake's ledger and its evidence log.

Needs Django set up on the hub in question.
"""

from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tulou.domains.ingest.lake import lake
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.settling import RECEIPT
from tulou.kernel.calendar import set_rule
from tulou.kernel.evidence import auditor, find, sequencer
from tulou.kernel.outbox.models import OutboxDelivery, OutboxEvent
from tulou.kernel.workflow import timeline
from tulou.plane.tables import TableRef
from tulou.trust.keys import KeyStore
from tulou.trust.signed import open_signed

COUNTS = ("sent", "accepted", "rejected", "inserted", "changed", "unchanged")


CLOCKS = (
    "catalog.review", "catalog.update", "quality.accept", "quality.rectify", "quality.verify", "sharing.acceptance",
    "sharing.reply_unconditional", "sharing.reply_conditional", "sharing.delivery",
)  # fmt: skip


def lay_clocks() -> None:
    """The deadlines without which nothing begins."""
    for clock in CLOCKS:
        set_rule(clock, title=clock, amount=5, valid_from=date(2020, 1, 1), citation="样例")


def demand(held: bool, sentence: str) -> None:
    """Fail with a sentence, also under `python -O`."""
    if not held:
        raise AssertionError(sentence)


def demand_receipt(batch_id: UUID, *, sent: int) -> None:
    """The batch landed once; ledger, row, signed receipt, leaf, step and event say the same."""
    batch = Batch.objects.get(pk=batch_id)
    about = f"batch {batch.number}"
    demand(batch.status == "landed", f"{about} is {batch.status}: {batch.problem}")
    ledger = lake().batch(TableRef(batch.zone, batch.table), str(batch.id))
    if ledger is None:
        raise AssertionError(f"{about} is not in the ledger")
    demand(ledger.sent == sent == ledger.accepted + ledger.rejected, f"{about} does not reconcile: {ledger}")
    demand(all(getattr(batch, name) == getattr(ledger, name) for name in COUNTS), f"{about} differs from the ledger")
    told = open_signed(RECEIPT, batch.receipt, KeyStore(Path(settings.KEYS)), purpose="node")
    demand(all(told[name] == getattr(ledger, name) for name in COUNTS), f"{about}: the receipt differs")
    leaves = [entry for entry in find(f"batch:{batch.id}", limit=100) if entry.leaf.kind == "ingest.batch.landed"]
    demand([entry.leaf_hash.hex() for entry in leaves] == [batch.receipt_leaf], f"{about}: {len(leaves)} leaves")
    steps = [step.move for step in timeline(batch)]
    demand(steps.count("land") == 1, f"{about}: steps {steps}")
    events = OutboxEvent.objects.filter(name="ingest.batch_landed", payload__batch=str(batch.id))
    demand(events.count() == 1, f"{about}: told {events.count()} times")


def demand_sound_evidence(*, full: bool = True) -> int:
    """Seal what waits, audit the log, and find no event given up; how many leaves there are."""
    sequencer.sequence()
    report = auditor.audit(full=full)
    demand(not report.faults, f"the auditor found {report.faults}")
    dead = OutboxDelivery.objects.filter(state="dead")
    demand(not dead.exists(), f"{dead.count()} deliveries were given up: {[d.error for d in dead[:3]]}")
    return report.size
