"""Who may trace what: auditor and bureau everything, a provider its own entries, a consumer what it was granted."""

from typing import Literal
from uuid import UUID

from tulou.domains.directory.public import predecessors
from tulou.domains.security.targets import Target, resolve
from tulou.kernel.evidence import Entry
from tulou.kernel.identity import Actor
from tulou.kernel.permissions import ALL, may, organisations_where

TRACE, AUDIT = "security.trace", "security.audit"
View = Literal["all", "provider", "consumer"]
#: Acts that are told to every agency, since the entry they are about is published to all.
PUBLISHED = ("catalog.entry.publish", "catalog.entry.retire", "catalog.entry.endorse", "catalog.entry.submit")


def view_of(actor: Actor, target: Target) -> View | None:
    """How much of a target this viewer sees; None: nothing, not even that it exists."""
    if not may(actor, TRACE):
        return None
    if organisations_where(actor, TRACE) is ALL:
        return "all"
    own = predecessors(actor.party) if actor.party else frozenset()
    if target.provider in own:
        hidden = target.request is not None and target.request.status in ("draft", "endorsed")
        return None if hidden else "provider"
    return "consumer" if own & target.consumers else None


def may_see_leaf(actor: Actor, entry: Entry) -> bool:
    """A leaf is shown to who may trace all, to who acted, to whose agency it names, to who may trace its subject."""
    if organisations_where(actor, TRACE) is ALL or may(actor, AUDIT):
        return True
    if actor.person is None:
        return False
    by, own = entry.leaf.actor, {str(party) for party in (predecessors(actor.party) if actor.party else ())}
    if by.person == str(actor.person) or (by.party is not None and by.party in own):
        return True
    subjects = [subject.partition(":") for subject in entry.leaf.subjects]
    if any(noun in ("agency", "party") and key in own for noun, _, key in subjects):
        return True
    if entry.kind.startswith(PUBLISHED):
        return any(target.entry.version > 0 for target in _targets(entry))
    return any(view_of(actor, target) for target in _targets(entry))


def _targets(entry: Entry) -> list[Target]:
    """The narrowest things that a leaf is about: an entry counts only where nothing narrower is named."""
    found: dict[str, Target] = {}
    for subject in entry.leaf.subjects:
        noun, _, key = subject.partition(":")
        try:
            target = resolve(noun, UUID(key))
        except ValueError:
            continue
        if target is not None:
            found[noun] = target
    narrow = [target for noun, target in found.items() if noun != "entry"]
    return narrow or list(found.values())
