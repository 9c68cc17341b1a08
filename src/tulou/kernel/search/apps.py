"""Registration of the search room."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """全文检索."""

    name = "tulou.kernel.search"
    label = "search"
    verbose_name = "全文检索"
    default_auto_field = "django.db.models.BigAutoField"
