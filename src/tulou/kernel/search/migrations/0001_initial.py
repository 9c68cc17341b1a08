
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import tulou.trust.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(verbose_name='类别')),
                ('object_id', models.UUIDField(verbose_name='对象')),
                ('owner', models.UUIDField(null=True, verbose_name='归属单位')),
                ('title', models.TextField(verbose_name='标题')),
                ('body', models.TextField(blank=True, verbose_name='正文')),
                ('plain', models.TextField(blank=True, verbose_name='归一化文本')),
                ('facets', models.JSONField(default=dict, verbose_name='分面')),
                ('weight', models.IntegerField(default=0, verbose_name='权重')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('tsv', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'verbose_name': '检索文档',
                'verbose_name_plural': '检索文档',
                'db_table': 'search_document',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['tsv'], name='search_document_tsv'), django.contrib.postgres.indexes.GinIndex(fields=['facets'], name='search_document_facets', opclasses=['jsonb_path_ops']), models.Index(fields=['kind', 'owner'], name='search_document_owner')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='search_document_object')],
            },
        ),
    ]
