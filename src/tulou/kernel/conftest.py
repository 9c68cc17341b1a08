"""What tests of several kernel rooms share."""

import os
import sys

import pytest
from django.conf import settings
from django.db import connection


@pytest.fixture
def child_environment() -> dict[str, str]:
    """The environment in which a process of its own works on this test's database and files."""
    db = connection.settings_dict
    url = f"postgresql://{db['USER']}:{db['PASSWORD']}@:{db['PORT'] or 5432}/{db['NAME']}?host={db['HOST']}"
    path = os.pathsep.join(sys.path)
    return {**os.environ, "DATABASE_URL": url, "TULOU_DATA": str(settings.DATA), "PYTHONPATH": path}
