"""An upload lapses a month after it was dropped; until then, and while it is at work, it stays."""

from datetime import timedelta

from django.utils import timezone

from tulou.domains.access.models import CopyHolder
from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.retention import forget_uploads
from tulou.domains.ingest.tests.ground import GOOD, Ground
from tulou.kernel.evidence import find
from tulou.kernel.files import path_of


def age(**days: int) -> None:
    Source.objects.update(created_at=timezone.now() - timedelta(**days))


def test_a_landed_upload_is_destroyed_after_a_month(ground: Ground) -> None:
    batch = ground.send(GOOD)
    place = path_of(batch.sha256)
    age(days=29)
    assert (forget_uploads(), place.exists()) == (0, True)
    age(days=31)
    assert (forget_uploads(), place.exists()) == (1, False)
    assert not CopyHolder.objects.filter(holder="ingest.upload", destroyed_at=None).exists()
    assert "ingest.upload.erased" in [entry.leaf.kind for entry in find(f"source:{batch.source_id}")]
    assert forget_uploads() == 0


def test_an_upload_at_work_or_dropped_again_stays(ground: Ground) -> None:
    source = ground.drop(GOOD)
    services.start_batch(source, actor=ground.manager)
    age(days=31)
    assert forget_uploads() == 0
    ground.work()
    ground.drop(GOOD, "再次上传.csv")
    assert forget_uploads() == 0
    assert path_of(source.sha256).exists()


def test_a_batch_whose_file_lapsed_says_to_upload_again(ground: Ground) -> None:
    batch = services.start_batch(ground.drop(GOOD), actor=ground.manager).batch
    services.cancel_batch(batch, actor=ground.manager)
    age(days=31)
    forget_uploads()
    services.retry_batch(Batch.objects.get(pk=batch.pk), actor=ground.manager)
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.problem_code, batch.remedy) == ("failed", "file_gone", "请重新上传文件")
