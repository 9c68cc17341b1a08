"""Attackers with keys: their own, revoked ones, the node's own, or the log's; and readers given a doctored key list.

A manifest signed again hides nothing that promises, proofs or a checkpoint
known from elsewhere can show.
"""

import json
import random
from typing import Any

from tests.proof.attack import Arsenal, Attack, genuine, names, pick
from tests.proof.bundle_world import OLD_SIZE, SIZE, Members, World, members_of, pack
from tulou.trust import bundle, evidence, keys
from tulou.trust.bundle import known_checkpoint
from tulou.trust.canonical import canonical, parse
from tulou.trust.signed import sign
from tulou.trust.verifier import record_name

attack = Arsenal()


def _with(members: Members, name: str, data: bytes) -> Members:
    return [(each, data if each == name else body) for each, body in members]


def _revoked(world: World, key: keys.Key) -> list[dict[str, Any]]:
    return [
        {**entry, "revoked": "2026-05-01T00:00:00+00:00" if entry["id"] == key.id else None}
        for entry in world.key_list()
    ]


# ---- the node's key signs a false manifest ----


@attack("changed-bytes")
def edited_and_signed_again(world: World, rng: random.Random) -> Attack:
    """A leaf rewritten by someone who can sign manifests."""
    members = genuine(world, rng)
    name, data = members[pick(members, rng)]
    record = parse(data)
    record["leaf"]["data"]["rows"] += rng.randint(1, 99)
    return Attack(pack(world.resign(_with(members, name, canonical(record)))), names(name, "changed"))


@attack("reordered")
def reordered_and_signed_again(world: World, rng: random.Random) -> Attack:
    """Records out of their log's order, under a manifest that lists them so."""
    members = genuine(world, rng)
    fixed, records = members[:4], [data for _, data in members[4:]]
    first = rng.randrange(len(records) - 1)
    records[first], records[first + 1] = records[first + 1], records[first]
    ordered = [(record_name(at), data) for at, data in enumerate(records)]
    return Attack(pack(world.resign([*fixed, *ordered])), names(record_name(first + 1), "reordered"))


@attack("repeated")
def repeated_and_signed_again(world: World, rng: random.Random) -> Attack:
    """One act listed twice by the node itself."""
    members = genuine(world, rng)
    fixed, records = members[:4], [data for _, data in members[4:]]
    twice = rng.randrange(len(records))
    records.insert(twice, records[twice])
    ordered = [(record_name(at), data) for at, data in enumerate(records)]
    return Attack(pack(world.resign([*fixed, *ordered])), names(record_name(twice + 1), "repeated"))


@attack("spliced")
def spliced_and_signed_again(world: World, rng: random.Random) -> Attack:
    """A genuine record of another log, under a manifest that lists it."""
    members = genuine(world, rng)
    name = members[pick(members, rng)][0]
    foreign = members_of(world.build([rng.randrange(SIZE)], log=world.other_log))[4][1]
    return Attack(pack(world.resign(_with(members, name, foreign))), names(name, "spliced"))


@attack("spliced")
def proof_of_another_record(world: World, rng: random.Random) -> Attack:
    """A record with the index and proof of another one, under a manifest that lists it."""
    members = genuine(world, rng)
    name, data = members[pick(members, rng)]
    other = world.log.record(rng.choice(world.others), SIZE)
    record = {**parse(data), "index": other.index, "proof": [value.hex() for value in other.proof]}
    return Attack(pack(world.resign(_with(members, name, canonical(record)))), names(name, "not-included"))


@attack("older-checkpoint")
def older_and_signed_again(world: World, rng: random.Random) -> Attack:
    """The node itself hides what came later, from a reader who knows a later checkpoint."""
    members = members_of(world.build(rng.sample(world.picked, 3), OLD_SIZE))
    known = parse(known_checkpoint(world.log.checkpoint(rng.randint(OLD_SIZE + 1, SIZE))))
    return Attack(pack(world.resign(members)), names("checkpoint.json", "stale-checkpoint"), known=known)


@attack("older-checkpoint")
def older_under_newer_proofs(world: World, rng: random.Random) -> Attack:
    """An older checkpoint under a manifest that fits it: the proofs lead elsewhere."""
    members = genuine(world, rng)
    point = world.log.checkpoint(rng.randint(OLD_SIZE, SIZE - 1))
    name = members[pick(members, rng)][0]
    signed = world.resign(_with(members, "checkpoint.json", canonical({"token": point.token})))
    return Attack(pack(signed), names(name, "not-included"))


# ---- the log's own key rewrites history ----


@attack("rewritten-log")
def forked_log(world: World, rng: random.Random) -> Attack:
    """A consistent false log under the genuine keys; a checkpoint known from before gives it away."""
    size = rng.randint(OLD_SIZE, SIZE)
    forged = world.build(rng.sample(range(OLD_SIZE), 4), log=world.forked)
    proofs = [world.forked.consistency(size, SIZE)] if size < SIZE else []
    known = parse(known_checkpoint(world.log.checkpoint(size), proofs))
    return Attack(forged, names("checkpoint.json", "inconsistent"), known=known)


@attack("rewritten-log")
def longer_log_unproven(world: World, rng: random.Random) -> Attack:
    """A log that claims to continue a known one and brings no proof."""
    known = parse(known_checkpoint(world.log.checkpoint(rng.randint(2, OLD_SIZE - 1))))
    forged = world.build(rng.sample(range(OLD_SIZE), 4), log=world.forked)
    return Attack(forged, names("checkpoint.json", "unproven"), known=known)


