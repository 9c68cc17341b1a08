"""色调: which colour and sign a status carries, the same everywhere.

A colour never stands alone: each tone has its icon, and the label is always written out.
Rooms add their own values with `register_tones`; a value that nobody named is neutral.
"""

from collections.abc import Mapping
from typing import Literal

Tone = Literal["neutral", "info", "progress", "success", "warning", "danger"]

ICONS: dict[Tone, str] = {
    "neutral": "circle-dashed",
    "info": "circle-dot",
    "progress": "hourglass",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "circle-x",
}

_tones: dict[str, Tone] = {
    **dict.fromkeys(("draft", "planned", "archived", "superseded", "withdrawn", "cancelled", "lapsed"), "neutral"),
    **dict.fromkeys(("endorsed", "submitted", "pending", "open", "new", "queued"), "info"),
    **dict.fromkeys(("accepted", "reviewing", "running", "doing", "checking", "delivering", "verifying"), "progress"),
    **dict.fromkeys(
        ("published", "granted", "active", "done", "closed", "passed", "succeeded", "in_force", "decided"), "success"
    ),
    **dict.fromkeys(("correcting", "returned", "paused", "suspended", "stale", "partial"), "warning"),
    **dict.fromkeys(("refused", "rejected", "failed", "revoked", "overdue", "dead", "destroyed"), "danger"),
}


def register_tones(tones: Mapping[str, Tone]) -> None:
    """Give a room's status values their tones."""
    _tones.update(tones)


def tone_of(value: object) -> Tone:
    """The tone of a status value."""
    return _tones.get(str(value), "neutral")
