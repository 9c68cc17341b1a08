"""安全: where did it come from, where did it go, what was done, who answers."""

from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """Trace, evidence bundles, the evidence log and the audit desk."""

    name = "tulou.domains.security"
    label = "security"
    verbose_name = "安全"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.security import shell  # noqa: F401 - registers actions, menus, places and slots on import
