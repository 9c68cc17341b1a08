"""JSON (数组或逐行): objects become rows, numbers keep every digit they were written with."""

import io
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tulou.plane.connect.encoding import TextScan, open_utf8, scan_text
from tulou.plane.connect.rows import Fault, RowLayout
from tulou.plane.connect.source import SourceColumn, SourceIdentity, SourceProblem

_SAMPLE: Final = 1000
_LONGEST: Final = 16 << 20
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
Item = dict[str, Any] | str


class JsonSource:
    """A file with one array of objects, or with an object in each line."""

    def __init__(self, path: Path | str, *, name: str = "") -> None:
        self._path = Path(path)
        self._name = name or self._path.name

    def columns(self) -> list[SourceColumn]:
        """The names that occur in the first objects."""
        return [SourceColumn(name) for name in self._layout.names]

    def identity(self) -> SourceIdentity:
        """The file, by the hash of its bytes."""
        return SourceIdentity("json", self._name, self._scan.sha256, size=self._scan.size)

    def estimate_rows(self) -> int | None:
        """Unknown until it was read."""
        return None

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows; a name that the first objects did not have makes its row a fault."""
        names = self._layout.names
        known = set(names)
        items = self._items()
        number = 0
        while chunk := list(islice(items, size)):
            good: list[Sequence[str | None]] = []
            numbers: list[int] = []
            faults: list[Fault] = []
            for item in chunk:
                number += 1
                if isinstance(item, str):
                    faults.append(Fault(number, "source.bad_json", item))
                elif not known.issuperset(item):
                    faults.append(Fault(number, "source.ragged", json.dumps(item, ensure_ascii=False)))
                else:
                    good.append([_text(item.get(name)) for name in names])
                    numbers.append(number)
            if good:
                yield self._layout.from_lists(good, numbers)
            if faults:
                yield self._layout.faults(faults)

    @cached_property
    def _scan(self) -> TextScan:
        return scan_text(self._path)

    @cached_property
    def _layout(self) -> RowLayout:
        names: dict[str, None] = {}
        for item in islice(self._items(), _SAMPLE):
            if isinstance(item, dict):
                names |= dict.fromkeys(item)
        if not names:
            raise SourceProblem("empty", "文件里没有可用的 JSON 对象", "请提供对象数组，或每行一个对象")
        return RowLayout(list(names))

    def _items(self) -> Iterator[Item]:
        with io.TextIOWrapper(open_utf8(self._path, self._scan), encoding="utf-8", newline="\n") as text:
            head = text.read(1)
            while head and head.isspace():
                head = text.read(1)
            yield from _array(text) if head == "[" else _lines(head, text)


def _lines(head: str, text: io.TextIOWrapper) -> Iterator[Item]:
    for line in text:
        whole, head = (head + line).strip(), ""
        if whole:
            yield _object(whole)


def _object(line: str) -> Item:
    try:
        value = _DECODER.decode(line)
    except (json.JSONDecodeError, RecursionError):
        return line
    return value if isinstance(value, dict) else line


def _array(text: io.TextIOWrapper) -> Iterator[Item]:
    """The objects of an array, one at a time."""
    buffer, ended = "", False
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            value, end = _DECODER.raw_decode(buffer)
            if end == len(buffer) and not ended:
                raise json.JSONDecodeError("cut off", buffer, end)
        except (json.JSONDecodeError, RecursionError) as error:
            more = text.read(1 << 20)
            if not more or len(buffer) > _LONGEST:
                raise SourceProblem("unreadable", "JSON 数组不完整或有语法错误", "请重新导出后上传") from error
            buffer, ended = buffer + more, False
            continue
        buffer = buffer[end:]
        yield value if isinstance(value, dict) else json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str | None:
    """Texts and numbers as they were written; nested values as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
