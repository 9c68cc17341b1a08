"""Work that must not pile up: evidence outside the tree, events nobody was told, faults nobody settled.

Read from the tables themselves, so that it can be asked while the processes that should do the work are dead.
"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Backlog:
    """How many wait longer than they should, and what to do about it."""

    title: str
    late: int
    remedy: str


QUESTIONS = (
    (
        "存证入链",
        "SELECT count(*) FROM evidence_entry WHERE seq IS NULL AND at < now() - %s * interval '1 second'",
        "存证进程没有跟上：查看 logs/clerk.log，重新启动节点",
    ),
    (
        "存证承诺",
        "SELECT count(*) FROM evidence_fault WHERE settled_at IS NULL AND found_at < now() + %s * interval '1 second'",
        "审计发现未兑现的承诺或被改动的记录：保护现场，从“审计台”导出证据包并上报",
    ),
    (
        "事件编号",
        "SELECT count(*) FROM outbox_event WHERE position IS NULL AND at < now() - %s * interval '1 second'",
        "存证进程没有跟上：查看 logs/clerk.log，重新启动节点",
    ),
    (
        "事件死信",
        "SELECT count(*) FROM outbox_delivery WHERE state = 'dead' AND due_at < now() + %s * interval '1 second'",
        "在“运行状况”页查看原因，排除后重试",
    ),
)


def backlogs(seconds: int) -> list[Backlog]:
    """What has waited longer than so many seconds (faults and dead letters at once)."""
    found = []
    with connection.cursor() as cursor:
        for title, question, remedy in QUESTIONS:
            cursor.execute(question, [seconds])
            row = cursor.fetchone()
            found.append(Backlog(title, row[0] if row else 0, remedy))
    return found
