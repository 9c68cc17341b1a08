"""Before a node opens its doors: the schema of this version, and the sample province loaded once, both visible."""

import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tulou.node.announcement import keep_accounts
from tulou.node.prepared import mark


def pending() -> list[str]:
    """Migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def prepare() -> None:
    """Safe to interrupt and to repeat: each migration is a transaction, the loader remembers its steps."""
    waiting = pending()
    if waiting:
        say(f"升级数据库：{len(waiting)} 步")
        call_command("migrate", interactive=False, verbosity=0)
    if settings.SAMPLE:
        load_sample()
    mark(settings.ENVIRONMENT, os.environ["DATABASE_URL"])


def load_sample() -> None:
    """Load what is missing of the sample province."""
    from tulou.node.sample import load, reader

    load.load(progress)
    keep_accounts(settings.DATA, [(spec.login, spec.password, spec.label) for spec in reader.accounts()])


def progress(done: int, total: int, message: str) -> None:
    """One line a step, with how far the loading is."""
    say(f"载入样例省 {done}/{total} {message}")


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
