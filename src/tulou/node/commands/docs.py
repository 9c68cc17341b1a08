"""`tulou docs`: pages of the handbook that are written by the code itself."""

import os
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("docs", help="更新由代码生成的文档；--check 只比较，不一致时退出码为 1。")(docs)


def docs(check: Annotated[bool, typer.Option("--check", help="只比较，不写文件。")] = False) -> None:
    """Write the pages, or tell which are out of date."""

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tulou.node.settings")
    os.environ["TULOU_NODE"] = "fujian"  # the node that has every capability
    import django

    django.setup()
    from tulou.node.handbook import pages, write

    if not check:
        for path in write():
            typer.echo(f"已更新 {path}")
        return
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        typer.echo(f"已过期 {path}，请运行 ./dev docs")
    raise typer.Exit(1 if stale else 0)
