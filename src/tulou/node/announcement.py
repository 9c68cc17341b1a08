"""What a newcomer reads when the node is up: the address, and in sample mode the accounts."""

from tulou.node.environment import Environment


def announcement(told: Environment) -> str:
    lines = ["", "Tulou 已启动", f"  地址      http://{told.hosts[0]}:{told.port}/"]
    if told.sample:
        lines += [f"  样例账号  {login:<20} {password:<16} {title}" for login, password, title in sample_accounts()]
    return "\n".join([*lines, f"  数据      {told.data}", "  停止      Ctrl-C", ""])


def sample_accounts() -> list[tuple[str, str, str]]:
    """Login, password and title of each account of the sample province."""
    from tulou.node.sample import reader

    return [(spec.login, spec.password, spec.label) for spec in reader.accounts()]
