"""A `postgresql://` address in Django's form, and which databases a node uses."""

from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit


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
