"""门户: the rooms of the house under one roof."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Front page, workbench, cockpit, search, jobs, and the operator's pages."""

    name = "tulou.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.portal import shell  # noqa: F401 - registers actions, menus, doors and slots on import
