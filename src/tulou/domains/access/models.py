"""Nouns of the access room.

A right says what one caller may take out of one table and what that rests on.
A plan is a signed, short-lived or key-like working of a right. The meter and the
revocations are also read and written by the gateway, in plain SQL
(`tulou.plane.gateway.ledger`); their table and column names are that contract.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tulou.kernel.workflow import Stateful
from tulou.trust.ids import new_id


class RightKind(models.TextChoices):
    """What an access may rest on."""

    GRANT = "grant", "共享授权"
    OWNERSHIP = "ownership", "数据持有"
    STEWARDSHIP = "stewardship", "管理职责"
    SUBJECT = "subject", "本人权利"
    OPEN_LICENCE = "open_licence", "开放许可"
    AUTHORISATION = "authorisation", "授权运营"
    CONTRACT = "contract", "交易合同"
    BREAK_GLASS = "break_glass", "紧急访问"


class RightStatus(models.TextChoices):
    """Whether a right may be worked. Its running out is a date, not a status."""

    ACTIVE = "active", "有效"
    SUSPENDED = "suspended", "暂停"
    REVOKED = "revoked", "已撤销"


class Right(Stateful):
    """What one caller may take out of one table, why, and until when."""

    status = models.CharField("状态", max_length=40, choices=RightStatus, db_index=True, editable=False)
    kind = models.CharField("依据类型", max_length=30, choices=RightKind)
    ref = models.CharField("依据", max_length=120, help_text="类型:标识，例如 grant:…")
    caller = models.UUIDField("使用方")
    entry = models.UUIDField("目录")
    zone = models.CharField("专区", max_length=80)
    table = models.CharField("数据表", max_length=80)
    columns = models.JSONField("信息项")
    rows = models.JSONField("行范围", default=list)
    channels = ArrayField(models.CharField(max_length=20), verbose_name="交付方式")
    calls_per_day = models.PositiveIntegerField("每日调用上限", default=0)
    rows_per_day = models.PositiveBigIntegerField("每日行数上限", default=0)
    purpose = models.CharField("用途", max_length=300)
    scenario = models.CharField("场景", max_length=200, blank=True)
    valid_from = models.DateTimeField("生效时间")
    valid_to = models.DateTimeField("到期时间")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "访问权利"
        verbose_name_plural = "访问权利"
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["caller", "status"], name="access_right_caller"),
            models.Index(fields=["entry", "status"], name="access_right_entry"),
            models.Index(fields=["ref"], name="access_right_ref"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from")),
                name="access_right_period",
                violation_error_message="到期时间应晚于生效时间",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ref}"


class Plan(models.Model):
    """A signed working of a right, as issued. The gateway looks it up on every call."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="plans", verbose_name="访问权利")
    channel = models.CharField("交付方式", max_length=20)
    person = models.UUIDField("签发给", null=True, blank=True)
    system = models.UUIDField("调用系统", null=True, blank=True)
    issued_at = models.DateTimeField("签发时间", auto_now_add=True)
    expires = models.DateTimeField("到期时间")

    class Meta:
        db_table = "access_plan"
        verbose_name = "访问计划"
        verbose_name_plural = "访问计划"
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return f"{self.channel} {self.issued_at:%Y-%m-%d %H:%M}"


class Revocation(models.Model):
    """A right or a plan that the gateway must refuse from now on; lifting it (after a suspension) keeps the row."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    target = models.UUIDField("权利或计划")
    reason = models.CharField("事由", max_length=300)
    since = models.DateTimeField("起始时间", auto_now_add=True)
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        db_table = "access_revocation"
        verbose_name = "停用记录"
        verbose_name_plural = "停用记录"
        indexes = (
            models.Index(fields=["target"], condition=models.Q(lifted_at__isnull=True), name="access_revoked_now"),
        )

    def __str__(self) -> str:
        return self.reason


class Meter(models.Model):
    """What was used of a right on one calendar day. The gateway adds; quotas are refused against it."""

    pk = models.CompositePrimaryKey("right", "day")
    right = models.UUIDField("访问权利")
    day = models.DateField("日期")
    calls = models.PositiveIntegerField("调用次数", default=0)
    rows = models.PositiveBigIntegerField("交付行数", default=0)
    bytes = models.PositiveBigIntegerField("交付字节数", default=0)

    class Meta:
        db_table = "access_meter"
        verbose_name = "用量"
        verbose_name_plural = "用量"

    def __str__(self) -> str:
        return f"{self.day} {self.calls}"


class CopyHolder(models.Model):
    """副本登记: one place that keeps a copy of an entry's data, so that destruction can ask it."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    holder = models.CharField("持有者", max_length=60)
    entry = models.UUIDField("目录")
    place = models.CharField("位置", max_length=300)
    rows = models.BigIntegerField("行数", default=0)
    made_at = models.DateTimeField("形成时间", auto_now_add=True)
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)

    class Meta:
        verbose_name = "副本"
        verbose_name_plural = "副本"
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["holder", "place"],
                condition=models.Q(destroyed_at__isnull=True),
                name="access_copy_once",
            ),
        )
        indexes = (models.Index(fields=["entry"], name="access_copy_entry"),)

    def __str__(self) -> str:
        return f"{self.holder} {self.place}"
