"""访问令牌: what a program shows instead of a session. Only its digest is kept."""

from django.conf import settings
from django.db import models

from tulou.trust.ids import new_id


class ApiToken(models.Model):
    """A token of one account, acting for one organisation, good for reading until a day."""

    id = models.UUIDField("标识", primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="账号"
    )
    organisation = models.UUIDField("代表的机构")
    name = models.CharField("用途", max_length=80)
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("签发时间", auto_now_add=True)
    expires_on = models.DateField("截止日期")
    last_used_on = models.DateField("最近使用", null=True, editable=False)
    revoked_at = models.DateTimeField("作废时间", null=True, editable=False)

    class Meta:
        verbose_name = "访问令牌"
        verbose_name_plural = "访问令牌"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name
