"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tulou.kernel.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from tulou.kernel.permissions import register_action
        from tulou.kernel.ui.shell import register_door
        from tulou.kernel.ui.slots import slot

        register_action("identity.manage", "管理账号", by_system=True)
        slot("accounts.login", "登录页的提示")
        register_door("login", "accounts:login")
        register_door("logout", "accounts:logout")
        register_door("account", "accounts:account")
        register_door("acting", "accounts:acting")
