"""The identity room as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tulou.kernel.identity"
    label = "identity"
    verbose_name = "身份"
