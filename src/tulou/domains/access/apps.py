"""授权: what every exit of data rests on, how much was used, and how it is cut off."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Rights, signed access plans, the meter, revocation, the register of copies."""

    name = "tulou.domains.access"
    label = "access"
    verbose_name = "访问授权"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.access import shell  # noqa: F401 - registers actions and menus on import
