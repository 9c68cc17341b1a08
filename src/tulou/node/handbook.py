"""Pages of the handbook that the code writes: what exists is documented because it is declared."""

from collections.abc import Callable, Iterable
from inspect import getdoc
from pathlib import Path

from tulou.kernel.jobs.registry import all_kinds, schedules
from tulou.kernel.outbox.registry import all_events, all_handlers
from tulou.kernel.permissions.registry import all_actions, all_roles, separations
from tulou.kernel.workflow.drawing import draw_all
from tulou.node.environment import ROOT
from tulou.plane.rules import RULE_KINDS

FOLDER = ROOT / "docs" / "reference"
NOTICE = "本页由 `tulou docs` 根据代码生成，请勿手工修改。"


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    writers: dict[str, Callable[[], str]] = {
        "flows.md": draw_all,
        "events.md": events,
        "jobs.md": jobs,
        "permissions.md": permissions,
        "rules.md": rules,
    }
    return {FOLDER / name: writer() for name, writer in writers.items()}


def write() -> list[Path]:
    """Bring the pages up to date; those that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    changed = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def events() -> str:
    """Events, what they carry, and who reacts."""
    heard: dict[tuple[str, int], list[str]] = {}
    for handler in all_handlers():
        heard.setdefault((handler.event.name, handler.event.version), []).append(handler.name)
    rows = (
        (
            f"`{event.name}` v{event.version}",
            _first_line(event.cls),
            "、".join(f"`{field}`" for field in event.cls.__dataclass_fields__),
            "<br>".join(f"`{name}`" for name in sorted(heard.get((event.name, event.version), []))),
        )
        for event in all_events()
    )
    return _page("事件", _table(("事件", "含义", "内容", "处理程序"), rows))


def jobs() -> str:
    """Kinds of jobs and when they run by themselves."""
    planned = {s.kind: f"每 {s.seconds} 秒" if s.seconds else f"`{s.cron}`（北京时间）" for s in schedules()}
    rows = (
        (f"`{kind.name}`", kind.title, planned.get(kind.name, "由操作触发"), str(kind.attempts)) for kind in all_kinds()
    )
    return _page("后台作业", _table(("作业", "名称", "何时运行", "最多尝试"), rows))


def permissions() -> str:
    """Roles, their actions, and what nobody may hold together."""
    roles = ((role.name, f"`{role.code}`", "<br>".join(f"`{a}`" for a in sorted(role.actions))) for role in all_roles())
    actions = ((f"`{action.code}`", action.name) for action in all_actions())
    apart = ((f"`{rule.first}`", f"`{rule.second}`", rule.reason) for rule in separations())
    return _page(
        "岗位与权限",
        _table(("岗位", "代码", "可做的事"), roles)
        + "\n## 全部操作\n\n"
        + _table(("操作", "名称"), actions)
        + "\n## 不相容的操作\n\n"
        + _table(("操作", "与之不相容", "理由"), apart),
    )


def rules() -> str:
    """Kinds of quality rules and their parameters."""
    rows = (
        (
            f"`{name}`",
            kind.title,
            kind.dimension,
            "<br>".join(f"`{param}` {meaning}" for param, meaning in kind.params.items()),
        )
        for name, kind in RULE_KINDS.items()
    )
    return _page("质量规则", _table(("规则", "名称", "维度", "参数"), rows))


def _page(title: str, body: str) -> str:
    return f"# {title}\n\n{NOTICE}\n\n{body}"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(heads), _row(tuple("---" for _ in heads)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _first_line(cls: type) -> str:
    return (getdoc(cls) or "").split("\n", 1)[0]
