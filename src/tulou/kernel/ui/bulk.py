"""批量办理: one action on many rows; each row succeeds or fails for itself, and both are told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tulou.kernel.identity import Actor
from tulou.kernel.ui.tones import Tone
from tulou.kernel.workflow import MoveRefused


@dataclass(frozen=True)
class BulkAction:
    """`apply(obj, actor)` runs a room's own service for one row; ValidationError, PermissionDenied and MoveRefused
    fail that row.

    `action` is the permission that shows the button; `asks` are the words of the confirmation.
    """

    code: str
    title: str
    apply: Callable[[Any, Actor], object]
    action: str | None = None
    asks: str = ""
    tone: Tone = "info"
    icon: str = "check"


@dataclass(frozen=True)
class BulkOutcome:
    """What happened to the selected rows."""

    title: str
    done: int
    failed: tuple[tuple[str, str], ...]
    unseen: int

    @property
    def message(self) -> str:
        """One sentence for the top of the page."""
        parts = [f"{self.title}：已办理 {self.done} 项"]
        if self.failed:
            parts.append(f"{len(self.failed)} 项未办理，原因见下")
        if self.unseen:
            parts.append(f"{self.unseen} 项已不在您的可见范围，未处理，请刷新后重选")
        return "；".join(parts) + "。"

    def as_json(self) -> dict[str, Any]:
        """For the session, until the next page shows it."""
        return {"message": self.message, "failed": [list(pair) for pair in self.failed], "whole": not self.failed}


def run(action: BulkAction, rows: Iterable[Any], *, actor: Actor, selected: int) -> BulkOutcome:
    """Apply an action to each row in a transaction of its own."""
    done, failed = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                action.apply(row, actor)
            done += 1
        except (ValidationError, PermissionDenied, MoveRefused) as refusal:
            failed.append((str(row), _reason(refusal)))
    return BulkOutcome(action.title, done, tuple(failed), selected - done - len(failed))


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        return "；".join(refusal.messages)
    return str(refusal) or "您没有办理此项的权限，请联系本单位管理员"
