"""The background's part, at once: figures follow all that has happened."""

from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows
from engine.work import Installation
from workflows.figures.following import follow


def follow_to_the_end(installation: Installation) -> None:
    by = installation.acting(SYSTEM)
    seal_committed_rows(by)
    while follow(by):
        pass
