"""`tulou bench`: the side-by-side benchmarks of the source tree."""

import subprocess
from typing import Annotated

import typer

from tulou.node.environment import ROOT
from tulou.node.problems import NodeProblem


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("bench", help="与同类软件对照的基准测试；不带名称时列出全部。")(bench)


def bench(
    name: Annotated[str | None, typer.Argument(metavar="名称", help="基准测试的名称。")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="用较小的数据量。")] = False,
) -> None:
    """Hand over to `benchmarks/run`, whose last line is the result as JSON."""
    program = ROOT / "benchmarks" / "run"
    if not program.exists():
        raise NodeProblem("基准测试只在源代码目录中提供。请在 git clone 得到的目录里运行。")
    arguments = [name, *(["--quick"] if quick else [])] if name else ["--list"]
    raise typer.Exit(subprocess.run([str(program), *arguments], check=False).returncode)
