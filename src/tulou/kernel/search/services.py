"""Put documents into the index, take them out, and search it.

`index` and `remove` belong into the transaction of the change they mirror:
what is committed is searchable, what is rolled back never was.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from tulou.kernel.search import vectors
from tulou.kernel.search.highlight import Marked, mark, snippet
from tulou.kernel.search.models import SearchDocument
from tulou.kernel.search.text import fold, initials, runs
from tulou.trust.ids import new_id

Facets = Mapping[str, str | Sequence[str]]

UPSERT = """
INSERT INTO search_document (id, kind, object_id, owner, title, body, plain, facets, weight, updated_at, tsv)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s::tsvector)
ON CONFLICT (kind, object_id) DO UPDATE SET owner = EXCLUDED.owner, title = EXCLUDED.title, body = EXCLUDED.body,
  plain = EXCLUDED.plain, facets = EXCLUDED.facets, weight = EXCLUDED.weight, updated_at = EXCLUDED.updated_at,
  tsv = EXCLUDED.tsv
"""
SORTS = {"updated": "updated_at DESC, id", "title": "title, id"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; `title` and `snippet` know which of their parts matched."""

    object_id: UUID
    owner: UUID | None
    title: Marked
    snippet: Marked
    facets: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits, how many there are in all, and the counts behind each facet value.

    A facet's own filter does not narrow its counts, so that a second value can
    be chosen beside the first.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, dict[str, int]]


def index(
    kind: str,
    object_id: UUID,
    *,
    title: str,
    body: str = "",
    facets: Facets | None = None,
    owner: UUID | None = None,
    weight: int = 0,
) -> None:
    """Add or replace a document."""
    title, body = title.replace("\x00", ""), body.replace("\x00", "")
    head, rest = title[: vectors.TITLE_LIMIT], body[: vectors.BODY_LIMIT]
    plain = "\n".join([fold(head).text, fold(rest).text, " ".join(initials(head))])
    listed = {name: [value] if isinstance(value, str) else list(value) for name, value in (facets or {}).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            [new_id(), kind, object_id, owner, title, body, plain, json.dumps(listed), weight, timezone.now(),
             vectors.vector(title, body)],
        )  # fmt: skip


def remove(kind: str, object_id: UUID) -> None:
    """Take a document out; nothing happens when it is not there."""
    SearchDocument.objects.filter(kind=kind, object_id=object_id).delete()


def search(
    kind: str,
    text: str = "",
    *,
    facets: Facets | None = None,
    owners: Collection[UUID] | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: str = "",
) -> Page:
    """Find documents of a kind that hold every word of the text; without text, all of them.

    Several values of one facet are alternatives, several facets must all hold.
    `owners` restricts to these owners (`None`: all). `sort` is one of `SORTS`; by relevance when empty.
    """
    asked = _Question(text)
    where, params = _conditions(kind, asked, owners)
    chosen = {name: [v] if isinstance(v, str) else list(v) for name, v in (facets or {}).items() if v}
    narrowed, extra = _facet_conditions(chosen)
    condition, values = where + narrowed, params + extra
    with connection.cursor() as cursor:
        # Every condition is written in this module; values are parameters.
        cursor.execute(f"SELECT count(*) FROM search_document WHERE {condition}", values)  # noqa: S608
        total = int(cursor.fetchone()[0])
        order, order_params = (SORTS[sort], []) if sort else asked.order()
        cursor.execute(
            f"SELECT object_id, owner, title, body, facets FROM search_document WHERE {condition}"  # noqa: S608
            f" ORDER BY {order} LIMIT %s OFFSET %s",
            [*values, *order_params, max(0, limit), max(0, offset)],
        )
        hits = tuple(asked.hit(row) for row in cursor.fetchall())
        counts = _count_facets(cursor, where, params, chosen)
    return Page(hits, total, counts)


class _Question:
    """What was typed, folded once: its runs, and the exact text for queries made of punctuation alone."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\x00", "")[: vectors.QUERY_LIMIT].strip()
        self.runs = list(dict.fromkeys(runs(self.text)))

    def conditions(self) -> tuple[str, list[Any]]:
        if not self.text:
            return "", []
        if not self.runs:
            return " AND strpos(title, %s) > 0", [self.text]
        sql, params = " AND tsv @@ %s::tsquery", [vectors.query(self.runs)]
        for run in self.runs:
            if len(run) > 2:
                sql += " AND strpos(plain, %s) > 0"
                params.append(run)
        return sql, params

    def order(self) -> tuple[str, list[Any]]:
        if not self.runs:
            return "weight DESC, updated_at DESC, id", []
        return (
            "(tsv @@ %s::tsquery) DESC, ts_rank('{0.05, 0.1, 0.3, 1}', tsv, %s::tsquery, 1) DESC,"
            " weight DESC, updated_at DESC, id",
            [vectors.query(self.runs, weight="A"), vectors.query(self.runs)],
        )

    def hit(self, row: tuple[Any, ...]) -> Hit:
        object_id, owner, title, body, facets = row
        found = json.loads(facets) if isinstance(facets, str) else facets
        return Hit(object_id, owner, mark(title, self.runs), snippet(body, self.runs), found)


def _conditions(kind: str, asked: _Question, owners: Collection[UUID] | None) -> tuple[str, list[Any]]:
    sql = "kind = %s"
    params: list[Any] = [kind]
    if owners is not None:
        sql += " AND owner = ANY(%s)"
        params.append(list(owners))
    more, values = asked.conditions()
    return sql + more, params + values


def _facet_conditions(chosen: Mapping[str, list[str]]) -> tuple[str, list[Any]]:
    sql, params = "", []
    for name, values in chosen.items():
        sql += " AND (" + " OR ".join(["facets @> %s::jsonb"] * len(values)) + ")"
        params += [json.dumps({name: [value]}) for value in values]
    return sql, params


def _count_facets(
    cursor: Any, where: str, params: list[Any], chosen: Mapping[str, list[str]]
) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for name in [None, *chosen]:
        narrowed, extra = _facet_conditions({key: values for key, values in chosen.items() if key != name})
        # Grouped by whole facets and taken apart here: unnesting in SQL makes the planner fear millions of rows.
        cursor.execute(
            f"SELECT facets::text, count(*) FROM search_document WHERE {where}{narrowed} GROUP BY facets",  # noqa: S608
            [*params, *extra],
        )
        for text, count in cursor.fetchall():
            for facet, values in json.loads(text).items():
                if facet == name or (name is None and facet not in chosen):
                    for value in values:
                        counts.setdefault(facet, Counter())[value] += int(count)
    return {facet: dict(counted.most_common()) for facet, counted in sorted(counts.items())}
