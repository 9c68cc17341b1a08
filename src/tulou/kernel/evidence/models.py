"""Tables of the evidence log (留痕存证): entries, Merkle tiles, signed checkpoints, and what the auditor found.

Entries, full tiles and checkpoints can never be changed: triggers of the first
migrations refuse it, whoever asks. The gateway inserts entries too, by
`tulou.trust.evidence_sql`; a column added here must be added there.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tulou.trust.ids import new_id


class EvidenceEntry(models.Model):
    """One leaf: durable and promised when it is committed, in the tree once the clerk gave it a number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField("时间")
    kind = models.TextField("类型")
    leaf = models.BinaryField("留痕内容")
    leaf_hash = models.BinaryField("留痕摘要", unique=True)
    promise = models.TextField("入链承诺")
    seq = models.BigIntegerField("序号", null=True, unique=True)
    subjects = ArrayField(models.TextField(), verbose_name="涉及对象")
    party = models.UUIDField("行为主体", null=True)
    person = models.UUIDField("行为人", null=True)

    class Meta:
        """Queries are by subject, by actor and by what still waits for its number."""

        db_table = "evidence_entry"
        verbose_name = verbose_name_plural = "留痕"
        indexes = [
            GinIndex(fields=["subjects"], name="evidence_entry_subjects"),
            models.Index(fields=["party", "-at"], name="evidence_entry_party"),
            models.Index(fields=["person", "-at"], name="evidence_entry_person"),
            models.Index(fields=["at", "id"], name="evidence_entry_waiting", condition=models.Q(seq=None)),
        ]


class EvidenceTile(models.Model):
    """Up to 256 hashes of one level of the tree; it only ever grows, and is immutable when full."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField("层级")
    index = models.BigIntegerField("位置")
    data = models.BinaryField("摘要")

    class Meta:
        """The table's name is part of the contract with backups and outside readers."""

        db_table = "evidence_tile"
        verbose_name = verbose_name_plural = "默克尔树片"


class EvidenceCheckpoint(models.Model):
    """The signed head of the tree at one size."""

    size = models.BigIntegerField("大小", primary_key=True)
    root = models.BinaryField("树根")
    at = models.DateTimeField("时间")
    token = models.TextField("签名")

    class Meta:
        """One checkpoint for each size: two different heads of one size would be a fork."""

        db_table = "evidence_checkpoint"
        verbose_name = verbose_name_plural = "检查点"


class EvidenceFault(models.Model):
    """A broken promise or a damaged record that the auditor found. `tulou check` shows those that still stand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    found_at = models.DateTimeField("发现时间")
    code = models.TextField("问题")
    entry = models.UUIDField("留痕", null=True)
    detail = models.TextField("说明")
    settled_at = models.DateTimeField("消除时间", null=True)

    class Meta:
        """The same standing fault is recorded once, however often it is seen."""

        db_table = "evidence_fault"
        verbose_name = verbose_name_plural = "存证问题"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "entry"],
                condition=models.Q(settled_at=None),
                nulls_distinct=False,
                name="evidence_fault_standing",
            )
        ]


class EvidenceAudit(models.Model):
    """How far the auditor has checked, and the head it then saw; a later head must extend it."""

    size = models.BigIntegerField("已审计大小", primary_key=True)
    root = models.BinaryField("树根")
    at = models.DateTimeField("时间")

    class Meta:
        """Rows are kept: they are the auditor's own memory against a rewritten log."""

        db_table = "evidence_audit"
        verbose_name = verbose_name_plural = "存证审计"
