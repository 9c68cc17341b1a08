"""What a newcomer reads when the node is up: the sample accounts in sample mode, the address last."""

import json
from pathlib import Path

from tulou.node.environment import Environment

SHOWN = 10


def announcement(told: Environment) -> str:
    """One account of each role; the sign-in page lists them all."""
    accounts = sample_accounts(told.data) if told.sample else []
    first = {label.rpartition("·")[2]: (login, password, label) for login, password, label in reversed(accounts)}
    shown = [account for account in accounts if account in first.values()][:SHOWN]
    lines = ["", "Tulou 已启动"]
    lines += [f"  {login:<18} {password:<26} {label}" for login, password, label in map(tuple, shown)]
    if len(accounts) > len(shown):
        lines.append(f"  样例账号共 {len(accounts)} 个，登录页列出全部")
    return "\n".join(
        [*lines, f"  地址  http://{told.hosts[0]}:{told.port}/", f"  数据  {told.data}", "  停止  Ctrl-C", ""]
    )


def keep_accounts(data: Path, accounts: list[tuple[str, str, str]]) -> None:
    """Written by the loader, so that the supervisor need not read the whole sample to name them."""
    _path(data).write_text(json.dumps(accounts, ensure_ascii=False), encoding="utf-8")


def sample_accounts(data: Path) -> list[tuple[str, str, str]]:
    """Login, password and title of each account of the sample province."""
    path = _path(data)
    return [tuple(account) for account in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def _path(data: Path) -> Path:
    return data / "run" / "accounts.json"
