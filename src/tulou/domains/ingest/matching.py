"""结构核对: which column of a source fills which item of the entry, and what neither side knows of the other.

Promise: a column that vanished or appeared is never passed over in silence; its
keeper maps it, leaves it out knowingly, or changes the entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tulou.domains.catalog.public import ItemInfo


@dataclass(frozen=True, slots=True)
class Matching:
    """A source beside its entry: `missing` items have no column, `extra` columns no item, and nobody decided yet."""

    mapping: Mapping[str, str]
    missing: tuple[ItemInfo, ...]
    extra: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether every item and every column is accounted for."""
        return not self.missing and not self.extra

    @property
    def message(self) -> str:
        """What does not fit, by name."""
        parts = []
        if self.missing:
            parts.append(f"来源中找不到信息项：{'、'.join(item.label for item in self.missing)}")
        if self.extra:
            parts.append(f"来源中多出目录没有的列：{'、'.join(self.extra)}")
        return "；".join(parts)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        parts = ["如果只是改了列名，请在“核对结构”中重新对应"]
        if self.missing:
            parts.append("如果来源不再提供，请发起目录变更，或将可空的信息项标为本次不报送")
        if self.extra:
            parts.append("如果新列需要入库，请发起目录变更增加信息项，不需要的标为不入库")
        return "；".join(parts)


def match(
    columns: Sequence[str],
    items: Sequence[ItemInfo],
    *,
    known: Mapping[str, str] | None = None,
    left_out: Sequence[str] = (),
    ignored: Sequence[str] = (),
) -> Matching:
    """Find each item's column: as it was before, else by source name, Chinese label or English name."""
    free = list(columns)
    mapping: dict[str, str] = {}
    for item in items:
        earlier = (known or {}).get(item.name)
        if earlier in free:
            free.remove(earlier)
            mapping[item.name] = earlier
    for item in items:
        if item.name in mapping or item.name in left_out:
            continue
        found = _likely(item, free)
        if found is not None:
            free.remove(found)
            mapping[item.name] = found
    missing = tuple(i for i in items if i.name not in mapping and not (i.name in left_out and may_be_left_out(i)))
    return Matching(mapping, missing, tuple(name for name in free if name not in ignored))


def may_be_left_out(item: ItemInfo) -> bool:
    """Only an item that may be empty can be missing from a batch."""
    return item.nullable and not item.is_key


def _likely(item: ItemInfo, free: Sequence[str]) -> str | None:
    wanted = [name.strip().casefold() for name in (item.source_name, item.label, item.name) if name]
    for name in wanted:
        for column in free:
            if column.strip().casefold() == name:
                return column
    return None
