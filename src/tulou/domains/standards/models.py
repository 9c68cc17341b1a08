"""Nouns of the standards room: a code table has versions in force from a day; a version has codes."""

from django.db import models

from tulou.trust.ids import new_id


class CodeTable(models.Model):
    """A vocabulary that columns are coded in, such as 行政区划代码."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    code = models.SlugField("编号", max_length=60, unique=True)
    name = models.CharField("名称", max_length=120)
    standard = models.CharField("所依标准", max_length=120, blank=True)

    class Meta:
        verbose_name = "代码表"
        verbose_name_plural = "代码表"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CodeTableVersion(models.Model):
    """One edition of a code table. Editions do not overlap; the newest ends when the next begins."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    table = models.ForeignKey(CodeTable, on_delete=models.PROTECT, related_name="versions", verbose_name="代码表")
    version = models.CharField("版本", max_length=60)
    source = models.CharField("来源", max_length=200)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "代码表版本"
        verbose_name_plural = "代码表版本"
        ordering = ("table", "valid_from")
        constraints = (
            models.UniqueConstraint(fields=["table", "version"], name="standards_version_once"),
            models.UniqueConstraint(
                fields=["table"], condition=models.Q(valid_to__isnull=True), name="standards_one_open_version"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="standards_version_period",
                violation_error_message="停用日期应晚于启用日期",
            ),
        )

    def __str__(self) -> str:
        return f"{self.table.name} {self.version}"


class Code(models.Model):
    """One value of one edition, with its meaning and its parent value where the vocabulary is a tree."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(CodeTableVersion, on_delete=models.CASCADE, related_name="codes", verbose_name="版本")
    value = models.CharField("代码", max_length=60)
    label = models.CharField("含义", max_length=200)
    parent = models.CharField("上级代码", max_length=60, blank=True)

    class Meta:
        verbose_name = "代码"
        verbose_name_plural = "代码"
        ordering = ("version", "value")
        constraints = (models.UniqueConstraint(fields=["version", "value"], name="standards_code_once"),)

    def __str__(self) -> str:
        return f"{self.value} {self.label}"
