"""Kill -9 of any process of a running node while it works: batches, decisions, downloads.

After each kill the supervisor has restarted what died and the work has settled;
then the batches, the decisions, what left through the gateway, the meter and the
evidence log must agree. `python -m tests.chaos.node --kills 48 --seed 1` runs a
campaign and prints its result as one JSON line.
"""

import argparse
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tests.chaos.ground import NodeGround, demand_soon
from tulou.node.child import DEATHS, WITHIN

SCENES = ("batch", "download", "publish", "grant")
TARGETS = ("worker", "gateway", "streams", "clerk", "hub", "postgres")


class Scene(Protocol):
    """Work that is under way while something dies."""

    name: str

    def begin(self) -> None:
        """Start it, without waiting for its end."""

    def await_moment(self, fraction: float, span: float) -> None:
        """Wait until about this part of it is done; undisturbed it takes `span` seconds."""

    def settle(self) -> None:
        """Wait for its end, now that the node is well again."""

    def check(self) -> None:
        """Demand that everything agrees."""

    def told(self) -> dict[str, int]:
        """What happened, in figures."""
        ...


class Campaign:
    """Scenes and targets in an order drawn from the seed; every pair comes before any comes again."""

    def __init__(self, stage: NodeGround, scenes: Sequence[Scene], targets: Sequence[str], seed: int) -> None:
        self.stage, self.scenes, self.targets = stage, scenes, targets
        self.random = random.Random(seed)
        self.spans: dict[str, float] = {}
        self.kills: Counter[str] = Counter()
        self._heard: list[tuple[float, int]] = []

    def rehearse(self) -> None:
        """Play each scene undisturbed: how long it takes, and that it holds."""
        for scene in self.scenes:
            started = time.monotonic()
            scene.begin()
            scene.settle()
            self.spans[scene.name] = time.monotonic() - started
            scene.check()

    def run(self, kills: int) -> None:
        """Kill so many times, in turn in each scene."""
        pairs: list[tuple[Scene, str]] = []
        for _ in range(kills):
            if not pairs:
                orders = [self.random.sample(self.targets, len(self.targets)) for _ in self.scenes]
                pairs = [
                    (scene, order[n])
                    for n in range(len(self.targets))
                    for scene, order in zip(self.scenes, orders, strict=True)
                ]
            self._round(*pairs.pop(0))

    def _round(self, scene: Scene, target: str) -> None:
        self._let_the_supervisor_forget()
        moment = self.random.random()
        scene.begin()
        scene.await_moment(moment, self.spans[scene.name])
        self._kill(target)
        self.stage.refresh()
        try:
            scene.settle()
            scene.check()
            self.audit()
        except AssertionError as fault:
            raise AssertionError(f"{target} killed {moment:.0%} into {scene.name}: {fault}") from fault
        self.kills[f"{scene.name} × {target}"] += 1

    def _kill(self, target: str) -> None:
        node = self.stage.node
        before = node.process(target)
        os.kill(before, signal.SIGKILL)
        demand_soon(lambda: node.process(target) not in (0, before), lambda: f"{target} stays dead: {node.said()}")
        demand_soon(node.well, lambda: f"the node does not recover: {node.health()}")

    def _let_the_supervisor_forget(self) -> None:
        """It gives up a child that died too often within a minute, as it should: do not provoke that here."""
        while True:
            now, deaths = time.monotonic(), self.stage.node.said().count("正在重启")
            self._heard = [(at, known) for at, known in self._heard if now - at < WITHIN] + [(now, deaths)]
            if deaths - self._heard[0][1] < DEATHS - 1:
                return
            time.sleep(1)

    def audit(self, *, full: bool = False) -> int:
        """Demand a sound evidence log; how many leaves it has."""
        from tests.chaos.facts import demand_sound_evidence

        return demand_sound_evidence(full=full)


def run(kills: int, seed: int, names: Sequence[str] = SCENES, targets: Sequence[str] = TARGETS) -> dict[str, object]:
    """A campaign on a node of its own.

    Raises:
        AssertionError: something was lost, doubled, or not told.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tulou-chaos-") as folder:
        stage = NodeGround(Path(folder))
        try:
            scenes = _scenes(stage, names)
            campaign = Campaign(stage, scenes, targets, seed)
            campaign.rehearse()
            campaign.run(kills)
            leaves = campaign.audit(full=True)
        finally:
            stage.node.stop()
    told = {scene.name: scene.told() for scene in scenes}
    seconds = round(time.monotonic() - started)
    return {
        "campaign": "node", "seed": seed, "kills": dict(campaign.kills), **told, "evidence_leaves": leaves, "wrong": 0,
        "seconds": seconds,
    }  # fmt: skip


def _scenes(stage: NodeGround, names: Sequence[str]) -> list[Scene]:
    """Imported when Django is set up. Batches come first: others use the table that they fill."""
    from tests.chaos.batches import Batches
    from tests.chaos.decisions import Grants, Publications
    from tests.chaos.downloads import Downloads

    known: dict[str, Callable[[NodeGround], Scene]] = dict(
        zip(SCENES, (Batches, Downloads, Publications, Grants), strict=True)
    )
    return [known[name](stage) for name in SCENES if name in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenes", nargs="+", default=SCENES, choices=SCENES)
    parser.add_argument("--targets", nargs="+", default=TARGETS, choices=TARGETS)
    options = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever stops the campaign stops its node too
    print(json.dumps(run(options.kills, options.seed, options.scenes, options.targets), ensure_ascii=False))


if __name__ == "__main__":
    main()
