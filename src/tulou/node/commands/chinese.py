"""The frame of `tulou --help` in Chinese: typer's own words pass through gettext or the help's formatter."""

import gettext
from collections.abc import Sequence

WORDS = {
    "Usage: ": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示补全脚本，供自行安装。",
    "Missing command.": "缺少命令。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option: {name}": "没有选项 {name}",
    "Error: {message}": "错误：{message}",
    "Aborted!": "已取消。",
    "required": "必填",
    "default: {default}": "默认 {default}",
}
METAVARS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}


def speak() -> None:
    """Must run before typer is imported; words that are not listed stay as they are."""
    known = gettext.gettext
    gettext.gettext = lambda message: WORDS.get(message) or known(message)

    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

    class ChineseFormatter(HelpFormatter):
        """The same layout, other words."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            for english, chinese in METAVARS.items():
                args = args.replace(english, chinese)
            super().write_usage(prog, args, prefix or WORDS["Usage: "])

        def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
            super().write_dl([(term, WORDS.get(text, text)) for term, text in rows], col_max, col_spacing)

    Context.formatter_class = ChineseFormatter
