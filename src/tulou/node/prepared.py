"""Whether a node's database was already prepared by this very version, told without loading Django.

The mark names both sides: what the code would bring (migrations, sample, library versions) and what the database
holds. When either changed, or anything cannot be read, the node is prepared again, which is always safe.
"""

from hashlib import sha256
from pathlib import Path

import psycopg

from tulou.node.environment import PACKAGE, ROOT, Environment

QUESTION = "SELECT current_database(), count(*), max(applied)::text FROM django_migrations"


def is_prepared(told: Environment, url: str) -> bool:
    """Whether nothing has changed since `mark`."""
    path = _path(told)
    if not path.exists():
        return False
    try:
        with psycopg.connect(url) as database:
            return path.read_text(encoding="utf-8") == _state(told, database.execute(QUESTION).fetchone())
    except psycopg.Error:
        return False


def mark(told: Environment, url: str) -> None:
    """Remember that code and database fit each other."""
    with psycopg.connect(url) as database:
        state = _state(told, database.execute(QUESTION).fetchone())
    _path(told).write_text(state, encoding="utf-8")


def _state(told: Environment, database: tuple[object, ...] | None) -> str:
    return f"{told.mode} {told.node} {_code()} {database}"


def _code() -> str:
    """A digest over everything that a preparation reads."""
    total = sha256()
    sources = [*PACKAGE.rglob("migrations/*.py"), *(PACKAGE / "node" / "sample").rglob("*"), ROOT / "requirements.lock"]
    for path in sorted(sources):
        if path.is_file() and path.suffix != ".pyc":
            total.update(f"{path}\0".encode() + sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _path(told: Environment) -> Path:
    return told.data / "run" / "prepared"
