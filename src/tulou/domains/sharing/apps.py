"""共享: one agency asks, another answers within the law's days, item by item."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Requests, decisions, grants and their delivery."""

    name = "tulou.domains.sharing"
    label = "sharing"
    verbose_name = "数据共享"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings, and react to what others tell."""
        from tulou.domains.sharing import handlers, shell  # noqa: F401 - both register on import
