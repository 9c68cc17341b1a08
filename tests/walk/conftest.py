"""The walked ground: one province for all tests of this folder."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.walk.province import province


@pytest.fixture(scope="package")
def walked_province(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    postgres_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The sample province, loaded once."""
    with django_db_blocker.unblock(), province(postgres_url, tmp_path_factory.mktemp("province")):
        yield


@pytest.fixture(autouse=True)
def on_the_province(walked_province: None, db: None) -> None:
    """Each test works on it and leaves it as it was."""
