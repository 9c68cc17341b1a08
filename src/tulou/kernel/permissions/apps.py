"""The permissions room as a Django app."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "tulou.kernel.permissions"
    label = "permissions"
    verbose_name = "权限"

    def ready(self) -> None:
        from tulou.kernel.identity import register_workplaces
        from tulou.kernel.permissions import checks, queries  # noqa: F401  registers the system checks

        register_workplaces(queries.workplaces)
