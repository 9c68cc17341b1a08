"""PostgreSQL's text forms of tokens: `tsvector` for documents, `tsquery` for what is asked.

Tokens hold letters and digits only (and the pinyin mark), so quoting them is
enough: nothing that a user types reaches the operators of a query.
"""

from collections.abc import Iterable

from tulou.kernel.search.text import PINYIN, could_be_initials, initial_tokens, tokens, wanted

BODY_LIMIT = 20_000
TITLE_LIMIT = 1_000
QUERY_LIMIT = 200
LAST_POSITION = 16_383
POSITIONS_KEPT = 4


def vector(title: str, body: str) -> str:
    """The tsvector of a document: title tokens and pinyin initials weigh A, body tokens D."""
    places: dict[str, list[str]] = {}
    _place(places, [*tokens(title[:TITLE_LIMIT]), *initial_tokens(title[:TITLE_LIMIT])], "A", 1)
    _place(places, tokens(body[:BODY_LIMIT]), "D", 2 * TITLE_LIMIT)
    return " ".join(f"{_quoted(token)}:{','.join(at)}" for token, at in places.items())


def query(runs: Iterable[str], *, weight: str = "") -> str:
    """The tsquery that every run of the query must meet, in the text or as pinyin initials of the title."""
    return " & ".join(_one(run, weight) for run in runs)


def _one(run: str, weight: str) -> str:
    suffix = f":{weight}" if weight else ""
    literal = " & ".join(_quoted(token) + suffix for token in wanted(run))
    if not could_be_initials(run):
        return f"({literal})"
    pinyin = " & ".join(_quoted(PINYIN + token) + ":A" for token in wanted(run))
    return f"(({literal}) | ({pinyin}))"


def _place(places: dict[str, list[str]], found: list[str], weight: str, start: int) -> None:
    for offset, token in enumerate(found):
        at = places.setdefault(token, [])
        if len(at) < POSITIONS_KEPT:
            at.append(f"{min(start + offset, LAST_POSITION)}{weight}")


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
