"""Tables of the outbox (事件外发箱): events as they were published, and each handler's delivery of them."""

from django.db import models

from tulou.trust.ids import new_id


class OutboxEvent(models.Model):
    """One event. `position` numbers the node's stream without gaps; the clerk assigns it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField("时间")
    name = models.TextField("事件")
    version = models.PositiveSmallIntegerField("版本")
    stream = models.TextField("顺序流", blank=True)
    payload = models.JSONField("内容")
    position = models.BigIntegerField("序号", null=True, unique=True)

    class Meta:
        """Numbering takes waiting events in the order of time and id."""

        db_table = "outbox_event"
        verbose_name = verbose_name_plural = "事件"
        indexes = [
            models.Index(fields=["at", "id"], name="outbox_event_waiting", condition=models.Q(position=None)),
            models.Index(fields=["name", "-at"], name="outbox_event_name"),
        ]


class OutboxDelivery(models.Model):
    """One event for one handler. The row is marked done in the transaction of the handler's own work."""

    class State(models.TextChoices):
        """Dead deliveries (死信) stay until somebody retries them."""

        PENDING = "pending", "待处理"
        DONE = "done", "已处理"
        DEAD = "dead", "死信"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", verbose_name="事件")
    position = models.BigIntegerField("序号")
    stream = models.TextField("顺序流", blank=True)
    handler = models.TextField("处理程序")
    state = models.TextField("状态", choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField("尝试次数", default=0)
    due_at = models.DateTimeField("下次处理时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    error = models.TextField("错误", blank=True)

    class Meta:
        """Exactly one row for each event and handler."""

        db_table = "outbox_delivery"
        verbose_name = verbose_name_plural = "事件处理"
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_delivery_once")]
        indexes = [
            models.Index(
                fields=["handler", "stream", "position"],
                name="outbox_delivery_pending",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["-due_at"], name="outbox_delivery_dead", condition=models.Q(state="dead")),
        ]
