"""The account and the key folder of the accounts room serve these tests too."""

from tulou.kernel.accounts.tests.conftest import account, keys

__all__ = ["account", "keys"]
