"""Who this node is (节点): read from `nodes/*.toml`, the same code being a province, a city or a department."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tulou.node.environment import ROOT
from tulou.node.problems import NodeProblem

KINDS = ("province", "city", "department", "exchange")
FOLDERS = (ROOT / "nodes",)


@dataclass(frozen=True)
class NodeProfile:
    """Identity and capabilities of a node. `capabilities` names the domains whose pages and jobs are on."""

    id: str
    kind: str
    name: str
    short_name: str
    region: str
    capabilities: frozenset[str]

    def offers(self, capability: str) -> bool:
        return capability in self.capabilities


@cache
def load(name: str) -> NodeProfile:
    """The profile called `name`, or at the path `name`.

    Raises:
        NodeProblem: no such file, or a field is missing or unknown.
    """
    path = Path(name) if name.endswith(".toml") else next((f / f"{name}.toml" for f in FOLDERS), Path(name))
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        profile = NodeProfile(**{**told, "capabilities": frozenset(told["capabilities"])})
    except FileNotFoundError:
        known = "、".join(sorted(file.stem for folder in FOLDERS for file in folder.glob("*.toml")))
        raise NodeProblem(f"没有节点配置 {path}。TULOU_NODE 可用：{known}，或一个 .toml 文件的路径。") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise NodeProblem(
            f"节点配置 {path} 有误：{fault}。字段：id、kind、name、short_name、region、capabilities。"
        ) from None
    if profile.kind not in KINDS:
        raise NodeProblem(f"节点配置 {path} 的 kind={profile.kind} 无法识别。可用：{'、'.join(KINDS)}。")
    return profile
