"""分布: what is held where, by node and by provider, for the map and the tables under it."""

from dataclasses import dataclass

from tulou.domains.catalog import public as catalog
from tulou.domains.directory import public as directory
from tulou.kernel.ui.charts import Chart, choropleth
from tulou.portal.links import address

#: Names of the outlines by region, where a node's own name is longer.
OUTLINES = {
    "350100": "福州市", "350200": "厦门市", "350300": "莆田市", "350400": "三明市", "350500": "泉州市",
    "350600": "漳州市", "350700": "南平市", "350800": "龙岩市", "350900": "宁德市", "350128": "平潭综合实验区",
}  # fmt: skip


@dataclass(frozen=True)
class NodeHolding:
    """What the providers of one node have in use."""

    code: str
    name: str
    kind: str
    region: str
    entries: int
    with_data: int
    rows: int


@dataclass(frozen=True)
class ProviderHolding:
    """What one provider has in use; `url` opens its entries for those who are signed in."""

    name: str
    entries: int
    with_data: int
    rows: int
    url: str


def by_node() -> list[NodeHolding]:
    """Every node, those without entries too."""
    held = catalog.published_by_node()
    none = catalog.Holding(0, 0, 0)
    return [
        NodeHolding(node.code, node.name, node.kind, node.region, one.entries, one.with_data, one.rows)
        for node in directory.nodes()
        for one in [held.get(node.code, none)]
    ]


def by_provider(*, linked: bool) -> list[ProviderHolding]:
    """Providers with entries in use, the largest first."""
    held = catalog.published_by_provider()
    known = directory.agencies(list(held))
    rows = [
        ProviderHolding(
            known[key].name,
            one.entries,
            one.with_data,
            one.rows,
            address("catalog:search", provider=known[key].short_name) if linked else "",
        )
        for key, one in held.items()
        if key in known
    ]
    return sorted(rows, key=lambda row: (-row.rows, -row.entries, row.name))


def city_map(nodes: list[NodeHolding]) -> Chart:
    """Entries in use on each city's node, as a sketch."""
    cities = {OUTLINES[node.region]: node for node in nodes if node.kind == "city" and node.region in OUTLINES}
    place = address("portal:overview")
    links = {name: f"{place}#node-{node.code}" for name, node in cities.items()}
    return choropleth(
        "各地市节点已发布目录", {name: node.entries for name, node in cities.items()}, unit="条", links=links
    )
