"""What is raised when a file of the planner can't be read: never for a plan that can't be made.

FormatError           a place in the file (JSON path) and what is wrong there
├── ProblemError      in a `doorstep.problem/1`
└── SolutionError     in a `doorstep.solution/1`, or it doesn't belong to the problem beside it
"""

LONGEST_MESSAGE = 300  # a hostile key of a megabyte must not become an error line of a megabyte


class FormatError(ValueError):
    """`path` is a JSON path such as `$.jobs[3].windows[0]`; `message` is one line that can be printed."""

    def __init__(self, path: str, message: str) -> None:
        self.path = printable(path)
        self.message = printable(message)
        super().__init__(f"{self.path}: {self.message}")


class ProblemError(FormatError):
    pass


class SolutionError(FormatError):
    pass


def printable(text: str) -> str:
    """The text on one line and without control characters, so that a file can't write to a terminal."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: LONGEST_MESSAGE + 1])
    return shown if len(shown) <= LONGEST_MESSAGE else shown[: LONGEST_MESSAGE - 1] + "…"
