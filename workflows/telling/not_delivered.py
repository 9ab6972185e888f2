"""Messages that failed, as an administrator reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.background import Undelivered, undelivered
from engine.work import Work, query
from workflows.people import names
from workflows.telling.words import what_it_says
from workflows.webhooks.following import MESSAGE

TO_A_PROGRAM = "A program was to be told what happened"
"""What is said of a message to no person."""


@dataclass(frozen=True, slots=True)
class FailedMessage:
    message: Undelivered
    says: str
    to: str
    """The person's name; empty for a message to nobody."""


@dataclass(frozen=True, slots=True)
class FailedMessages:
    given_up: Sequence[FailedMessage]
    tried_again: Sequence[FailedMessage]
    taken_back: Sequence[FailedMessage]
    """Never to leave: nothing more is said of their child."""


@query
def failed_messages(work: Work) -> FailedMessages:
    with work.for_the_council("an administrator sees which message is stuck, not what it says"):
        found = undelivered(work)
    called = names(work, {each.person_id for each in found})
    failed = [
        FailedMessage(each, TO_A_PROGRAM if each.kind == MESSAGE else what_it_says(each.kind),
                      called.get(each.person_id, "") if each.person_id else "")
        for each in found
    ]
    return FailedMessages(
        [each for each in failed if each.message.again_at is None and not each.message.taken_back],
        [each for each in failed if each.message.again_at is not None],
        [each for each in failed if each.message.taken_back],
    )
