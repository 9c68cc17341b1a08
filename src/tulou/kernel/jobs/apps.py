"""Registration of the jobs room; every app's `tasks` module is read when Django starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """后台作业."""

    name = "tulou.kernel.jobs"
    label = "jobs"
    verbose_name = "后台作业"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Job kinds and schedules must be known before the first is enqueued or run."""
        autodiscover_modules("tasks")
