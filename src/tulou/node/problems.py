"""What an operator reads when a node cannot go on: one sentence that says what to do."""


class NodeProblem(RuntimeError):
    """The node cannot start or go on; the message is Chinese and names the remedy."""
