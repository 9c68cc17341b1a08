"""Registration of the file store."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """文件存储."""

    name = "tulou.kernel.files"
    label = "files"
    verbose_name = "文件存储"
    default_auto_field = "django.db.models.BigAutoField"
