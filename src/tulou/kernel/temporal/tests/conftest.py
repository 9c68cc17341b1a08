"""The example's tables, made once for the test database."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tulou.kernel.temporal.tests.example import Office, OfficeHistory


@pytest.fixture(scope="session")
def example_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Office)
            editor.create_model(OfficeHistory)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(OfficeHistory)
            editor.delete_model(Office)
