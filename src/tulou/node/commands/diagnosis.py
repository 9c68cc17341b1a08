"""What is wrong with this installation: one finding for each thing that can be, each with what to do."""

import os
import shutil
import socket
import stat
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tulou.node import environment
from tulou.node.commands.attach import attached
from tulou.node.environment import ROOT, Environment
from tulou.node.lock import noted
from tulou.node.postgres import installation
from tulou.node.problems import NodeProblem

NEEDED_BYTES = 2 * 2**30
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` says what to do when it is not well."""

    subject: str
    well: bool
    state: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Everything that can be asked; what a broken setting hides is left out."""
    found = [_python(), _locks()]
    try:
        told = environment.read()
    except NodeProblem as problem:
        return [*found, Finding("环境变量", False, str(problem), "改正后再运行 tulou check")]
    found += [_binaries(), _closed(told.data), _disk(told.data), *_ports(told)]
    if told.database_url or (told.data / "postgres").exists():
        found += _inside()
    return found


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, "安装 Python 3.11 或更高版本")


def _locks() -> Finding:
    """The stamp that `./dev` leaves names the locks it installed; a package of ours may also be installed elsewhere."""
    stamp = ROOT / ".venv" / "stamp"
    if not stamp.exists():
        return Finding("软件包", True, "不是由 ./dev 安装，未核对")
    locks = ("requirements.lock", "requirements-dev.lock")
    current = sha256(b"".join((ROOT / name).read_bytes() for name in locks)).hexdigest()[:32]
    well = stamp.read_text().split()[-1] == current
    return Finding("软件包", well, "与锁文件一致" if well else "与锁文件不一致", "运行 ./dev setup")


def _binaries() -> Finding:
    try:
        program = installation() / "bin" / "postgres"
    except NodeProblem as problem:
        return Finding("内置数据库程序", False, str(problem), "运行 ./dev setup")
    well = os.access(program, os.X_OK)
    return Finding("内置数据库程序", well, "可执行" if well else f"{program} 不可执行", "运行 ./dev setup 重新安装")


def _closed(data: Path) -> Finding:
    """Keys and secrets are for their owner alone."""
    open_to_others = [
        str(path)
        for path in [data / "run", *(inner for name in ("keys", "secrets") for inner in _within(data / name))]
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    return Finding(
        "密钥文件夹权限",
        not open_to_others,
        "只有属主可读" if not open_to_others else "其他用户可读：" + "、".join(open_to_others[:5]),
        f"运行 chmod -R go-rwx {data / 'keys'} {data / 'secrets'} {data / 'run'}，并视情况更换密钥",
    )


def _within(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def _disk(data: Path) -> Finding:
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "磁盘", free > NEEDED_BYTES, f"{place} 剩余 {free / 2**30:.1f} GiB", "清理磁盘，或把 TULOU_DATA 移到更大的盘"
    )


def _ports(told: Environment) -> list[Finding]:
    if noted(told.data):
        return []
    found = []
    for port in range(told.port, told.port + 3):
        with socket.socket() as probe:
            busy = probe.connect_ex(("127.0.0.1", port)) == 0
        found.append(
            Finding(f"端口 {port}", not busy, "被占用" if busy else "空闲", "停止占用它的程序，或另设 TULOU_PORT")
        )
    return found


def _inside() -> list[Finding]:
    """What only the database can tell."""
    try:
        with attached() as node:
            found = [Finding("数据库", True, "可连接"), _migrations()]
            if found[-1].well:
                found += _waiting()
            if node.running:
                found += _parts()
            return found
    except NodeProblem as problem:
        return [Finding("数据库", False, str(problem), "按提示处理后再运行 tulou check")]


def _migrations() -> Finding:
    from tulou.node.preparation import pending

    waiting = pending()
    return Finding(
        "数据库结构", not waiting, f"待升级 {len(waiting)} 步" if waiting else "最新", "重新启动节点，启动时会升级"
    )


def _waiting() -> list[Finding]:
    from tulou.node.backlog import backlogs

    return [
        Finding(told.title, told.late == 0, f"{told.late} 项待处理" if told.late else "没有积压", told.remedy)
        for told in backlogs(PATIENCE_SECONDS)
    ]


def _parts() -> list[Finding]:
    from tulou.node.health import examine as ask

    return [Finding(f"进程 {part.name}", part.well, part.detail, "查看 logs 文件夹里的同名日志") for part in ask()]
