"""治理: rules bound to entries, what every batch and table scores against them, and tickets until faults are gone."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Rules, checks, scores and rectification tickets."""

    name = "tulou.domains.quality"
    label = "quality"
    verbose_name = "数据质量"

    def ready(self) -> None:
        """Tell the kernel's registries and the rooms below what this room brings."""
        from tulou.domains.quality import handlers, shell  # noqa: F401 - both register on import
