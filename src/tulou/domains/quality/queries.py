"""Reads of quality, scoped to the viewer: the source, the reporter, and those who oversee all."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from tulou.domains.catalog.public import EntryInfo, entry, published
from tulou.domains.directory.public import predecessors
from tulou.domains.quality.models import CheckRun, RuleBinding, Ticket
from tulou.domains.quality.policies import acts_for
from tulou.domains.quality.vocabulary import TicketStatus
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, organisations_where
from tulou.kernel.workflow import Clock

READ = "quality.read"


def tickets(actor: Actor) -> QuerySet[Ticket]:
    """Tickets this viewer may see: of its own data, of its own reports, or all."""
    rows: QuerySet[Ticket] = Ticket.objects.select_related("entry", "provider", "reporter")
    reach = organisations_where(actor, READ)
    if reach is ALL:
        return rows
    if actor.party is None or not reach:
        return rows.none()
    places = predecessors(actor.party)
    return rows.filter(Q(provider__in=places) | Q(reporter__in=places))


def with_due(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The rows with the day on which their open clock runs out."""
    clocks = Clock.objects.filter(subject=OuterRef("pk"), stopped_on=None).order_by("due_on")
    return rows.annotate(
        due_on=Subquery(clocks.values("due_on")[:1]), provisional=Subquery(clocks.values("provisional")[:1])
    )


def open_tickets(entry_id: UUID) -> QuerySet[Ticket]:
    """Tickets of an entry that wait for something, newest first, whoever asks."""
    rows: QuerySet[Ticket] = Ticket.objects.filter(entry=entry_id).exclude(status=TicketStatus.CLOSED)
    return rows


def scored(entry_id: UUID) -> CheckRun | None:
    """The check that an entry's score rests on: the newest that counts and has a score."""
    return CheckRun.objects.filter(entry=entry_id, counts=True).exclude(total=None).first()


def scored_many(ids: Collection[UUID]) -> dict[UUID, CheckRun]:
    """The same for several entries at once."""
    rows = CheckRun.objects.filter(entry__in=ids, counts=True).exclude(total=None)
    newest = rows.order_by("entry_id", "-at", "-id").distinct("entry_id")
    return {row.entry_id: row for row in newest}


def history(entry_id: UUID, most: int = 30) -> list[CheckRun]:
    """The last checks that have a score, oldest first."""
    rows = CheckRun.objects.filter(entry=entry_id, counts=True).exclude(total=None)[:most]
    return list(reversed(rows))


def newest_runs(actor: Actor) -> QuerySet[CheckRun]:
    """The check on which the score of each entry rests, for entries that the viewer answers for or oversees."""
    better = CheckRun.objects.filter(entry=OuterRef("entry"), counts=True).exclude(total=None).order_by("-at", "-id")
    rows = CheckRun.objects.filter(pk=Subquery(better.values("pk")[:1])).select_related("entry", "entry__provider")
    waiting = Ticket.objects.filter(entry=OuterRef("entry")).exclude(status=TicketStatus.CLOSED)
    rows = rows.annotate(has_tickets=Exists(waiting))
    if organisations_where(actor, READ) is ALL:
        return rows
    return rows.filter(entry__provider__in=predecessors(actor.party)) if actor.party else rows.none()


def entry_for(actor: Actor, entry_id: UUID) -> EntryInfo | None:
    """The entry, if the viewer may know of it: published, its own, or overseen once it was published."""
    known = entry(entry_id)
    if known is None:
        return None
    overseen = known.version > 0 and organisations_where(actor, READ) is ALL
    seen = published(entry_id) or acts_for(actor, known.provider) or overseen
    return known if seen else None


def bindings(entry_id: UUID) -> QuerySet[RuleBinding]:
    """Every rule bound to an entry, disabled ones too."""
    return RuleBinding.objects.filter(entry=entry_id)


def binding_for(actor: Actor, binding_id: UUID) -> RuleBinding | None:
    """A bound rule of an entry that the viewer answers for; others cannot change it and need no form."""
    row = RuleBinding.objects.filter(pk=binding_id).first()
    if row is None:
        return None
    known = entry_for(actor, row.entry_id)
    return row if known is not None and acts_for(actor, known.provider) else None
