"""The identity room as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tulou.kernel.identity"
    label = "identity"
    verbose_name = "身份"

    def ready(self) -> None:
        from tulou.kernel.identity.directory import register_party_names
        from tulou.kernel.identity.queries import account_labels

        register_party_names(account_labels)
