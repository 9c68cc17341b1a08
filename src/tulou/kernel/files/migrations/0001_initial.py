
import tulou.trust.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='内容摘要')),
                ('size', models.BigIntegerField(verbose_name='大小（字节）')),
                ('media_type', models.TextField(verbose_name='类型')),
                ('name', models.TextField(blank=True, verbose_name='文件名')),
                ('party', models.UUIDField(null=True, verbose_name='上传单位')),
                ('person', models.UUIDField(null=True, verbose_name='上传人')),
                ('stored_at', models.DateTimeField(verbose_name='上传时间')),
                ('destroyed_at', models.DateTimeField(null=True, verbose_name='销毁时间')),
            ],
            options={
                'verbose_name': '文件',
                'verbose_name_plural': '文件',
                'db_table': 'files_stored',
                'ordering': ['-stored_at'],
            },
        ),
    ]
