"""数字: what the portal counts, each with its definition and the page of the rows behind it.

Counted when asked for, from the rooms' own rows; a room that is not on this node has no figure.
"""

from dataclasses import dataclass

from tulou.domains.catalog import public as catalog
from tulou.kernel import evidence
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.kernel.ui import figures as words
from tulou.portal.links import address, allowed, installed


@dataclass(frozen=True)
class Figure:
    """A figure; `url` opens its rows and is empty for those who may not see them."""

    code: str
    title: str
    value: int
    unit: str
    definition: str
    url: str = ""
    note: str = ""


DEFINITIONS: dict[str, tuple[str, str, str]] = {
    "entries": ("已发布目录", "条", "经审核发布、没有停用的公共数据目录条数；编制中、变更稿和已停用的不计。"),
    "rows": (
        "有效数据量",
        "行",
        "已发布目录的数据表中现行、有主键、通过入库检核、去重之后的记录数之和；"
        "历史版本、退回的行和已停用目录的数据不计，没有数据的目录计为 0。",
    ),
    "batches": ("本月入库批次", "批", "本自然月内入库成功的汇聚批次数；失败和取消的不计。"),
    "grants": ("使用中的授权", "项", "今日在有效期内、状态为“使用中”的共享授权数；暂停、撤销和到期的不计。"),
    "calls": ("今日调用", "次", "今日网关受理的页面查询、文件交付和接口调用次数，按北京时间自然日计；被拒绝的不计。"),
    "leaves": ("存证留痕", "条", "已写入存证树并由检查点签名覆盖的留痕条数。"),
}


def public_figures(actor: Actor) -> list[Figure]:
    """The figures of the front page."""
    held = catalog.published_by_node().values()
    filled = sum(one.with_data for one in held)
    found = [
        _figure("entries", sum(one.entries for one in held), actor, address("catalog:search"), None),
        _figure("rows", sum(one.rows for one in held), actor, _rows_url(), None, note=f"{filled} 条目录有数据"),
    ]
    month = today().replace(day=1)
    if installed("ingest"):
        from tulou.domains.ingest import public as ingest

        landed = sum(day.batches for day in ingest.landed_by_day(month))
        found.append(_figure("batches", landed, actor, address("ingest:register"), "ingest.read"))
    if installed("sharing"):
        from tulou.domains.sharing import public as sharing

        rows = address("sharing:grants")
        found.append(_figure("grants", sharing.count_in_use(), actor, rows, "sharing.read_all"))
    found.append(_calls(actor))
    found.append(_leaves(actor))
    return found


def _figure(code: str, value: int, actor: Actor, url: str, action: str | None, *, note: str = "") -> Figure:
    title, unit, definition = DEFINITIONS[code]
    return Figure(code, title, value, unit, definition, url if allowed(actor, action) else "", note)


def _rows_url() -> str:
    place = address("portal:overview")
    return f"{place}#providers" if place else ""


def _calls(actor: Actor) -> Figure:
    from tulou.domains.access import public as access

    day = today()
    used = sum(one.calls for one in access.use_by_day(day))
    url = address("security:journal", kind="access", since=day.isoformat())
    return _figure("calls", used, actor, url, "security.audit")


def _leaves(actor: Actor) -> Figure:
    head = evidence.latest_checkpoint()
    note = f"检查点 {words.moment(head.at)}" if head else "还没有检查点"
    return _figure("leaves", head.size if head else 0, actor, address("security:log"), None, note=note)
