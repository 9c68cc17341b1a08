"""法规: the legal bases that decisions cite, the days within which they must be made, the calendar notices."""

from django.apps import AppConfig


class LawConfig(AppConfig):
    """The room where law is data: rows with effective dates and a citation."""

    name = "tulou.domains.law"
    label = "law"
    verbose_name = "法规依据"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.law import shell  # noqa: F401 - registers actions, menus on import
