
import django.db.models.deletion
import tulou.trust.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='OutboxEvent',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('name', models.TextField(verbose_name='事件')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('stream', models.TextField(blank=True, verbose_name='顺序流')),
                ('payload', models.JSONField(verbose_name='内容')),
                ('position', models.BigIntegerField(null=True, unique=True, verbose_name='序号')),
            ],
            options={
                'verbose_name': '事件',
                'verbose_name_plural': '事件',
                'db_table': 'outbox_event',
                'indexes': [models.Index(condition=models.Q(('position', None)), fields=['at', 'id'], name='outbox_event_waiting'), models.Index(fields=['name', '-at'], name='outbox_event_name')],
            },
        ),
        migrations.CreateModel(
            name='OutboxDelivery',
            fields=[
                ('id', models.UUIDField(default=tulou.trust.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(verbose_name='序号')),
                ('stream', models.TextField(blank=True, verbose_name='顺序流')),
                ('handler', models.TextField(verbose_name='处理程序')),
                ('state', models.TextField(choices=[('pending', '待处理'), ('done', '已处理'), ('dead', '死信')], default='pending', verbose_name='状态')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='尝试次数')),
                ('due_at', models.DateTimeField(verbose_name='下次处理时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('error', models.TextField(blank=True, verbose_name='错误')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='outbox.outboxevent', verbose_name='事件')),
            ],
            options={
                'verbose_name': '事件处理',
                'verbose_name_plural': '事件处理',
                'db_table': 'outbox_delivery',
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['handler', 'stream', 'position'], name='outbox_delivery_pending'), models.Index(condition=models.Q(('state', 'dead')), fields=['-due_at'], name='outbox_delivery_dead')],
                'constraints': [models.UniqueConstraint(fields=('event', 'handler'), name='outbox_delivery_once')],
            },
        ),
    ]
