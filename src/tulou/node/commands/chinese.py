"""The frame of `tulou --help` in Chinese. Typer draws its fixed words through gettext, bound when it is imported."""

import gettext

WORDS = {
    "Usage:": "用法：",
    "Usage: ": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "[OPTIONS]": "[选项]",
    "Show this message and exit.": "显示本说明。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示补全脚本，供自行安装。",
    "Missing command.": "缺少命令。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option: {name}": "没有选项 {name}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Error: {message}": "错误：{message}",
    "Aborted!": "已取消。",
    "required": "必填",
    "default: {default}": "默认 {default}",
    "Try '{command} {option}' for help.": "查看说明：{command} {option}",
}


def speak() -> None:
    """Must run before typer is imported; words that are not listed stay as they are."""
    known = gettext.gettext
    gettext.gettext = lambda message: WORDS.get(message) or known(message)
