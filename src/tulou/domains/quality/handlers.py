"""Reactions to what the rooms below tell, and the rules that every batch asks."""

from tulou.domains.catalog.public import EntryPublished
from tulou.domains.ingest.public import BatchLanded, batch, register_checks
from tulou.domains.quality import binding, finding
from tulou.domains.quality.rulebook import bound_rules
from tulou.kernel.outbox import handles

register_checks(bound_rules)


@handles(BatchLanded)
def count_batch(event: BatchLanded) -> None:
    """Score the batch, open or add to tickets for what failed, verify what was mended."""
    landed = batch(event.batch)
    if landed is not None:
        finding.note_batch(landed)


@handles(EntryPublished)
def refit_rules(event: EntryPublished) -> None:
    """A change of an entry may leave rules without their columns; those are set aside, with the reason."""
    binding.retire_misfits(event.entry, actor=finding.SYSTEM)
