"""What a file from outside is, told from all that is in it and not from its name.

A program of its own (`python -I -m workflows.attached.checks`): the file comes in, a word goes out,
what it is or why it is not taken. Nothing is written to a disk.
"""


class NotTaken(Exception):
    """Why, as a word of `workflows.attached.checking.REFUSALS`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
