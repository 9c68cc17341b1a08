"""Which databases may be named as a source (来源地址管控).

A data manager gives an address and this node connects to it: without a guard
that would be a way to the node's own databases and to what only it can reach.
Promise: the address that was checked is the address that is connected to, and
the node's own servers are refused whatever they are called.
"""

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import psycopg
from django.conf import settings
from django.db import connection

from tulou.plane.connect import SourceProblem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_ELSEWHERE = "请填写来源系统自己的数据库地址；确需接入本机或专用网段时，请运营人员在 TULOU_SOURCE_HOSTS 中登记"


def checked_address(host: str, port: int) -> str:
    """The address to connect to, resolved once.

    Raises:
        SourceProblem: not a host, unknown, or one that must not be reached from here.
    """
    if not host or host.startswith(("/", "@")) or any(sign in host for sign in ", \t"):
        raise SourceProblem("bad_host", "地址应是一台主机的名称或 IP 地址", "请填写来源数据库的主机，例如 10.20.1.15")
    listed = settings.SOURCE_HOSTS
    found = _resolve(host, port)
    for address in found:
        if _is_own(address, port):
            raise SourceProblem("own_server", "这是本平台自己的数据库，不能作为数据来源", _ELSEWHERE)
        if not _allowed(host, address, listed):
            raise SourceProblem("address_refused", f"地址“{host}”不在允许接入的范围内", _ELSEWHERE)
    return str(found[0])


def refuse_own_cluster(dsn: str, *, timeout: int) -> None:
    """Ask the server who it is: a tunnel or another name of our own database is still our own database.

    Raises:
        SourceProblem: it is the server of this node or of its lake.
    """
    theirs = _identifier(dsn, timeout)
    if theirs is not None and theirs in {_own_identifier(), _identifier(settings.LAKE_URL, timeout)}:
        raise SourceProblem("own_server", "这是本平台自己的数据库，不能作为数据来源", _ELSEWHERE)


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceProblem(
            "unknown_host", f"找不到主机“{host}”", "请核对主机名，或改填 IP 地址；跨网访问请先开通网络策略"
        ) from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return [getattr(address, "ipv4_mapped", None) or address for address in addresses]


def _allowed(host: str, address: Address, listed: Sequence[str]) -> bool:
    """Listed names and networks always; otherwise everything but link-local, and loopback only in a sample."""
    if any(_covers(entry, host, address) for entry in listed):
        return True
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return not listed and (settings.SAMPLE or not address.is_loopback)


def _covers(entry: str, host: str, address: Address) -> bool:
    if entry.casefold() == host.casefold():
        return True
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _is_own(address: Address, port: int) -> bool:
    for host, own_port in _own_servers():
        if port == own_port and not host.startswith("/") and address in _addresses_of(host):
            return True
    return False


def _own_servers() -> list[tuple[str, int]]:
    """Host and port of the hub's and the lake's server, where they have any."""
    hub = connection.settings_dict
    lake = urlsplit(settings.LAKE_URL)
    lake_host = parse_qs(lake.query).get("host", [lake.hostname or ""])[0]
    pairs = [(str(hub["HOST"]), str(hub["PORT"])), (lake_host, str(lake.port or ""))]
    return [(host, int(port or 5432)) for host, port in pairs if host]


def _addresses_of(host: str) -> list[Address]:
    try:
        return _resolve(host, 0)
    except SourceProblem:
        return []


def _own_identifier() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _identifier(dsn: str, timeout: int) -> str | None:
    """The identifier of a PostgreSQL cluster; other databases of its protocol have none, and are not ours."""
    try:
        with psycopg.connect(dsn, connect_timeout=timeout, options=f"-c statement_timeout={timeout * 1000}") as server:
            row = server.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    except psycopg.Error:
        return None
    return str(row[0]) if row else None
