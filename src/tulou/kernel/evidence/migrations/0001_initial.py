
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import tulou.trust.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='EvidenceAudit',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='已审计大小')),
                ('root', models.BinaryField(verbose_name='树根')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '存证审计',
                'verbose_name_plural': '存证审计',
                'db_table': 'evidence_audit',
            },
        ),
        migrations.CreateModel(
            name='EvidenceCheckpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='大小')),
                ('root', models.BinaryField(verbose_name='树根')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('token', models.TextField(verbose_name='签名')),
            ],
            options={
                'verbose_name': '检查点',
                'verbose_name_plural': '检查点',
                'db_table': 'evidence_checkpoint',
            },
        ),
        migrations.CreateModel(
            name='EvidenceTile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.SmallIntegerField(verbose_name='层级')),
                ('index', models.BigIntegerField(verbose_name='位置')),
                ('data', models.BinaryField(verbose_name='摘要')),
            ],
            options={
                'verbose_name': '默克尔树片',
                'verbose_name_plural': '默克尔树片',
                'db_table': 'evidence_tile',
            },
        ),
        migrations.CreateModel(
            name='EvidenceEntry',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('kind', models.TextField(verbose_name='类型')),
                ('leaf', models.BinaryField(verbose_name='留痕内容')),
                ('leaf_hash', models.BinaryField(unique=True, verbose_name='留痕摘要')),
                ('promise', models.TextField(verbose_name='入链承诺')),
                ('seq', models.BigIntegerField(null=True, unique=True, verbose_name='序号')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None, verbose_name='涉及对象')),
                ('party', models.UUIDField(null=True, verbose_name='行为主体')),
                ('person', models.UUIDField(null=True, verbose_name='行为人')),
            ],
            options={
                'verbose_name': '留痕',
                'verbose_name_plural': '留痕',
                'db_table': 'evidence_entry',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['subjects'], name='evidence_entry_subjects'), models.Index(fields=['party', '-at'], name='evidence_entry_party'), models.Index(fields=['person', '-at'], name='evidence_entry_person'), models.Index(condition=models.Q(('seq', None)), fields=['at', 'id'], name='evidence_entry_waiting')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFault',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('code', models.TextField(verbose_name='问题')),
                ('entry', models.UUIDField(null=True, verbose_name='留痕')),
                ('detail', models.TextField(verbose_name='说明')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='消除时间')),
            ],
            options={
                'verbose_name': '存证问题',
                'verbose_name_plural': '存证问题',
                'db_table': 'evidence_fault',
                'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('code', 'entry'), name='evidence_fault_standing', nulls_distinct=False)],
            },
        ),
    ]
