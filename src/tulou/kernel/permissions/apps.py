"""The permissions room as a Django app."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "tulou.kernel.permissions"
    label = "permissions"
    verbose_name = "权限"

    def ready(self) -> None:
        from tulou.kernel.identity import register_workplaces
        from tulou.kernel.permissions import checks, queries, register_action  # noqa: F401  registers the checks

        register_workplaces(queries.workplaces)
        register_action("permissions.assign", "分配角色", by_system=True)
        register_action("permissions.delegate", "委托代办")
