"""What the gate refuses, said so that the caller knows what to do."""


class GateProblem(Exception):
    """A plan or a request that the gate does not serve; `code` is for programs, the rest for people."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.code = code
        self.message = message
        self.remedy = remedy


class PlanProblem(GateProblem):
    """The plan itself cannot be compiled: whoever issued it must act."""


class RequestProblem(GateProblem):
    """The caller asks for something that the plan does not give: the caller must ask differently."""
