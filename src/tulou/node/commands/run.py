"""`tulou run`, and the processes of a node for those who start them under a supervisor of their own."""

from typing import Annotated

import typer

from tulou.node import entries, environment
from tulou.node.commands import diagnosis
from tulou.node.supervisor import Supervisor


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("run", help="启动节点：数据库、平台、作业、存证和网关；Ctrl-C 停止。")(run)
    app.command("check", help="检查这个安装有什么问题、怎么办；有问题时退出码为 1。")(check)
    for name, title in (("worker", "只运行作业进程"), ("clerk", "只运行存证与发件进程")):
        app.command(name, help=f"{title}（由外部的进程管理程序启动时用）。")(entries.ENTRIES[name])


def run() -> None:
    """Start the node and stay."""
    Supervisor(environment.read()).run()


def check(quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只列出有问题的项目。")] = False) -> None:
    """Tell what is wrong and what to do."""
    findings = diagnosis.examine()
    for finding in findings:
        if finding.well and quiet:
            continue
        typer.echo(f"{'正常' if finding.well else '问题'}  {finding.subject}：{finding.state}")
        if not finding.well:
            typer.echo(f"      怎么办：{finding.remedy}")
    if any(not finding.well for finding in findings):
        raise typer.Exit(1)
