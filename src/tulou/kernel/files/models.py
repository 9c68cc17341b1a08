"""The register of stored files (文件存储). The bytes lie under their hash in the data folder, never in the database."""

from django.db import models

from tulou.trust.ids import new_id


class StoredFile(models.Model):
    """One upload. Equal contents share one blob; after destruction the row stays as a tombstone without its name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField("内容摘要", max_length=64, db_index=True)
    size = models.BigIntegerField("大小（字节）")
    media_type = models.TextField("类型")
    name = models.TextField("文件名", blank=True)
    party = models.UUIDField("上传单位", null=True)
    person = models.UUIDField("上传人", null=True)
    stored_at = models.DateTimeField("上传时间")
    destroyed_at = models.DateTimeField("销毁时间", null=True)

    class Meta:
        """Newest first in every list."""

        db_table = "files_stored"
        verbose_name = verbose_name_plural = "文件"
        ordering = ["-stored_at"]
