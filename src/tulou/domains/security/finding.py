"""追溯检索: from what somebody holds in hand (a number, an id, a hash, a name) to the things that can be traced."""

import re
from dataclasses import dataclass
from uuid import UUID

from tulou.domains.catalog import public as catalog
from tulou.domains.ingest import public as ingest
from tulou.domains.security.policies import view_of
from tulou.domains.security.targets import RESOLVERS, Target, resolve
from tulou.domains.sharing import public as sharing
from tulou.kernel.identity import Actor

HEX = re.compile(r"[0-9a-f]{64}")
CANDIDATES = 20


@dataclass(frozen=True)
class Candidate:
    """Something that can be traced and fits what was asked."""

    noun: str
    id: UUID
    kind: str
    title: str


def find(text: str, actor: Actor) -> list[Candidate]:
    """What fits and the viewer may trace; one hit may be opened at once."""
    text = text.strip()
    try:
        return _by_id(UUID(text.lower().removeprefix("urn:uuid:")), actor)
    except ValueError:
        pass
    if HEX.fullmatch(text.lower()):
        return _visible([("batch", key) for key in ingest.batches_by_digest(text.lower())], actor)
    numbered = _by_number(text.upper())
    return _visible(numbered, actor) if numbered else _by_name(text, actor)


def _by_id(key: UUID, actor: Actor) -> list[Candidate]:
    for noun in RESOLVERS:
        if found := _visible([(noun, key)], actor):
            return found
    return []


def _by_number(text: str) -> list[tuple[str, UUID]]:
    if batch := ingest.batch_by_number(text):
        return [("batch", batch.id)]
    if request := sharing.request_by_number(text):
        return [("request", request.id)]
    return []


def _by_name(text: str, actor: Actor) -> list[Candidate]:
    found = catalog.search_entries(text, actor, limit=CANDIDATES)
    known = catalog.entries([hit.object_id for hit in found.hits])
    targets = [Target("entry", key, "目录", entry.name, entry) for key, entry in known.items()]
    exact = [target for target in targets if target.entry.code == text]
    return [_candidate(target) for target in exact or targets if view_of(actor, target)]


def _visible(references: list[tuple[str, UUID]], actor: Actor) -> list[Candidate]:
    targets = [target for noun, key in references if (target := resolve(noun, key))]
    return [_candidate(target) for target in targets if view_of(actor, target)]


def _candidate(target: Target) -> Candidate:
    return Candidate(target.noun, target.id, target.kind, target.title)
