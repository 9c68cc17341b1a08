"""The temporal room as a Django app."""

from django.apps import AppConfig


class TemporalConfig(AppConfig):
    name = "tulou.kernel.temporal"
    label = "temporal"
    verbose_name = "时态"
