"""How a content is shown: groups of attributes in the words of the form, and the table of its items.

The same drawing serves the published entry, the draft of a change, any earlier version and the entry as of a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from tulou.domains.catalog.content import Content, shown
from tulou.domains.catalog.models import Entry, Item
from tulou.domains.catalog.vocabulary import Grade, MaskRule
from tulou.domains.standards.public import code_tables, label
from tulou.kernel.ui.pages import Fact

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("业务", ("domain", "theme", "keywords", "region", "period_from", "period_to")),
    (
        "来源",
        (
            "provider_dept", "duty", "system", "no_system_reason", "authority_source", "authority_note",
            "format_major", "format_minor", "update_cycle", "update_days", "retention", "destroy_rule",
        ),
    ),
    ("共享", ("share_type", "share_condition", "share_basis", "share_methods")),
    ("开放", ("open_type", "open_condition")),
    (
        "安全",
        (
            "grade", "national_grade", "is_important", "important_document", "contains_personal",
            "sensitive_personal", "minors", "personal_basis", "is_synthetic",
        ),
    ),
)  # fmt: skip
#: Shown only to the provider's own people: whom to call is internal.
INTERNAL = ("contact", "phone")


@dataclass(frozen=True)
class Group:
    """A section of the form with its filled-in attributes."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class DrawnItem:
    """One 信息项 as the table shows it."""

    order: int
    name: str
    label: str
    meaning: str
    type: str
    is_key: bool
    nullable: bool
    grade: int
    grade_label: str
    share: str
    share_condition: str
    opening: str
    mask: str
    code_table: str
    code_table_url: str


def groups(content: Content, *, internal: bool, entry: Entry | None = None) -> list[Group]:
    """The sections of a content; what is empty is left out. `entry` spares asking for what it points at anyway."""
    drawn = [Group(title, _facts(content, names, entry)) for title, names in GROUPS]
    drawn[0] = Group(drawn[0].title, (*_category(content), *drawn[0].facts))
    if internal:
        drawn.append(Group("联系", _facts(content, INTERNAL, entry)))
    return [group for group in drawn if group.facts]


def items(content: Content) -> list[DrawnItem]:
    """The rows of the item table."""
    coded = any(item.get("code_table") for item in content.get("items", []))
    known = {table.code for table in code_tables()} if coded else set()
    return [_item(order, item, known) for order, item in enumerate(content.get("items", []), start=1)]


def _item(order: int, item: Mapping[str, Any], tables: set[str]) -> DrawnItem:
    table = str(item.get("code_table") or "")
    grade = int(item.get("grade") or Grade.INTERNAL)
    return DrawnItem(
        order=order,
        name=str(item.get("name") or ""),
        label=str(item.get("label") or ""),
        meaning=str(item.get("meaning") or ""),
        type=_type(item),
        is_key=bool(item.get("is_key")),
        nullable=bool(item.get("nullable", True)),
        grade=grade,
        grade_label=str(Grade(grade).label) if grade in Grade.values else "",
        share=shown(Item, "share_type", item.get("share_type")),
        share_condition=str(item.get("share_condition") or ""),
        opening=shown(Item, "open_type", item.get("open_type")),
        mask=_mask(item),
        code_table=table,
        code_table_url=reverse("standards:table", args=[table]) if table in tables else "",
    )


def _type(item: Mapping[str, Any]) -> str:
    kind = shown(Item, "type", item.get("type") or "C")
    length, precision = item.get("length"), item.get("precision")
    if not length:
        return kind
    return f"{kind}({length},{precision})" if precision else f"{kind}({length})"


def _mask(item: Mapping[str, Any]) -> str:
    rule = item.get("mask") or MaskRule.NONE
    if rule != MaskRule.KEEP:
        return shown(Item, "mask", rule)
    parts = [
        f"{side}{count}位"
        for side, count in (("前", item.get("mask_head") or 0), ("后", item.get("mask_tail") or 0))
        if count
    ]
    return "保留" + "".join(parts) if parts else "保留首尾"


def _facts(content: Content, names: Sequence[str], entry: Entry | None) -> tuple[Fact, ...]:
    facts = []
    for name in names:
        value = content.get(name)
        text = _region(content) if name == "region" else _pointed(entry, name, value) or shown(Entry, name, value)
        if text and value is not False:
            facts.append(Fact(str(Entry._meta.get_field(name).verbose_name), text, url=_link(name, value)))  # type: ignore[union-attr]
    return tuple(facts)


def _pointed(entry: Entry | None, name: str, value: Any) -> str:
    """What the entry at hand points at, when the content points at the same."""
    if (
        entry is None
        or name not in ("duty", "system", "share_basis")
        or str(getattr(entry, f"{name}_id")) != str(value)
    ):
        return ""
    return str(getattr(entry, name) or "")


def _link(name: str, value: Any) -> str:
    pages = {"duty": "directory:duty", "system": "directory:system", "share_basis": "law:basis"}
    return reverse(pages[name], args=[UUID(str(value))]) if name in pages and value else ""


def _category(content: Content) -> tuple[Fact, ...]:
    segments = [str(content.get(f"category_{part}") or "") for part in ("class", "item", "directory", "detail")]
    if not segments[0]:
        return ()
    path = " › ".join(content.get("category_path") or [])
    return (Fact("分类", f"{''.join(segments)}　{path}".strip()),)


def _region(content: Content) -> str:
    code = str(content.get("region") or "")
    if not code:
        return ""
    name = label("region", code) or ""
    version = str(content.get("region_version") or "")
    return f"{name}（{code}）" if not version else f"{name}（{code}，{version}）"