# ---- keys ----


@attack("unlisted-key")
def manifest_by_a_stranger(world: World, rng: random.Random) -> Attack:
    """Everything genuine but the hand that signed the manifest."""
    members = world.resign(genuine(world, rng), key=world.stranger)
    return Attack(pack(members), names("manifest.json", "unknown-key"))


@attack("unlisted-key")
def promise_by_a_stranger(world: World, rng: random.Random) -> Attack:
    """A promise under a key that is not listed, in a bundle signed again by the node."""
    members = genuine(world, rng)
    name, data = members[pick(members, rng)]
    record = parse(data)
    promise = world.log.record(record["index"], SIZE, key=world.strange_evidence).promise
    changed = canonical({**record, "promise": promise.token})
    return Attack(pack(world.resign(_with(members, name, changed))), names(name, "unknown-key"))


@attack("unlisted-key")
def checkpoint_by_a_stranger(world: World, rng: random.Random) -> Attack:
    """A checkpoint under a key that is not listed."""
    point = canonical({"token": world.log.checkpoint(SIZE, key=world.strange_evidence).token})
    members = world.resign(_with(genuine(world, rng), "checkpoint.json", point))
    return Attack(pack(members), names("checkpoint.json", "unknown-key"))


@attack("unlisted-key")
def key_missing_from_the_list(world: World, rng: random.Random) -> Attack:
    """A genuine bundle before a reader who was not given one of its keys."""
    key, part = rng.choice([(world.node, "manifest.json"), (world.evidence, "checkpoint.json")])
    listed = [entry for entry in world.key_list() if entry["id"] != key.id]
    return Attack(pack(genuine(world, rng)), names(part, "unknown-key"), keys=listed)


@attack("revoked-key")
def signed_by_a_revoked_key(world: World, rng: random.Random) -> Attack:
    """A bundle whose node key or log key has been revoked."""
    members = genuine(world, rng)
    record = members[pick(members, rng)][0]
    key, parts = rng.choice(
        [(world.node, ["manifest.json"]), (world.evidence, ["checkpoint.json", record])],
    )
    return Attack(pack(members), names(rng.choice(parts), "revoked-key"), keys=_revoked(world, key))


@attack("revoked-key")
def renamed_token_key(world: World, rng: random.Random) -> Attack:
    """A token that names another listed key than the one that signed it."""
    members = genuine(world, rng)
    body = json.loads(members[1][1])
    fields = body["token"].split(".")
    fields[1] = world.neighbour.id
    changed = _with(members, "checkpoint.json", canonical({"token": ".".join(fields)}))
    return Attack(pack(changed), names("checkpoint.json", "forged"))


@attack("wrong-suite")
def suite_swapped_in_the_list(world: World, rng: random.Random) -> Attack:
    """A key list that gives a key another suite, or another public half behind its id."""
    target = rng.choice([world.node, world.evidence])
    listed = world.key_list()
    for entry in listed:
        if entry["id"] == target.id and rng.random() < 0.5:
            entry["suite"] = "gm-1" if entry["suite"] == "intl-1" else "intl-1"
        elif entry["id"] == target.id:
            entry["public"] = keys.new_key("node", rng.choice(["intl-1", "gm-1"])).public.hex()
    return Attack(pack(genuine(world, rng)), names("keys", "wrong-suite"), keys=listed)


@attack("wrong-suite")
def digest_of_another_suite(world: World, rng: random.Random) -> Attack:
    """A manifest whose digests are not those of its key's suite."""
    names_ = [name for name in ("sha-256", "sm3", "md5") if name != bundle.DIGEST_OF_SUITE[world.suite]]
    members = world.resign(genuine(world, rng), digest=rng.choice(names_))
    return Attack(pack(members), names("manifest.json", "wrong-suite"))


@attack("wrong-suite")
def checkpoint_of_an_unknown_digest(world: World, rng: random.Random) -> Attack:
    """A checkpoint over a digest that nobody admits."""
    payload = {
        "v": 1,
        "origin": world.log.origin,
        "size": SIZE,
        "root": world.log.checkpoint(SIZE).root.hex(),
        "at": "2026-03-05T00:00:00.000000+00:00",
        "digest": rng.choice(["md5", "sha-1", "", "SHA-256"]),
    }
    token = sign(evidence.CHECKPOINT, payload, world.evidence)
    members = _with(genuine(world, rng), "checkpoint.json", canonical({"token": token}))
    return Attack(pack(world.resign(members)), names("checkpoint.json", "wrong-suite"))


@attack("wrong-suite")
def signed_in_the_other_suite(world: World, rng: random.Random) -> Attack:
    """A signature made in another suite, under the id of a listed key."""
    other = keys.new_key("node", "gm-1" if world.suite == "intl-1" else "intl-1")
    members = world.resign(genuine(world, rng), key=other)
    fields = json.loads(members[0][1])["token"].split(".")
    fields[1] = world.node.id
    changed = _with(members, "manifest.json", canonical({"token": ".".join(fields)}))
    return Attack(pack(changed), names("manifest.json", "forged"))


@attack("wrong-purpose")
def manifest_by_a_key_for_plans(world: World, rng: random.Random) -> Attack:
    """A listed key doing another key's work."""
    key = rng.choice([world.plans, world.evidence, world.neighbour])
    return Attack(pack(world.resign(genuine(world, rng), key=key)), names("manifest.json", "wrong-purpose"))
