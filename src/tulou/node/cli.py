"""The `tulou` command: everything an operator does outside the browser, told in Chinese."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from tulou.node.commands.chinese import speak
from tulou.node.problems import NodeProblem

if TYPE_CHECKING:
    import typer

SUBJECTS = ("run", "user", "sample", "registers", "verify", "bench", "docs")


def build() -> "typer.Typer":
    """Every subject adds its commands; typer is imported after its words are Chinese."""
    speak()
    import typer

    app = typer.Typer(
        name="tulou",
        help="Tulou 土楼：一体化公共数据体系。每条命令都可以加 --help 查看说明。",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for subject in SUBJECTS:
        import_module(f"tulou.node.commands.{subject}").register(app)
    return app


def main() -> None:
    """Problems that an operator can solve are told in a sentence, without a traceback."""
    try:
        build()()
    except NodeProblem as problem:
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
