"""Two at once: one batch, whoever clicks first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tulou.domains.ingest import services
from tulou.domains.ingest.models import Batch, Source
from tulou.domains.ingest.tests.ground import GOOD, Ground, found
from tulou.kernel.jobs import JobRun


@pytest.fixture
def open_ground(clean_lake: None, transactional_db: None) -> Iterator[Ground]:
    """The ground with real commits."""
    yield found()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def test_two_starts_of_the_same_content_at_the_same_moment_make_one_batch(open_ground: Ground) -> None:
    ground = open_ground
    manager = ground.manager
    sources = [ground.drop(GOOD), ground.drop(GOOD), ground.drop(GOOD, "另存.csv"), ground.drop(GOOD, "再存.csv")]
    ready = Barrier(len(sources))

    def start(source: Source) -> services.Started:
        ready.wait(30)
        try:
            return services.start_batch(source, actor=manager)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sources)) as pool:
        started = list(pool.map(start, sources))
    assert sorted(one.fresh for one in started) == [False, False, False, True]
    assert len({one.batch.pk for one in started}) == 1
    assert Batch.objects.count() == JobRun.objects.filter(kind="ingest.run").count() == 1
