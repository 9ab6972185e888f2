"""Messages that failed, as an administrator reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.background import Undelivered, undelivered
from engine.work import Work, query
from workflows.filing.signed import MESSAGE as TO_BE_FILED
from workflows.filing.system import TRIAL
from workflows.people import names
from workflows.telling.words import what_it_says
from workflows.webhooks.following import MESSAGE as TO_A_PROGRAM

TO_NO_PERSON: Mapping[str, str] = {
    TO_A_PROGRAM: "A program was to be told what happened",
    TO_BE_FILED: "A signed plan was to go to the case system",
    TRIAL: "An invented plan was to go to the case system",
}


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
        FailedMessage(each, TO_NO_PERSON.get(each.kind) or what_it_says(each.kind),
                      called.get(each.person_id, "") if each.person_id else "")
        for each in found
    ]
    return FailedMessages(
        [each for each in failed if each.message.again_at is None and not each.message.taken_back],
        [each for each in failed if each.message.again_at is not None],
        [each for each in failed if each.message.taken_back],
    )
