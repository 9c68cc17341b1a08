"""Parties, accounts, and what is needed to let a person in and put them out again."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tulou.trust.ids import new_id


class PartyKind(models.TextChoices):
    AGENCY = "agency", "机构"
    ENTERPRISE = "enterprise", "企业"
    PERSON = "person", "人员"
    INFORMATION_SYSTEM = "information_system", "信息系统"
    NODE = "node", "节点"


class Party(models.Model):
    """Somebody or something that rights and duties attach to. Names and structure live in the directory."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    kind = models.CharField("种类", max_length=24, choices=PartyKind.choices)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "主体"
        verbose_name_plural = "主体"
        indexes: ClassVar = [models.Index(fields=["kind"], name="party_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.pk)[-6:]}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by login name, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """A way in for one person, named by role (省民政厅数据管理员), never by a person's name."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    login = models.CharField("登录名", max_length=64, unique=True, help_text="小写字母、数字、点和短横线")
    label = models.CharField("账号名称", max_length=80, help_text="按岗位命名，例如：省民政厅数据管理员")
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="account", verbose_name="人员")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须先修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    totp_sealed = models.BinaryField("动态口令密钥（密文）", null=True, blank=True, editable=False)
    totp_confirmed_at = models.DateTimeField("动态口令启用时间", null=True, blank=True)
    totp_last_step = models.BigIntegerField("最近使用的动态口令步序", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["label"]
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(login__regex=r"^[a-z0-9][a-z0-9.\-]{1,63}$"), name="account_login"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def has_totp(self) -> bool:
        return self.totp_confirmed_at is not None


class RecoveryCode(models.Model):
    """One of the codes that replace a lost authenticator, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "恢复码"
        verbose_name_plural = "恢复码"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return "已使用" if self.used_at else "未使用"


class SignIn(models.Model):
    """A session that was opened: its owner sees it and can end it from anywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins", verbose_name="账号")
    address = models.GenericIPAddressField("来源地址", null=True)
    device = models.CharField("设备", max_length=200, blank=True)
    started_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近活动")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ending = models.CharField("结束方式", max_length=24, blank=True)

    class Meta:
        verbose_name = "登录会话"
        verbose_name_plural = "登录会话"
        indexes: ClassVar = [models.Index(fields=["account", "ended_at"], name="sign_in_open")]

    def __str__(self) -> str:
        return f"{self.account} {self.started_at:%Y-%m-%d %H:%M}"


class Throttle(models.Model):
    """Attempts of late for one account name or one address; kept in the database so that all processes agree."""

    key = models.CharField(max_length=80, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "登录限制"
        verbose_name_plural = "登录限制"

    def __str__(self) -> str:
        return self.key

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now
