"""Registration of the outbox; every app's `events` and `handlers` modules are read when Django starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """事件外发箱."""

    name = "tulou.kernel.outbox"
    label = "outbox"
    verbose_name = "事件外发箱"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Events and their handlers must be known before the first is published or delivered."""
        autodiscover_modules("events", "handlers")
