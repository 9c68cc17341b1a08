"""`tulou verify`: the stand-alone verifier, the same file that outsiders run."""

from pathlib import Path
from typing import Annotated

import typer

from tulou.trust import verifier


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("verify", help="离线核验证据包；有任何一处被改动都会指出，退出码为 1。")(verify)


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="证据包", help="证据包文件（.zip）。")],
    keys: Annotated[Path, typer.Option("--keys", metavar="文件", help="可信的公钥清单 keys.json。")],
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="文件", help="另行获知的检查点，用于发现日志分叉。")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="输出机器可读的结果。")] = False,
) -> None:
    """Check one bundle."""
    arguments = [str(bundle), "--keys", str(keys)]
    arguments += ["--checkpoint", str(checkpoint)] if checkpoint else []
    raise typer.Exit(verifier.main([*arguments, *(["--json"] if json else [])]))
