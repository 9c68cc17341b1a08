"""Fixtures of the catalogue's tests."""

import pytest

from tulou.domains.catalog.tests.ground import Ground, lay


@pytest.fixture
def ground(db: None) -> Ground:
    """The ground."""
    return lay()
