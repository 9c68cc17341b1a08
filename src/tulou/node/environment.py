"""What a node is told from outside: every environment variable, read in one place, contradictions refused.

`docs/operations.md` explains each; a test compares the two.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tulou.node.problems import NodeProblem

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
LOCAL_NAMES = {"localhost", "testserver"}
MODES = ("sample", "production")


@dataclass(frozen=True)
class Environment:
    """The variables of one node, checked."""

    mode: str
    data: Path
    bind: str
    port: int
    hosts: tuple[str, ...]
    database_url: str | None
    lake_url: str | None
    node: str
    tls: bool
    gateway_url: str
    streams_url: str
    hub_origin: str
    source_hosts: tuple[str, ...] = ()

    @property
    def sample(self) -> bool:
        return self.mode == "sample"

    @property
    def hub_origins(self) -> str:
        """Whose pages may call the gateways; production hosts are reached through https on its usual port."""
        if self.hub_origin or self.sample:
            return self.hub_origin or f"http://localhost:{self.port},http://127.0.0.1:{self.port}"
        return ",".join(f"https://{host}" for host in self.hosts)


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read and check the environment.

    Raises:
        NodeProblem: a value cannot be used, or sample and production settings are mixed.
    """
    mode = environ.get("TULOU_MODE", "sample")
    if mode not in MODES:
        raise NodeProblem(f"TULOU_MODE={mode} 无法识别。可用：sample（样例）、production（生产）。")
    port = _port(environ.get("TULOU_PORT", "8000"))
    told = Environment(
        mode=mode,
        data=Path(environ.get("TULOU_DATA") or ROOT / "var").expanduser().resolve(),
        bind=environ.get("TULOU_BIND", "127.0.0.1"),
        port=port,
        hosts=tuple(filter(None, environ.get("TULOU_HOSTS", "localhost,127.0.0.1,[::1]").split(","))),
        database_url=_external(environ.get("DATABASE_URL", "")),
        lake_url=environ.get("TULOU_LAKE_URL") or None,
        node=environ.get("TULOU_NODE", "fujian"),
        tls=environ.get("TULOU_TLS", "1" if mode == "production" else "0") == "1",
        gateway_url=environ.get("TULOU_GATEWAY_URL", f"http://localhost:{port + 1}").rstrip("/"),
        streams_url=environ.get("TULOU_STREAMS_URL", f"http://localhost:{port + 2}").rstrip("/"),
        source_hosts=tuple(filter(None, environ.get("TULOU_SOURCE_HOSTS", "").replace(" ", "").split(","))),
        hub_origin=environ.get("TULOU_HUB_ORIGIN", ""),
    )
    for refusal in _production(environ) if mode == "production" else _sample(told):
        raise NodeProblem(refusal)
    return told


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65533:
        raise NodeProblem(f"TULOU_PORT={text} 不是可用的端口。请用 1024–65533 之间的整数，其后两个端口也要空闲。")
    return int(text)


def _external(url: str) -> str | None:
    """`embedded`, or nothing, means the server that Tulou starts itself."""
    return url if url not in ("", "embedded") else None


def _sample(told: Environment) -> list[str]:
    """Sample accounts have public passwords: nobody from elsewhere may reach them."""
    foreign = [host for host in (*told.hosts, told.bind) if not _is_local(host)]
    if foreign:
        return [
            f"样例模式的账号口令是公开的，不能对外提供服务（{'、'.join(foreign)}）。"
            "请去掉 TULOU_HOSTS、TULOU_BIND，或设 TULOU_MODE=production 并使用自己的账号。"
        ]
    return []


def _production(environ: Mapping[str, str]) -> list[str]:
    needed = {
        "TULOU_HOSTS": "对外域名，以逗号分隔",
        "DATABASE_URL": "正式的 PostgreSQL；确要使用内置数据库时设 DATABASE_URL=embedded",
        "TULOU_GATEWAY_URL": "数据网关的 https 地址",
        "TULOU_STREAMS_URL": "文件网关的 https 地址",
    }
    missing = [f"{name}（{meaning}）" for name, meaning in needed.items() if not environ.get(name)]
    return [f"生产模式还缺少：{'；'.join(missing)}。"] if missing else []


def _is_local(host: str) -> bool:
    name = host.strip().strip("[]").lower()
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
