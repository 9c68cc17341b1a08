"""The content of an entry as one value: what a form edits, a version keeps, and a diff compares."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from tulou.domains.catalog.models import Entry, Item

#: Columns of an entry that its agency writes; everything else is kept by the system.
FIELDS: tuple[str, ...] = (
    "name", "abstract", "category_class", "category_item", "category_directory", "category_detail", "category_path",
    "domain", "theme", "keywords", "region", "region_version", "period_from", "period_to",
    "provider_dept", "duty", "system", "no_system_reason", "authority_source", "authority_note",
    "format_major", "format_minor", "update_cycle", "update_days", "retention", "destroy_rule",
    "share_type", "share_condition", "share_basis", "share_methods", "open_type", "open_condition",
    "grade", "national_grade", "is_important", "important_document",
    "contains_personal", "sensitive_personal", "minors", "personal_basis", "is_synthetic", "contact", "phone", "table",
)  # fmt: skip
ITEM_FIELDS: tuple[str, ...] = (
    "name", "label", "source_name", "meaning", "type", "length", "precision", "nullable", "is_key",
    "code_table", "data_element", "grade", "share_type", "share_condition", "open_type",
    "mask", "mask_head", "mask_tail",
)  # fmt: skip

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, or one item's field, that differs between two contents."""

    place: str
    label: str
    before: str
    after: str

    @property
    def title(self) -> str:
        """The label, under the name by which the pages draw a difference."""
        return self.label


def content_of(entry: Entry, rows: Iterable[Item] | None = None) -> Content:
    """The content that an entry holds now, in JSON form; `rows` stand for its items while they are not saved."""
    values = {name: _plain(getattr(entry, _attribute(Entry, name))) for name in FIELDS}
    items = entry.items.all() if rows is None else rows
    return {**values, "items": [{name: getattr(item, name) for name in ITEM_FIELDS} for item in items]}


def working_content(entry: Entry) -> Content:
    """What its agency is working on: the draft of a change if there is one, else the rows."""
    draft = getattr(entry, "draft", None)
    return dict(draft.content) if draft is not None else content_of(entry)


def apply_content(entry: Entry, content: Mapping[str, Any]) -> None:
    """Set an entry's columns from a content, without saving."""
    for name in FIELDS:
        if name in content:
            field = Entry._meta.get_field(name)
            setattr(entry, _attribute(Entry, name), field.to_python(content[name]))  # type: ignore[union-attr]


def item_rows(entry: Entry, items: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Unsaved rows for the items of a content, in their order."""
    return [
        Item(entry=entry, order=order, **{name: item[name] for name in ITEM_FIELDS if name in item})
        for order, item in enumerate(items, start=1)
    ]


def digest(content: Content) -> str:
    """SHA-256 of the content's canonical form."""
    material = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(material.encode()).hexdigest()


def diff(before: Content, after: Content) -> list[Difference]:
    """What differs, field by field and item by item; items are matched by their English name."""
    found = [
        Difference(name, _label(Entry, name), *(shown(Entry, name, side.get(name)) for side in (before, after)))
        for name in FIELDS
        if before.get(name) != after.get(name)
    ]
    old = {item["name"]: item for item in before.get("items", [])}
    new = {item["name"]: item for item in after.get("items", [])}
    for name in [*old, *[name for name in new if name not in old]]:
        found += _item_differences(name, old.get(name), new.get(name))
    return found


def _item_differences(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Difference]:
    if old is None and new is not None:
        return [Difference(f"items.{name}", f"信息项 {new['label']}", "", "新增")]
    if new is None and old is not None:
        return [Difference(f"items.{name}", f"信息项 {old['label']}", "原有", "删除")]
    if old is None or new is None:
        return []
    return [
        Difference(
            f"items.{name}.{field}",
            f"信息项 {new['label']}：{_label(Item, field)}",
            shown(Item, field, old.get(field)),
            shown(Item, field, new.get(field)),
        )
        for field in ITEM_FIELDS
        if old.get(field) != new.get(field)
    ]


def _attribute(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "attname", name))


def _label(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def shown(model: type[models.Model], name: str, value: Any) -> str:
    """A value of a field as a reader wants it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(shown(model, name, part) for part in value)
    field = model._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        related = field.related_model._default_manager.filter(pk=value).first()
        return str(related) if related is not None else str(value)
    base = getattr(field, "base_field", field)
    return str(dict(getattr(base, "flatchoices", ())).get(value, value))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, list | tuple) else value
