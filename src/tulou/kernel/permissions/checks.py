"""System checks: every role and action that is named anywhere has been registered."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from tulou.kernel.permissions.registry import unknown_names


@register
def registered_names(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """A misspelt action would silently deny everybody; a misspelt role would grant nothing."""
    return [Error(fault, id="permissions.E001") for fault in unknown_names()]
