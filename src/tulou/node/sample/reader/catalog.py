"""Catalogue entries of the sample (目录规格): the whole form of an entry, its items, table and quality rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatch
from functools import lru_cache
from typing import Any

from tulou.node.sample.counties import counties
from tulou.node.sample.pack import dataset_names
from tulou.node.sample.reader.loading import SPECS, SpecProblem, build, load_toml
from tulou.plane.rules import Rule
from tulou.plane.tables import Column, TableSchema
from tulou.trust.plans import Mask

# 信息项数据类型（字符型C、数值型N、日期型D、日期时间型T、逻辑型L、整型I）→ 入库类型。
TYPES = {"C": "text", "D": "date", "T": "timestamp", "L": "boolean", "I": "integer"}
NO_MASK = Mask()


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """类、项、目、细目: the class part of a resource code, kept in segments."""

    item: str
    object: str
    detail: str
    class_: str


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """One item (信息项): `source` is the column of the original file, `name` the column of the table."""

    source: str
    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    key: bool = False
    nullable: bool = True
    grade: int = 1
    share_type: str = ""
    code_table: str = ""
    mask: Mask = NO_MASK

    @property
    def column(self) -> Column:
        """The item as a column of the lake."""
        kind = f"decimal({self.precision},{self.scale})" if self.type == "N" else TYPES[self.type]
        return Column(self.name, kind, self.label, self.grade, self.key, self.nullable)


@dataclass(frozen=True, slots=True)
class EntrySpec:
    """One catalogue entry, complete as the form of 目录编制 wants it."""

    code: str
    name: str
    table: str
    provider: str
    provider_dept: str
    duty: str
    system: str
    abstract: str
    format_major: str
    format_minor: str
    category: CategorySpec
    category_path: tuple[str, ...]
    domain: str
    theme: str
    keywords: tuple[str, ...]
    share_type: str
    share_condition: str
    share_methods: tuple[str, ...]
    open_type: str
    open_condition: str
    update_cycle: str
    grade: int
    national_grade: str
    authority_source: bool
    authority_note: str
    region: str
    region_version: str
    period_from: date
    retention: str
    destroy_rule: str
    item: tuple[ItemSpec, ...]
    rule: tuple[Rule, ...]
    files: tuple[str, ...] = ()
    generator: str = ""
    period_to: date | None = None
    related: tuple[str, ...] = ()
    important: bool = False
    personal: bool = False
    sensitive_personal: bool = False
    minors: bool = False
    personal_basis: str = ""
    contact: str = "数据管理员（样例）"
    phone: str = "样例，不公布"

    @property
    def synthetic(self) -> bool:
        """Whether the data are made by this product's generators and describe nobody."""
        return bool(self.generator)

    @property
    def schema(self) -> TableSchema:
        """The table that the entry's data land in."""
        return TableSchema(tuple(item.column for item in self.item))

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the packed files that belong to the entry, in the order in which they are loaded."""
        return tuple(name for pattern in self.files for name in dataset_names() if fnmatch(name, pattern))


@lru_cache(maxsize=1)
def entries() -> tuple[EntrySpec, ...]:
    """All catalogue entries, in the order in which a loader registers them."""
    return tuple(_entry(load_toml(path)) for path in sorted((SPECS / "catalog").glob("*.toml")))


def _entry(raw: dict[str, Any]) -> EntrySpec:
    where = f"目录“{raw.get('code', '?')}”的"
    items = tuple(_item(item, where, raw.get("share_type", "")) for item in raw.get("item", ()))
    rules = tuple(_rule(rule, where) for rule in raw.get("rule", ()))
    category = {**raw.get("category", {}), "class_": raw.get("category", {}).get("class", "")}
    category.pop("class", None)
    entry = build(EntrySpec, raw, "目录")
    return replace(entry, item=items, rule=rules, category=build(CategorySpec, category, f"{where}分类"))


def _item(raw: Mapping[str, Any], where: str, share_type: str) -> ItemSpec:
    item = build(ItemSpec, raw, f"{where}信息项")
    if item.type not in {*TYPES, "N"}:
        raise SpecProblem(f"{where}信息项“{item.name}”的数据类型“{item.type}”不在所用类型内")
    mask = Mask(**raw["mask"]) if "mask" in raw else NO_MASK
    return replace(item, mask=mask, share_type=item.share_type or share_type)


def _rule(raw: Mapping[str, Any], where: str) -> Rule:
    params = dict(raw.get("params", {}))
    if params.pop("values_from", "") == "counties":
        params["values"] = tuple(county.code for county in counties())
    return build(Rule, {**raw, "params": params}, f"{where}规则")
