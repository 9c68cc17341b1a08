"""Drawings of flows as Mermaid text, so that `docs/flows.md` always shows what the code does."""

from typing import Any

from tulou.kernel.workflow.flow import Clocks, Flow, Move
from tulou.kernel.workflow.registry import all_flows

_EFFECTS = (("starts", "起算"), ("stops", "止算"), ("pauses", "暂停"), ("resumes", "恢复"), ("extends", "延长"))


def draw(flow: Flow[Any]) -> str:
    """One flow as a state diagram: states by their Chinese names, moves with their effect on clocks."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{flow.state_label(state)}" as {state}' for state in flow.states]
    lines.append(f"    [*] --> {flow.initial}")
    for move in flow.moves.values():
        lines += [f"    {source} --> {move.target}: {_caption(move)}" for source in move.sources]
    sources = {str(source) for move in flow.moves.values() for source in move.sources}
    lines += [f"    {state} --> [*]" for state in flow.states if state not in sources]
    return "\n".join(lines) + "\n"


def draw_all() -> str:
    """The page of all flows."""
    parts = ["# 流程图\n\n本页由 `tulou docs` 根据代码中的流程表生成，请勿手工修改。\n"]
    for flow in all_flows():
        title = flow.name if flow.title == flow.name else f"{flow.title}（{flow.name}）"
        parts.append(f"## {title}\n\n```mermaid\n{draw(flow)}```\n")
    return "\n".join(parts)


def _caption(move: Move) -> str:
    effects = [f"{word} {_shown(getattr(move, name))}" for name, word in _EFFECTS if getattr(move, name) is not None]
    return f"{move.title}（{'，'.join(effects)}）" if effects else move.title


def _shown(clocks: Clocks) -> str:
    if isinstance(clocks, str):
        return clocks
    return "、".join(clocks) if isinstance(clocks, tuple) else "按类型"
