"""What each process of a node runs: `python -m tulou.node.entries hub|worker|clerk|gateway|streams|prepare`.

Kept apart from the `tulou` command, so that a process loads only what it needs.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

from tulou.node import environment


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tulou.node.settings")
    import django

    django.setup()


def hub() -> None:
    """Django under granian: one process, several threads."""
    from granian.constants import Interfaces
    from granian.server import Server

    told = environment.read()
    Server(
        "tulou.node.wsgi:application",
        address=told.bind,
        port=told.port,
        interface=Interfaces.WSGI,
        blocking_threads=8,
        respawn_failed_workers=True,
        workers_kill_timeout=4,
        log_access=False,
    ).serve()


def worker() -> None:
    """Jobs, schedules and the reaper."""
    _django()
    from tulou.kernel.jobs import worker as room

    room.run()


def clerk() -> None:
    """Evidence sequencer and outbox relay."""
    _django()
    from tulou.kernel.evidence import clerk as room

    room.run()


def gateway() -> None:
    """Previews and API calls."""
    asyncio.run(_gateway(environment.read().port + 1))


def streams() -> None:
    """The same application for whole files, so that long streams do not slow short calls."""
    asyncio.run(_gateway(environment.read().port + 2))


async def _gateway(port: int) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from tulou.plane.gateway.app import app

    server = Server(app, address=environment.read().bind, port=port, interface=Interfaces.ASGINL)
    loop = asyncio.get_running_loop()
    for request in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(request, server.stop)
    await server.serve()
    await app.close()
    # The server's own threads outlive `serve`; they abort when they meet an interpreter that is being taken down.
    logging.shutdown()
    os._exit(0)


def prepare() -> None:
    """Bring the database to this version and load the sample province where it is missing."""
    _django()
    from tulou.node.preparation import prepare as run

    run()


ENTRIES: dict[str, Callable[[], None]] = {
    entry.__name__: entry for entry in (hub, worker, clerk, gateway, streams, prepare)
}

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ENTRIES[sys.argv[1]]()
