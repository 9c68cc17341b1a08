"""机构: who exists, what they are charged with, which systems they run, and who works there."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Agencies by date and succession, duties, information systems, nodes and accounts."""

    name = "tulou.domains.directory"
    label = "directory"
    verbose_name = "机构职责"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.directory import shell  # noqa: F401 - registers roles, actions, menus, resolvers on import
