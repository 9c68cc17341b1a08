"""Synthetic tables (合成数据): blocks of rows made by column, dirt of known kinds, and the list of what was injected.

The same rows and seed always give the same bytes. Every injected fault is
reported with its row, so that a test can demand that each one is found.
"""

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BLOCK = 50_000
Encoding = Literal["utf-8", "utf-8-sig", "gbk", "gb18030"]
LOST = "gbk_lost_character"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

Row = list[str]
Spoil = Callable[[Row, random.Random], None]
Fits = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Injected:
    """One known fault: the data row (1 is the first below the header), its kind and its column."""

    row: int
    kind: str
    column: str


@dataclass(frozen=True, slots=True)
class Generated:
    """A synthetic table as a file's bytes, with everything that was injected."""

    csv: bytes
    truth: tuple[Injected, ...]


@dataclass(frozen=True, slots=True)
class Dirt:
    """One kind of fault: how often, in which column, on which rows it is possible, and how it is made."""

    kind: str
    title: str
    rate: float
    column: str
    spoil: Spoil
    fits: Fits = lambda row: True


@dataclass(frozen=True, slots=True)
class Copying:
    """A fault that repeats an earlier row; `variant` may change the copy."""

    kind: str
    title: str
    rate: float
    column: str
    variant: Spoil
    fits: Fits = lambda row: True


@dataclass(frozen=True, slots=True)
class Table:
    """How one synthetic table is made: `rows(start, count, rng, seed)` gives clean rows only."""

    columns: tuple[str, ...]
    capacity: int
    rows: Callable[[int, int, random.Random, int], list[Row]]
    dirt: tuple[Dirt, ...]
    copies: tuple[Copying, ...]


def seeded(*parts: object) -> random.Random:
    """The random source for one purpose; the same parts give the same numbers."""
    return random.Random(":".join(map(str, parts)))  # noqa: S311  repeatable sample data, never a secret


def full_width(text: str) -> str:
    """The text with full-width digits, as an input method leaves them."""
    return text.translate(_FULL_WIDTH)


def replace_at(text: str, place: int, letter: str) -> str:
    """The text with one character replaced."""
    return text[:place] + letter + text[place + 1 :]


def set_column(place: int, value: str) -> Spoil:
    """A fault that writes a fixed value."""

    def spoil(row: Row, rng: random.Random) -> None:
        row[place] = value

    return spoil


def choose_column(place: int, values: Sequence[str]) -> Spoil:
    """A fault that writes one of several values."""

    def spoil(row: Row, rng: random.Random) -> None:
        row[place] = rng.choice(values)

    return spoil


def map_column(place: int, change: Callable[[str], str]) -> Spoil:
    """A fault that changes what stands there."""

    def spoil(row: Row, rng: random.Random) -> None:
        row[place] = change(row[place])

    return spoil


def blocks(table: Table, rows: int, seed: int) -> Iterator[tuple[list[Row], list[Injected]]]:
    """The table in blocks of bounded size, each with its faults.

    Raises:
        ValueError: more rows than distinct identifiers exist.
    """
    if rows > table.capacity:
        raise ValueError(f"最多能合成 {table.capacity:,} 行互不重复的数据，请减少行数。")
    for start in range(0, rows, BLOCK):
        rng = seeded("block", seed, start)
        made = table.rows(start, min(BLOCK, rows - start), rng, seed)
        yield made, _inject(table, made, start, rng)


def _inject(table: Table, made: list[Row], start: int, rng: random.Random) -> list[Injected]:
    """Spoil rows in place; a row gets at most one fault, a copy comes from a row without fault."""
    order = list(range(len(made)))
    rng.shuffle(order)
    truth: list[Injected] = []
    for dirt in table.dirt:
        for place in _take(order, round(dirt.rate * len(made)), made, dirt.fits):
            dirt.spoil(made[place], rng)
            truth.append(Injected(start + place + 1, dirt.kind, dirt.column))
    for copying in table.copies:
        truth += _copy(copying, made, order, start, rng)
    truth.sort(key=lambda item: item.row)
    return truth


def _copy(copying: Copying, made: list[Row], order: list[int], start: int, rng: random.Random) -> list[Injected]:
    wanted = round(copying.rate * len(made))
    originals = _take(order, wanted, made, copying.fits)
    targets = _take(order, len(originals), made, lambda row: True)
    truth = []
    for first, second in zip(originals, targets, strict=False):
        original, copy = min(first, second), max(first, second)
        made[original] = made[first]
        made[copy] = list(made[original])
        copying.variant(made[copy], rng)
        truth.append(Injected(start + copy + 1, copying.kind, copying.column))
    return truth


def _take(order: list[int], wanted: int, made: list[Row], fits: Fits) -> list[int]:
    """Remove up to `wanted` places whose rows fit from the shuffled order."""
    taken: list[int] = []
    kept: list[int] = []
    while order and len(taken) < wanted:
        place = order.pop()
        (taken if fits(made[place]) else kept).append(place)
    order += kept
    return taken


def generate(table: Table, rows: int, seed: int, encoding: Encoding = "utf-8") -> Generated:
    """The whole table in memory."""
    buffer = io.BytesIO()
    truth = tuple(_encoded(table, rows, seed, encoding, buffer.write))
    return Generated(buffer.getvalue(), truth)


def write(table: Table, path: Path, rows: int, seed: int, encoding: Encoding = "utf-8") -> tuple[Injected, ...]:
    """Write the table to a file block by block and return what was injected."""
    with path.open("wb") as stream:
        return tuple(_encoded(table, rows, seed, encoding, stream.write))


def _encoded(
    table: Table, rows: int, seed: int, encoding: Encoding, emit: Callable[[bytes], int]
) -> Iterator[Injected]:
    plain: Encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    emit((b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b"") + _lines([table.columns]).encode(plain))
    start = 0
    for made, truth in blocks(table, rows, seed):
        if encoding == "gbk":
            truth = sorted(truth + _lost(table, made, start), key=lambda item: item.row)
        emit(_lines(made).encode(plain, errors="replace" if encoding == "gbk" else "strict"))
        start += len(made)
        yield from truth


def _lines(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _lost(table: Table, made: list[Row], start: int) -> list[Injected]:
    """Cells whose characters GBK does not have: they arrive as question marks."""
    found = []
    for number, row in enumerate(made, start + 1):
        for column, cell in zip(table.columns, row, strict=True):
            if not cell.isascii() and "?" in cell.encode("gbk", errors="replace").decode("gbk"):
                found.append(Injected(number, LOST, column))
    return found
