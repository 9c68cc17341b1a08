"""The ground of the portal's tests: the whole line as the security room walks it, once for a module."""

from tulou.domains.ingest.tests.conftest import lake_url
from tulou.domains.security.tests.conftest import line

__all__ = ["lake_url", "line"]
