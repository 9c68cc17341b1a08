"""Search (全文检索): any two neighbouring characters of a title find it, as soon as it is committed.

One tokenizer serves indexing, querying and highlighting, so that they can never disagree.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tulou.kernel.search.text import tokens

if TYPE_CHECKING:
    from tulou.kernel.search.services import Hit, Page, index, remove, search

__all__ = ["Hit", "Page", "index", "remove", "search", "tokens"]


def __getattr__(name: str) -> Any:
    """These need models, which Django loads after this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.services"), name)
