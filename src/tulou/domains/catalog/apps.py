"""目录: what every agency holds, tied to its duty and its system."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Entries, items, versions, codes, review and search."""

    name = "tulou.domains.catalog"
    label = "catalog"
    verbose_name = "公共数据目录"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.catalog import shell  # noqa: F401 - registers actions, menus, slots, search on import
