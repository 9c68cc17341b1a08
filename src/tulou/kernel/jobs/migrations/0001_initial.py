
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
            name='Heartbeat',
            fields=[
                ('process', models.TextField(primary_key=True, serialize=False, verbose_name='进程')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('pid', models.IntegerField(verbose_name='进程号')),
                ('detail', models.TextField(blank=True, verbose_name='说明')),
            ],
            options={
                'verbose_name': '进程心跳',
                'verbose_name_plural': '进程心跳',
                'db_table': 'jobs_heartbeat',
            },
        ),
        migrations.CreateModel(
            name='ScheduleTick',
            fields=[
                ('kind', models.TextField(primary_key=True, serialize=False, verbose_name='作业类型')),
                ('slot', models.DateTimeField(verbose_name='计划时间')),
            ],
            options={
                'verbose_name': '定时计划',
                'verbose_name_plural': '定时计划',
                'db_table': 'jobs_schedule_tick',
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(verbose_name='作业类型')),
                ('title', models.TextField(verbose_name='作业名称')),
                ('queue', models.TextField(default='default', verbose_name='队列')),
                ('key', models.TextField(null=True, verbose_name='去重键')),
                ('params', models.JSONField(default=dict, verbose_name='参数')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None, verbose_name='涉及对象')),
                ('state', models.TextField(choices=[('queued', '排队中'), ('running', '运行中'), ('succeeded', '已完成'), ('failed', '失败'), ('cancelled', '已取消')], default='queued', verbose_name='状态')),
                ('done', models.BigIntegerField(default=0, verbose_name='已完成量')),
                ('total', models.BigIntegerField(null=True, verbose_name='总量')),
                ('message', models.TextField(blank=True, verbose_name='进展')),
                ('error', models.TextField(blank=True, verbose_name='错误')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='尝试次数')),
                ('cancel_requested', models.BooleanField(default=False, verbose_name='已请求取消')),
                ('queue_id', models.BigIntegerField(null=True, verbose_name='队列编号')),
                ('party', models.UUIDField(null=True, verbose_name='发起单位')),
                ('person', models.UUIDField(null=True, verbose_name='发起人')),
                ('actor_kind', models.TextField(default='system', verbose_name='发起方类型')),
                ('actor_label', models.TextField(blank=True, verbose_name='发起方')),
                ('created_at', models.DateTimeField(verbose_name='发起时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('progress_at', models.DateTimeField(null=True, verbose_name='进展时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
            ],
            options={
                'verbose_name': '作业',
                'verbose_name_plural': '作业',
                'db_table': 'jobs_run',
                'indexes': [models.Index(fields=['-created_at'], name='jobs_run_created'), models.Index(fields=['state', '-created_at'], name='jobs_run_state'), django.contrib.postgres.indexes.GinIndex(fields=['subjects'], name='jobs_run_subjects')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('kind', 'key'), name='jobs_run_one_active_per_key')],
            },
        ),
    ]
