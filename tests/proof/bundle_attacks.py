"""The campaign against evidence bundles: seeded attacks of every named class, each to be found and named.

    python -m tests.proof.bundle_attacks --count 10000 --seed 1

An attack is *found* when the verifier refuses the bundle, and *named* when one
of its faults says both what was done and to which file. Some attackers only
hold the bundle; others hold the node's signing key too (insiders), and the
worst also rewrite the log under its own key. The last line printed is JSON.
"""

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field

from tests.proof import insiders, outsiders
from tests.proof.attack import Attack, Attacker
from tests.proof.bundle_world import World
from tulou.trust import verifier

WORLDS = 8
ATTACKERS: dict[str, list[Attacker]] = {
    name: outsiders.attack.get(name, []) + insiders.attack.get(name, [])
    for name in dict.fromkeys([*outsiders.attack, *insiders.attack])
}


@dataclass
class Tally:
    """How many of a class were tried, found and named."""

    count: int = 0
    found: int = 0
    named: int = 0


@dataclass
class Result:
    """A campaign's outcome; `misses` tells how to repeat each failure."""

    seed: int
    count: int = 0
    found: int = 0
    named: int = 0
    genuine_accepted: int = 0
    genuine_refused: int = 0
    classes: dict[str, Tally] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every attack was found and named, and every genuine bundle accepted."""
        return self.count == self.found == self.named and self.genuine_refused == 0


def run(count: int, seed: int) -> Result:
    """Mount `count` attacks, the classes in turn, and a genuine bundle beside every tenth."""
    result = Result(seed)
    worlds: dict[int, World] = {}
    turns = Counter[str]()
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        place = number // 40 % WORLDS
        # Every eighth world speaks the national suite.
        world = worlds.get(place) or World(seed * 1000 + place, "gm-1" if place == WORLDS - 1 else "intl-1")
        worlds[place] = world
        name = list(ATTACKERS)[number % len(ATTACKERS)]
        attacker = ATTACKERS[name][turns[name] % len(ATTACKERS[name])]
        turns[name] += 1
        mount(result, name, attacker, world, rng, f"{attacker.__name__} seed={seed} number={number}")
        if number % 10 == 0:
            report = verifier.verify_bundle(world.build(world.picked), world.key_list())
            result.genuine_accepted += report.ok
            result.genuine_refused += not report.ok
    return result


def mount(result: Result, name: str, attacker: Attacker, world: World, rng: random.Random, label: str) -> None:
    """Mount one attack and count what became of it."""
    mounted: Attack = attacker(world, rng)
    keys = world.key_list() if mounted.keys is None else mounted.keys
    report = verifier.verify_bundle(mounted.data, keys, mounted.known)
    named = bool(mounted.expected & {(fault.code, fault.part) for fault in report.faults})
    tally = result.classes.setdefault(name, Tally())
    for each in (result, tally):
        each.count += 1
        each.found += not report.ok
        each.named += named
    if not named:
        seen = [(fault.code, fault.part) for fault in report.faults]
        result.misses.append(f"{name}: {label} expected {sorted(mounted.expected)} saw {seen[:6]}")


def main() -> int:
    """Run a campaign from the command line; the exit code is 0 when nothing was missed."""
    parser = argparse.ArgumentParser(description="证据包攻击演练")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = run(options.count, options.seed)
    for miss in result.misses[:20]:
        print(miss, file=sys.stderr)
    print(json.dumps({"name": "bundle-attacks", "ok": result.ok, **asdict(result)}, ensure_ascii=False))
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
