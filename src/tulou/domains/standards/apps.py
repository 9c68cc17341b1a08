"""标准: the vocabularies that data is written in."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """Code tables with versions and the grade scales."""

    name = "tulou.domains.standards"
    label = "standards"
    verbose_name = "标准规范"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.standards import shell  # noqa: F401 - registers actions and menus on import
