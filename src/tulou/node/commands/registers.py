"""`tulou import` and `tulou export`: registers as JSON lines."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tulou.node.commands.attach import attached
from tulou.node.problems import NodeProblem

NAMES = "nodes 节点、agencies 机构、duties 职责、systems 信息系统、codes 代码表、laws 法规依据"
Name = Annotated[str, typer.Argument(metavar="登记簿", help=f"{NAMES}。")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("export", help="把登记簿导出为每行一条的 JSON。")(export)
    app.command("import", help="导入登记簿（每行一条 JSON）；重复导入不会重复登记。")(take)


def export(
    name: Name,
    target: Annotated[Path | None, typer.Option("--to", metavar="文件", help="写入文件；不给则输出到屏幕。")] = None,
) -> None:
    """Write a register."""
    with attached(), ExitStack() as closing:
        from tulou.node import registers

        _require(name, registers.REGISTERS)
        out = closing.enter_context(target.open("w", encoding="utf-8")) if target else sys.stdout
        for line in registers.export(name):
            out.write(line + "\n")


def take(name: Name, source: Annotated[Path, typer.Argument(metavar="文件", help="要导入的文件。")]) -> None:
    """Take a register; each refused line is told with its reason, the others are kept."""
    if not source.is_file():
        raise NodeProblem(f"没有文件 {source}。")
    with attached(), source.open(encoding="utf-8-sig") as lines:
        from tulou.kernel.identity import Actor
        from tulou.node import registers

        _require(name, registers.REGISTERS)
        taken, refused = registers.take(name, lines, actor=Actor.system("tulou import"))
    for refusal in refused:
        typer.echo(f"第 {refusal.number} 行未导入：{refusal.reason}", err=True)
    typer.echo(f"已导入 {taken} 行，未导入 {len(refused)} 行。")
    raise typer.Exit(1 if refused else 0)


def _require(name: str, known: object) -> None:
    if not isinstance(known, dict) or name not in known:
        raise NodeProblem(f"没有登记簿 {name}。可用：{NAMES}。")
