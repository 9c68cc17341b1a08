"""The one tokenizer (分词): folding, character bigrams and pinyin initials.

Every run of letters, digits or Chinese characters becomes its single
characters and its neighbouring pairs. A substring's pairs are pairs of the
whole, so whatever stands in a text can be found by any part of it.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pypinyin import Style, lazy_pinyin

PINYIN = "_"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded for comparison; `origin[i]` is the place in the original of the folded character i."""

    text: str
    origin: tuple[int, ...]


def fold(text: str) -> Folded:
    """Full width to half width, case and accents away, everything else than letters and digits to a space."""
    out: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        for plain in unicodedata.normalize("NFKD", char).casefold():
            if unicodedata.category(plain).startswith("M"):
                continue
            out.append(plain if plain.isalnum() else " ")
            origin.append(place)
    return Folded("".join(out), tuple(origin))


def runs(text: str) -> list[str]:
    """The unbroken runs of letters, digits and Chinese characters of a text, folded."""
    return fold(text).text.split()


def tokens(text: str) -> list[str]:
    """Every single character and every neighbouring pair, in reading order."""
    return [token for run in runs(text) for token in _grams(run)]


def initials(text: str) -> list[str]:
    """The pinyin initials of each Chinese run."""
    spoken = [
        "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER, errors="ignore"))
        for run in runs(text)
        for chinese in _chinese(run)
    ]
    return [letters for letters in spoken if letters]


def initial_tokens(text: str) -> list[str]:
    """Neighbouring pairs of pinyin initials, marked so that they never meet Latin text."""
    return [PINYIN + a + b for letters in initials(text) for a, b in pairwise(letters)]


def wanted(run: str) -> list[str]:
    """What a document must hold to be a candidate for a run of the query: its pairs, or its one character."""
    return [a + b for a, b in pairwise(run)] or [run]


def could_be_initials(run: str) -> bool:
    """Whether a run of the query may be pinyin initials."""
    return len(run) >= 2 and run.isascii() and run.isalpha()


def is_chinese(char: str) -> bool:
    """Whether a character is Han, of any plane."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"


def _grams(run: str) -> Iterator[str]:
    yield from run
    for a, b in pairwise(run):
        yield a + b


def _chinese(run: str) -> Iterable[str]:
    return "".join(char if is_chinese(char) else " " for char in run).split()
