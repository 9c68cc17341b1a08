"""The index of searchable documents (全文检索): text beside its tokens, found as soon as it is committed."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tulou.trust.ids import new_id


class SearchDocument(models.Model):
    """One object as the search sees it. `tsv` holds the bigrams, A for the title and D for the body.

    Bigrams find the candidates; `plain`, the folded text, decides whether the
    words stand there as they were typed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField("类别")
    object_id = models.UUIDField("对象")
    owner = models.UUIDField("归属单位", null=True)
    title = models.TextField("标题")
    body = models.TextField("正文", blank=True)
    plain = models.TextField("归一化文本", blank=True)
    facets = models.JSONField("分面", default=dict)
    weight = models.IntegerField("权重", default=0)
    updated_at = models.DateTimeField("更新时间")
    tsv = SearchVectorField()

    class Meta:
        """One document for each object of a kind."""

        db_table = "search_document"
        verbose_name = verbose_name_plural = "检索文档"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_document_object")]
        indexes = [
            GinIndex(fields=["tsv"], name="search_document_tsv"),
            GinIndex(fields=["facets"], name="search_document_facets", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["kind", "owner"], name="search_document_owner"),
        ]
