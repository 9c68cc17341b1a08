"""A seeded sample of the campaign against evidence bundles; `make prove` runs ten thousand."""

import random

import pytest

from tests.proof import bundle_attacks
from tests.proof.attack import Attack
from tests.proof.bundle_world import World
from tulou.trust import verifier

NAMED_CLASSES = {
    "changed-bytes", "deleted", "reordered", "repeated", "spliced", "older-checkpoint", "unlisted-key",
    "revoked-key", "wrong-suite", "archive-form", "rewritten-log", "wrong-purpose",
}  # fmt: skip


def test_every_attack_of_the_sample_is_found_and_named() -> None:
    result = bundle_attacks.run(360, seed=20260301)
    assert set(result.classes) == NAMED_CLASSES
    assert result.misses == []
    assert result.ok
    assert (result.count, result.found, result.named) == (360, 360, 360)
    assert result.genuine_accepted == 36
    assert min(tally.count for tally in result.classes.values()) >= 25


@pytest.mark.parametrize("suite", ["intl-1", "gm-1"])
def test_each_attacker_of_each_class_is_found_and_named(suite: str) -> None:
    world = World(3, suite)
    for name, attackers in bundle_attacks.ATTACKERS.items():
        for attacker in attackers:
            result = bundle_attacks.Result(3)
            bundle_attacks.mount(result, name, attacker, world, random.Random(attacker.__name__), attacker.__name__)
            assert result.ok, result.misses


def test_a_miss_is_counted_as_one() -> None:
    """The campaign itself must be able to fail: a genuine bundle passed off as an attack is a miss."""

    def harmless(world: World, rng: random.Random) -> Attack:
        return Attack(world.build(world.picked), frozenset({("changed", "index.txt")}))

    result = bundle_attacks.Result(1)
    bundle_attacks.mount(result, "changed-bytes", harmless, World(1), random.Random(1), "harmless")
    assert not result.ok
    assert (result.count, result.found, result.named) == (1, 0, 0)
    assert result.misses


def test_every_single_byte_of_a_bundle_counts() -> None:
    """Not a sample: each byte in turn is changed, and each time the bundle is refused."""
    world = World(5)
    data, keys = world.build(world.picked[:2]), world.key_list()
    survivors = []
    for offset in range(len(data)):
        changed = bytearray(data)
        changed[offset] ^= 1 << offset % 8
        if verifier.verify_bundle(bytes(changed), keys).ok:
            survivors.append(offset)
    assert survivors == []
