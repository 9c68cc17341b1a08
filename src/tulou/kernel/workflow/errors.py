"""Why a move did not happen, in words for the person who tried it."""


class MoveRefused(Exception):
    """A move that was not made; nothing was changed. The text says what to do."""

    code = "workflow.refused"


class WrongState(MoveRefused):
    """The thing is not in a state from which this move starts."""

    code = "workflow.wrong_state"


class StaleObject(MoveRefused):
    """The page was read before somebody else's change."""

    code = "workflow.stale"


class AlreadyDone(StaleObject):
    """Exactly this move was already made: a double click, or a second approver."""

    code = "workflow.already_done"


class ExtensionRefused(MoveRefused):
    """The deadline may not be extended, or not again."""

    code = "workflow.extension_refused"


class StatusGuarded(RuntimeError):
    """Code tried to write a status past its flow: a fault of the programme, not of the user."""
