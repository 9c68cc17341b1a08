"""Registration of the evidence room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """留痕存证."""

    name = "tulou.kernel.evidence"
    label = "evidence"
    verbose_name = "留痕存证"
    default_auto_field = "django.db.models.BigAutoField"
