"""Files (文件存储): uploads under the hash of their content, checked for what they are, never public.

A file is on disk, synced, before its row is committed; destroying a hash
destroys the bytes for every upload that shared them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tulou.kernel.files.models import StoredFile
    from tulou.kernel.files.services import BadFile, destroy, open_file, path_of, store, verify

__all__ = ["BadFile", "StoredFile", "destroy", "open_file", "path_of", "store", "verify"]


def __getattr__(name: str) -> Any:
    """These need models, which Django loads after this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "models" if name == "StoredFile" else "services"
    return getattr(import_module(f"{__name__}.{module}"), name)
