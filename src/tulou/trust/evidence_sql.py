"""The one INSERT of the evidence log, shared by the hub and the gateway so that both write the same row.

The table belongs to `kernel.evidence`. An entry is inserted without a number;
the clerk alone gives it one, in the order of time and id.
"""

from typing import Any, Final
from uuid import UUID

from tulou.trust.evidence import Leaf, Promise

INSERT_ENTRY: Final = """
INSERT INTO evidence_entry (id, at, kind, leaf, leaf_hash, promise, subjects, party, person)
VALUES (%(id)s, %(at)s, %(kind)s, %(leaf)s, %(leaf_hash)s, %(promise)s, %(subjects)s, %(party)s, %(person)s)
"""


def entry_params(leaf: Leaf, promise: Promise) -> dict[str, Any]:
    """The parameters of `INSERT_ENTRY` for a leaf and its promise."""
    return {
        "id": leaf.id,
        "at": leaf.at,
        "kind": leaf.kind,
        "leaf": leaf.to_bytes(),
        "leaf_hash": promise.leaf_hash,
        "promise": promise.token,
        "subjects": list(leaf.subjects),
        "party": UUID(leaf.actor.party) if leaf.actor.party else None,
        "person": UUID(leaf.actor.person) if leaf.actor.person else None,
    }
