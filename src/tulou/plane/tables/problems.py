"""What can go wrong in the lake, said so that the reader knows what to do."""


class LakeProblem(Exception):
    """A lake operation that was refused or failed; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.code = code
        self.message = message
        self.remedy = remedy


class LandingCancelled(Exception):
    """The batch was cancelled before it was committed; nothing of it was kept."""
