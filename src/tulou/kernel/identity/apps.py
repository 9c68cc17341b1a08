"""The identity room as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tulou.kernel.identity"
    label = "identity"
    verbose_name = "身份"

    def ready(self) -> None:
        from tulou.kernel.identity.directory import register_party_names
        from tulou.kernel.identity.queries import account_labels
        from tulou.kernel.permissions import register_action
        from tulou.kernel.ui.shell import register_door

        register_party_names(account_labels)
        register_action("identity.manage", "管理账号", by_system=True)
        register_door("login", "identity:login")
        register_door("logout", "identity:logout")
        register_door("account", "identity:account")
        register_door("acting", "identity:acting")
