"""The `ui` app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Components, base templates and the table of submissions."""

    name = "tulou.kernel.ui"
    label = "ui"
    verbose_name = "页面"
