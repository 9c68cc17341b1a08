"""Small answers (页与预览): rows as JSON, or as a table fragment for the hub's page."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from tulou.plane.gate import Page
from tulou.plane.gateway.formats import plain
from tulou.trust.plans import AccessPlan

_MASKS = {"keep": "部分隐藏", "hash": "以摘要代替", "month": "只到月份", "null": "不提供"}


def as_json(plan: AccessPlan, page: Page) -> bytes:
    """Columns with their labels, rows by name, and the cursor of the next page."""
    known = {column.name: column for column in plan.columns}
    told: dict[str, Any] = {
        "columns": [
            {"name": name, "label": known[name].label, "mask": known[name].mask.kind}
            if name in known
            else {"name": name, "label": "数量", "mask": "none"}
            for name in page.rows.column_names
        ],
        "rows": [{name: plain(value) for name, value in row.items()} for row in page.rows.to_pylist()],
        "cursor": page.cursor,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def as_table(plan: AccessPlan, page: Page) -> bytes:
    """A table fragment; every text escaped."""
    heads = "".join(_head(column.label or column.name, column.mask.kind) for column in plan.columns)
    rows = "".join(_row(row, plan) for row in page.rows.to_pylist())
    if not rows:
        rows = f'<tr><td colspan="{len(plan.columns)}">没有符合条件的数据</td></tr>'
    return (
        f'<table class="table table-vcenter card-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    ).encode()


def _head(label: str, mask: str) -> str:
    note = f' <span class="badge">{_MASKS[mask]}</span>' if mask in _MASKS else ""
    return f'<th scope="col">{escape(label)}{note}</th>'


def _row(row: Mapping[str, Any], plan: AccessPlan) -> str:
    return "<tr>" + "".join(f"<td>{_cell(row[column.name])}</td>" for column in plan.columns) + "</tr>"


def _cell(value: Any) -> str:
    if value is None:
        return '<span class="text-secondary">—</span>'
    if isinstance(value, bool):
        return "是" if value else "否"
    return escape(str(plain(value)))
