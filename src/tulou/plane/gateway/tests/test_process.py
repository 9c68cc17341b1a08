"""The gateway as a process: clients that stall or leave, revocation in mid-stream, kill -9, a dead database."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyarrow as pa
import pytest

from tulou.node.postgres import LAKE, EmbeddedPostgres
from tulou.plane.gate.tests.ground import SCHEMA, ZONE, land, plan_for
from tulou.plane.gate.tests.test_gate import ROWS
from tulou.plane.gateway.settings import Settings
from tulou.plane.gateway.tests.ground import TABLES, Ground
from tulou.plane.tables import Column, Lake, Landing, Origin, TableRef, TableSchema
from tulou.trust.keys import KeyStore
from tulou.trust.plans import AccessPlan
from tulou.trust.signed import sign

LONG = TableSchema((Column("code", key=True), Column("text")))
LONG_ROWS = 400_000


@contextmanager
def gateway_process(settings: Settings, patience: str = "30") -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The gateway as the supervisor starts it; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "TULOU_DATA": str(settings.data), "DATABASE_URL": settings.database_url,
        "TULOU_LAKE_URL": settings.lake_url, "TULOU_PORT": str(port - 1), "TULOU_GATEWAY_PATIENCE": patience,
        "TULOU_NODE": settings.node, "TULOU_MODE": "sample",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "tulou.node.entries", "gateway"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(lambda: _healthy(address))
        yield address, process
    finally:
        process.kill()
        process.wait()


def _healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _wait(true: Any, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def long_table(ground: Ground) -> TableRef:
    """A table whose file is far larger than what the sockets between hold."""
    ref = TableRef(ZONE.name, f"t{uuid4().hex[:12]}")
    ground.lake.ensure_table(ref, LONG)
    names = pa.schema([("_row", pa.int64())])
    numbers = pa.RecordBatchReader.from_batches(
        names, [pa.record_batch([pa.array(range(1, LONG_ROWS + 1), pa.int64())], names)]
    )
    select = (
        "SELECT CAST(_row AS VARCHAR) AS code, repeat(md5(CAST(_row AS VARCHAR)), 4) AS text, _row, "
        "[]::VARCHAR[] AS _broken, []::VARCHAR[] AS _warned, []::VARCHAR[] AS _reasons, NULL::VARCHAR AS _raw "
        "FROM incoming"
    )
    ground.lake.land(ref, Landing(uuid4().hex, [numbers], select, "省民政厅", "样例系统", lambda: Origin("0" * 64)))
    return ref


def _outcome(ground: Ground, plan: AccessPlan) -> str:
    ends = [leaf for leaf in ground.leaves(plan) if leaf["kind"] == "access.delivery.finished"]
    return str(ends[0]["data"]["outcome"]) if ends else ""


def _file_plan(ground: Ground, ref: TableRef) -> tuple[AccessPlan, dict[str, str]]:
    plan = ground.issue(plan_for(ref, ["code", "text"]))
    return plan, {"authorization": f"Bearer {ground.token(plan)}"}


def test_a_stalled_client_is_let_go_and_recorded_while_others_are_served(ground: Ground, long_table: TableRef) -> None:
    plan, headers = _file_plan(ground, long_table)
    with gateway_process(ground.settings, patience="2") as (address, _):
        with httpx.stream("GET", f"{address}/v1/files/csv", headers=headers, timeout=30) as stalled:
            next(stalled.iter_raw(65536))
            _wait(lambda: _outcome(ground, plan) == "aborted")
            assert _healthy(address)
        whole = httpx.get(f"{address}/v1/files/csv", headers=headers, timeout=60)
        assert whole.text.count("\n") == LONG_ROWS + 1


def _download(address: str, headers: dict[str, str], at_first: Callable[[], object]) -> int:
    """Read a file slowly; `at_first` happens after its first bytes. How much came."""
    got = 0
    with httpx.stream("GET", f"{address}/v1/files/csv", headers=headers, timeout=30) as answer:
        for chunk in answer.iter_raw(65536):
            if not got:
                at_first()
            got += len(chunk)
            time.sleep(0.02)
    return got


def test_revocation_breaks_a_file_off_in_the_middle(ground: Ground, long_table: TableRef) -> None:
    plan, headers = _file_plan(ground, long_table)
    revoke = "INSERT INTO access_revocation (target) VALUES (%s)"
    with gateway_process(ground.settings) as (address, _):
        with pytest.raises(httpx.RemoteProtocolError):
            _download(address, headers, lambda: ground.sql(revoke, plan.basis.ref))
        _wait(lambda: _outcome(ground, plan) == "revoked")
    assert ground.leaves(plan)[-1]["data"]["rows"] < LONG_ROWS


def test_a_gateway_killed_in_mid_stream_leaves_a_visible_break_and_an_open_delivery(
    ground: Ground, long_table: TableRef
) -> None:
    plan, headers = _file_plan(ground, long_table)
    with gateway_process(ground.settings) as (address, process), pytest.raises(httpx.HTTPError):
        _download(address, headers, process.kill)
    assert [leaf["kind"] for leaf in ground.leaves(plan)] == ["access.delivery.started"]


def test_a_dead_database_lets_nothing_leave_and_a_living_one_again_everything(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "server", durable=False)
    url = server.start()
    try:
        settings = Settings(tmp_path / "data", url, server.url(LAKE), "fujian", frozenset())
        keys, plan = _furnish(settings)
        headers = {"authorization": f"Bearer {sign('access-plan', plan.to_payload(), keys.ensure('plans'))}"}
        with gateway_process(settings) as (address, _):
            assert httpx.get(f"{address}/v1/data", headers=headers, timeout=60).status_code == 200
            pid = int((server.cluster / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            for path in ("/v1/data", "/v1/preview", "/v1/files/csv"):
                answer = httpx.get(address + path, headers=headers, timeout=60)
                assert answer.status_code == 503
                assert set(json.loads(answer.content)) == {"code", "message", "remedy"}
                assert "林某某" not in answer.text
            server.stop()
            assert server.start() == url
            _wait(lambda: httpx.get(f"{address}/v1/data", headers=headers, timeout=60).status_code == 200)
    finally:
        server.stop()


def _furnish(settings: Settings) -> tuple[KeyStore, AccessPlan]:
    keys = KeyStore(settings.keys)
    lake = Lake(settings.lake())
    plan = plan_for(land(lake, SCHEMA, ROWS), ["code", "name"])
    lake.close()
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute(TABLES.encode())
        connection.execute("INSERT INTO access_plan VALUES (%s, %s, %s)", [plan.id, plan.basis.ref, plan.expires])
    return keys, plan
