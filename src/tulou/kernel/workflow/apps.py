"""The workflow room as a Django app: finds every room's `workflow` module, so that all flows are known."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkflowConfig(AppConfig):
    name = "tulou.kernel.workflow"
    label = "workflow"
    verbose_name = "流程"

    def ready(self) -> None:
        from tulou.kernel.calendar import on_notice_imported
        from tulou.kernel.workflow import checks, clocks, reminders  # noqa: F401  registers checks and the event

        on_notice_imported(clocks.recount)
        autodiscover_modules("workflow")
