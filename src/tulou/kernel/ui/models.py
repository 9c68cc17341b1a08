"""What the pages remember: which form was already submitted, so that nothing happens twice."""

import uuid

from django.db import models


class Submission(models.Model):
    """已提交的表单: one use of a form's token by one person, and where it led."""

    token = models.UUIDField("表单令牌")
    person = models.UUIDField("提交人", default=uuid.UUID(int=0))
    outcome = models.CharField("结果页面", max_length=500, blank=True)
    at = models.DateTimeField("提交时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "已提交的表单"
        verbose_name_plural = "已提交的表单"
        constraints = (models.UniqueConstraint(fields=("token", "person"), name="ui_submission_once"),)

    def __str__(self) -> str:
        return str(self.token)
