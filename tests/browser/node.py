"""A real sample node: `tulou run` with the whole province, as a newcomer starts it, on a fresh folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.node.running import RunningNode, eventually

LOADING = 900.0


class SampleNode(RunningNode):
    """One node in sample mode."""

    def environment(self, **more: str) -> dict[str, str]:
        told = super().environment(TULOU_MODE="sample", **more)
        return {name: value for name, value in told.items() if name not in ("TULOU_HOSTS", "TULOU_TLS")}

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://localhost:{self.port}"

    def begin(self) -> None:
        """Start it and wait until the province is loaded and every part answers."""
        self.start(wait=False)
        eventually(lambda: self.ended() or self.has_said("Tulou 已启动"), LOADING)
        assert self.has_said("Tulou 已启动"), self.said()
        assert eventually(self.well, 60), self.health()


@contextmanager
def sample_node() -> Iterator[SampleNode]:
    """A loaded node; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tulou-sample-"))
    node = SampleNode(folder)
    try:
        node.begin()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)
