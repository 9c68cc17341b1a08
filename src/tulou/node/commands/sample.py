"""`tulou sample`: the sample province of a data folder."""

import shutil
from typing import Annotated

import typer

from tulou.node import environment
from tulou.node.commands.attach import attached
from tulou.node.environment import Environment
from tulou.node.lock import FolderLock
from tulou.node.problems import NodeProblem

KEPT = {"run"}


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(help="样例省：载入、查看、清空。", no_args_is_help=True, rich_markup_mode=None)
    group.command("load", help="载入样例省；已载入的步骤会跳过。")(load)
    group.command("status", help="样例省载入了多少。")(status)
    group.command("reset", help="删除样例节点的全部数据（须先停止节点）；下次启动重新载入。")(reset)
    app.add_typer(group, name="sample")


def load() -> None:
    """What `tulou run` does before it opens its doors."""
    _sample_only()
    with attached(exclusive=True):
        from tulou.node.preparation import prepare

        prepare()


def status() -> None:
    """Each step of the loading, and whether it is done."""
    _sample_only()
    with attached():
        from tulou.node.sample.load import status as steps

        for step in steps():
            typer.echo(f"{'已载入' if step.done else '未载入'}  {step.title}")


def reset(yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False) -> None:
    """Empty the data folder of a sample node with its embedded database."""
    told = _sample_only()
    if told.database_url:
        raise NodeProblem("使用外部数据库时，请由数据库管理员重建数据库，再运行 tulou sample load。")
    lock = FolderLock(told.data)
    lock.take()
    try:
        if not yes:
            typer.confirm(f"将删除 {told.data} 中的全部数据，不能恢复。继续吗", abort=True)
        for path in told.data.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        lock.release()
    typer.echo("已清空。运行 ./dev run 重新载入样例省。")


def _sample_only() -> Environment:
    told = environment.read()
    mark = told.data / "run" / "mode"
    if not told.sample or (mark.exists() and mark.read_text().strip() != "sample"):
        raise NodeProblem("这不是样例节点，样例命令不能用于生产数据。")
    return told
