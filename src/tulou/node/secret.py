"""Secrets of a data folder: drawn once, readable by their owner alone, never in a setting or a log."""

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key that signs sessions; drawn when the data folder has none."""
    path = data / "secrets" / "secret_key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process drew one first: its key is the folder's key
        finally:
            draft.unlink()
    return path.read_text()


def known_secret_key(data: Path) -> str:
    """The folder's key where a node was started, else one for this process alone."""
    path = data / "secrets" / "secret_key"
    return path.read_text() if path.exists() else secrets.token_urlsafe(64)
