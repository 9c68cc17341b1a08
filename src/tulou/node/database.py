"""A `postgresql://` address in Django's form, and which databases a node uses."""

from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tulou.node.problems import NodeProblem


def django_database(url: str, *, pool: int = 8) -> dict[str, object]:
    """Django's settings for an address; an empty host means a local socket. `pool=0` opens plain connections."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    options: dict[str, object] = dict(query)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tulou",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def with_database(url: str, name: str) -> str:
    """The same server and account, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def lake_of(url: str) -> str:
    """Where the lake's catalogues are kept when nobody says otherwise: beside the hub's database."""
    return with_database(url, (urlsplit(url).path.lstrip("/") or "tulou") + "_lake")


def ensure_database(url: str, variable: str) -> None:
    """Check that an external database answers; create it where it is missing and we may.

    Raises:
        NodeProblem: it does not answer, or it is missing and we may not create it.
    """
    name = unquote(urlsplit(url).path.lstrip("/"))
    try:
        psycopg.connect(url, connect_timeout=10).close()
        return
    except psycopg.OperationalError as fault:
        if f'database "{name}" does not exist' not in str(fault):
            raise NodeProblem(f"{variable} 指定的数据库连不上：{_reason(fault)}。请检查地址、账号和网络。") from None
    try:
        with psycopg.connect(with_database(url, "postgres"), autocommit=True, connect_timeout=10) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as fault:
        raise NodeProblem(
            f"{variable} 指定的数据库 {name} 不存在，也无权创建（{_reason(fault)}）。"
            f"请数据库管理员执行：CREATE DATABASE {name} OWNER {unquote(urlsplit(url).username or '当前账号')};"
        ) from None


def _reason(fault: psycopg.Error) -> str:
    """The first line of the server's answer; it names no password."""
    return str(fault).strip().splitlines()[0].removeprefix("connection failed: ")
