"""A versioned thing with a table of its own, for these tests only."""

from typing import ClassVar

from django.db import models

from tulou.kernel.identity.models import Party
from tulou.kernel.temporal import VersionedModel, history_model


class Office(VersionedModel):
    """Something whose name and owner change by date."""

    name = models.CharField("名称", max_length=40, unique=True)
    kind = models.CharField("类别", max_length=10, choices=[("a", "甲类"), ("b", "乙类")], default="a")
    owner = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="主管", db_constraint=False
    )
    noted_at = models.DateTimeField("记录", auto_now=True)

    objects: ClassVar[models.Manager["Office"]] = models.Manager()

    class Meta:
        app_label = "temporal_example"
        verbose_name = "处室"


OfficeHistory = history_model(Office)
