"""上传文件的期限: an upload is a copy of its data outside the lake, and lapses once it has done its work.

What landed is in the lake, what was rejected is in its quarantine; the file
itself is destroyed after a month and its copy is struck from the register.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from tulou.domains.access.public import forget_copy
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.services import UPLOADS
from tulou.domains.ingest.settling import SYSTEM
from tulou.domains.ingest.vocabulary import BatchStatus
from tulou.kernel.evidence import record
from tulou.kernel.files import destroy

KEPT: Final = timedelta(days=30)


def forget_uploads() -> int:
    """Destroy files that were dropped a month ago and are at work nowhere; how many contents were destroyed."""
    oldest = timezone.now() - KEPT
    files = Source.objects.filter(erased_at=None).exclude(sha256="")
    young = files.filter(created_at__gte=oldest).values("sha256")
    working = Batch.objects.filter(status__in=(BatchStatus.REGISTERED, BatchStatus.RUNNING)).values("source__sha256")
    due = files.exclude(sha256__in=young).exclude(sha256__in=working).values_list("sha256", flat=True)
    contents = sorted(set(due))
    for sha256 in contents:
        _forget(sha256)
    return len(contents)


def _forget(sha256: str) -> None:
    """The bytes go first: a crash in between leaves rows without bytes, and the next night finishes them."""
    destroy(sha256)
    with transaction.atomic():
        rows = list(Source.objects.select_for_update().filter(sha256=sha256, erased_at=None))
        for row in rows:
            forget_copy(UPLOADS, place=f"{sha256}/{row.entry_id}")
        Source.objects.filter(pk__in=[row.pk for row in rows]).update(erased_at=timezone.now())
        subjects = [f"source:{row.pk}" for row in rows] + [f"entry:{row.entry_id}" for row in rows]
        record("ingest.upload.erased", actor=SYSTEM, subjects=subjects, data={"sha256": sha256})
