"""A node starts with one command, heals what dies, and leaves nothing behind however it ends."""

import os
import signal
import socket
import stat
import urllib.request
from functools import partial

import psycopg
import pytest
from psycopg import sql

from tests.node.running import RunningNode, eventually

pytestmark = pytest.mark.xdist_group("node")
CHILDREN = ("hub", "worker", "clerk", "gateway", "streams", "postgres")


def test_every_part_answers_and_healthz_says_so_line_by_line(running_node: RunningNode) -> None:
    status, parts = running_node.health()
    assert (status, set(parts)) == (200, {"database", "worker", "clerk", "gateway", "streams", "lake"})
    with urllib.request.urlopen(f"http://127.0.0.1:{running_node.port}/healthz") as answer:
        lines = answer.read().decode().splitlines()
    assert [line.split()[1] for line in lines] == ["ok"] * 6


def test_healthz_tells_no_address_and_no_secret(running_node: RunningNode) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{running_node.port}/healthz") as answer:
        text = answer.read().decode()
    assert "postgresql" not in text
    assert str(running_node.data) not in text


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_restarted_and_the_node_is_well_again(running_node: RunningNode, name: str) -> None:
    before = running_node.process(name)
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: running_node.process(name) not in (0, before)), running_node.said()
    assert eventually(running_node.well), running_node.health()
    assert "正在重启" in running_node.said()


def test_the_worker_of_the_web_server_is_replaced_when_it_is_killed(running_node: RunningNode) -> None:
    main = running_node.process("hub")
    [serving] = [pid for pid in children(main) if pid != main]
    os.kill(serving, signal.SIGKILL)
    assert eventually(lambda: running_node.well() and serving not in children(main))
    assert running_node.process("hub") == main


def test_healthz_is_down_while_a_part_is_stopped(running_node: RunningNode) -> None:
    gateway = running_node.process("gateway")
    os.kill(gateway, signal.SIGSTOP)
    try:
        assert eventually(lambda: running_node.health()[0] == 503)
        assert running_node.health()[1] | {"gateway": True} == dict.fromkeys(running_node.health()[1], True)
    finally:
        os.kill(gateway, signal.SIGCONT)
    assert eventually(running_node.well)


def test_a_second_copy_on_the_folder_is_refused_and_names_the_first(running_node: RunningNode) -> None:
    assert running_node.supervisor is not None
    second = running_node.run("run")
    assert second.returncode == 1
    assert f"正被另一个 Tulou 使用（进程 {running_node.supervisor.pid}）" in second.stderr
    assert running_node.well()


def test_keys_secrets_and_logs_are_for_their_owner_alone(running_node: RunningNode) -> None:
    for name in ("keys", "secrets", "run", "logs", "files", "lake"):
        assert stat.S_IMODE((running_node.data / name).stat().st_mode) == 0o700
    for path in [*(running_node.data / "secrets").iterdir(), *(running_node.data / "logs").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_check_finds_a_running_node_in_order(running_node: RunningNode) -> None:
    assert eventually(running_node.well)
    told = running_node.run("check")
    assert told.returncode == 0, told.stdout
    assert "数据库结构：最新" in told.stdout


def test_the_first_account_is_opened_from_the_command_line(running_node: RunningNode) -> None:
    opened = running_node.run("user", "create", "admin", "--label", "系统管理员")
    assert opened.returncode == 0, opened.stderr
    again = running_node.run("user", "create", "admin", "--label", "系统管理员")
    assert (again.returncode, "已被使用" in again.stderr) == (1, True)
    assert running_node.run("user", "reset-password", "admin").returncode == 0
    assert "未启用" in running_node.run("user", "totp", "admin", "--off").stdout
    assert running_node.run("user", "disable", "admin").returncode == 0
    assert "admin\t系统管理员\t\t停用" in running_node.run("user", "list").stdout


def test_the_node_at_rest_stays_within_a_gibibyte(running_node: RunningNode) -> None:
    """Proportional shares, so that pages which PostgreSQL's processes share are counted once."""
    shares = [memory(pid) for pid in running_node.processes()]
    assert len(shares) >= 8
    assert sum(shares) < 2**20


def test_ctrl_c_stops_everything_and_the_data_stays(stopped_node: RunningNode) -> None:
    stopped_node.start()
    key = (stopped_node.data / "secrets" / "secret_key").read_text()
    assert stopped_node.supervisor is not None
    stopped_node.supervisor.send_signal(signal.SIGINT)
    assert stopped_node.supervisor.wait(15) == 0
    assert stopped_node.processes() == set()
    for log in (stopped_node.data / "logs").iterdir():
        assert "panicked" not in log.read_text(errors="replace"), log.name
    stopped_node.start()
    assert eventually(stopped_node.well)
    assert (stopped_node.data / "secrets" / "secret_key").read_text() == key


def test_a_killed_supervisor_leaves_no_process_and_no_lock(stopped_node: RunningNode) -> None:
    stopped_node.start()
    assert stopped_node.supervisor is not None
    stopped_node.supervisor.kill()
    stopped_node.supervisor.wait()
    assert eventually(lambda: not stopped_node.processes()), stopped_node.processes()
    stopped_node.start()
    assert eventually(stopped_node.well)


def test_a_taken_port_is_named_with_the_variable_to_set(stopped_node: RunningNode) -> None:
    with socket.create_server(("127.0.0.1", stopped_node.port + 1)):
        told = stopped_node.run("run")
    assert told.returncode == 1
    assert f"端口 {stopped_node.port + 1} 已被其他程序占用" in told.stderr
    assert "TULOU_PORT" in told.stderr
    assert stopped_node.processes() == set()


def test_a_child_that_keeps_dying_stops_the_node_and_its_log_is_named(stopped_node: RunningNode) -> None:
    stopped_node.start()
    last = 0
    while not stopped_node.ended():
        pid = stopped_node.process("clerk")
        if pid not in (0, last):
            last = pid
            os.kill(pid, signal.SIGKILL)
        eventually(partial(has_moved_on, stopped_node, last), 20)
    assert stopped_node.supervisor is not None
    assert stopped_node.supervisor.returncode == 1
    assert str(stopped_node.data / "logs" / "clerk.log") in stopped_node.said()
    assert stopped_node.processes() == set()


def test_an_external_database_serves_instead_and_its_lake_is_created(
    stopped_node: RunningNode, scratch_database: str
) -> None:
    started = stopped_node.environment
    stopped_node.environment = lambda **more: started(DATABASE_URL=scratch_database, **more)  # type: ignore[method-assign]
    stopped_node.start()
    try:
        assert eventually(stopped_node.well)
        assert not (stopped_node.data / "postgres").exists()
        with psycopg.connect(scratch_database) as connection:
            assert connection.execute("SELECT to_regclass('identity_account') IS NOT NULL").fetchone() == (True,)
    finally:
        stopped_node.stop()
        with psycopg.connect(scratch_database, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(f"{name}_lake")))


def has_moved_on(node: RunningNode, known: int) -> bool:
    return node.ended() or node.process("clerk") not in (0, known)


def children(pid: int) -> set[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return {int(number) for number in file.read().split()}


def memory(pid: int) -> int:
    """The process's proportional share of memory, in KiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
