"""汇聚: files and tables on their way into the lake, each batch with a receipt that reconciles."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Sources, batches, receipts and rejected rows."""

    name = "tulou.domains.ingest"
    label = "ingest"
    verbose_name = "数据汇聚"

    def ready(self) -> None:
        """Tell the kernel's registries what this room brings."""
        from tulou.domains.ingest import shell  # noqa: F401 - registers actions, menus, slots, to-dos on import
