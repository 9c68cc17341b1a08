"""`tulou user`: accounts, when the web pages cannot be used (the first administrator, a lost password)."""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from tulou.node.commands.attach import attached
from tulou.node.problems import NodeProblem

if TYPE_CHECKING:
    from tulou.kernel.identity import Account, Actor

Login = Annotated[str, typer.Argument(metavar="登录名", help="账号的登录名。")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(help="账号：开立、查看、重置口令、停用。", no_args_is_help=True, rich_markup_mode=None)
    group.command("create", help="开立账号；打印一次性口令，首次登录须修改。")(create)
    group.command("list", help="列出账号和岗位。")(show)
    group.command("reset-password", help="重置口令；打印一次性口令，原有会话全部结束。")(reset_password)
    group.command("disable", help="停用账号，会话立即结束。")(disable)
    group.command("enable", help="重新启用账号。")(enable)
    group.command("totp", help="查看或取消动态口令（手机丢失时）。")(totp)
    app.add_typer(group, name="user")


def create(
    login: Login,
    label: Annotated[str, typer.Option("--label", help="账号名称，按岗位命名，例如：省民政厅数据管理员。")],
    role: Annotated[str | None, typer.Option("--role", help="岗位代码，见 docs/reference/permissions.md。")] = None,
    agency: Annotated[str | None, typer.Option("--agency", help="任职机构的代码；给出岗位时必填。")] = None,
) -> None:
    """Open an account, with a role where one is named."""
    if role and not agency:
        raise NodeProblem("给出 --role 时还要用 --agency 指明任职机构的代码。")
    with attached():
        from django.core.exceptions import ValidationError
        from django.db import transaction

        from tulou.kernel.accounts.services import create_account

        password = _password()
        try:
            with transaction.atomic():
                account = create_account(login, label, password, actor=_operator())
                if role and agency:
                    _assign(account, role, agency)
        except ValidationError as fault:
            raise NodeProblem("；".join(fault.messages)) from None
        typer.echo(f"已开立 {account.login}（{account.label}），一次性口令：{password}")


def _assign(account: "Account", role: str, code: str) -> None:
    from tulou.domains.directory.public import agency_by_code
    from tulou.kernel.accounts.desks import assign

    agency = agency_by_code(code)
    if agency is None:
        raise NodeProblem(f"没有代码为 {code} 的机构。用 tulou export agencies 查看机构代码。")
    assign(account.party_id, role, agency.id, actor=_operator())


def show() -> None:
    """Accounts with their roles today."""
    with attached():
        from tulou.kernel.identity import Account
        from tulou.kernel.permissions.models import Assignment
        from tulou.kernel.permissions.registry import role_name

        roles: dict[object, list[str]] = {}
        for person, role in Assignment.objects.filter(ended_at=None).values_list("person_id", "role"):
            roles.setdefault(person, []).append(role_name(role))
        for account in Account.objects.order_by("login"):
            marks = [] if account.is_active else ["停用"]
            marks += ["动态口令"] if account.has_totp else []
            typer.echo("\t".join([account.login, account.label, "、".join(roles.get(account.party_id, [])), *marks]))


def reset_password(login: Login) -> None:
    """A first password, to be changed at the next sign-in."""
    with attached():
        from tulou.kernel.accounts import services

        password = _password()
        services.reset_password(_account(login), password, actor=_operator())
        typer.echo(f"已重置 {login}，一次性口令：{password}")


def disable(login: Login) -> None:
    """Close the account."""
    with attached():
        from tulou.kernel.accounts import services

        services.set_active(_account(login), False, actor=_operator())
        typer.echo(f"已停用 {login}")


def enable(login: Login) -> None:
    """Open it again."""
    with attached():
        from tulou.kernel.accounts import services

        services.set_active(_account(login), True, actor=_operator())
        typer.echo(f"已启用 {login}")


def totp(
    login: Login, off: Annotated[bool, typer.Option("--off", help="取消动态口令，回到只用口令。")] = False
) -> None:
    """Whether one-time codes are on; off for somebody who lost the telephone."""
    with attached():
        from tulou.kernel.accounts import totp as codes

        account = _account(login)
        if off and account.has_totp:
            codes.disable(account, actor=_operator())
            typer.echo(f"已取消 {login} 的动态口令，请提醒本人重新绑定")
        else:
            typer.echo(f"{login} {'已启用' if account.has_totp else '未启用'}动态口令")


def _account(login: str) -> "Account":
    from tulou.kernel.identity import Account

    account = Account.objects.filter(login=login.strip().lower()).first()
    if account is None:
        raise NodeProblem(f"没有登录名为 {login} 的账号。用 tulou user list 查看全部账号。")
    return account


def _operator() -> "Actor":
    from tulou.kernel.identity import Actor

    return Actor.system("tulou 命令行")


def _password() -> str:
    """Random, without letters that are easily confused when read aloud."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(5)) for _ in range(4))
