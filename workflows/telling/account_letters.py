"""Letters about one's own account. They leave at once, whatever one has chosen to be told."""

from collections.abc import Mapping
from datetime import datetime

from engine.background import Message
from engine.work import Work
from workflows.accounts.links import FORGOTTEN, INVITATION, LASTS, PASSWORD_CHANGED, make_link
from workflows.accounts.second_factor import CHANGED, RECOVERED, RESET
from workflows.accounts.signing_in import NEW_DEVICE
from workflows.people import Person

IF_NOT_YOU = "If it was not you, tell whoever looks after Pepway in your council at once."
SAYS: Mapping[str, str] = {
    INVITATION: "Choose a password with this link. It works once, for 72 hours:",
    FORGOTTEN: ("Choose a new password with this link. It works once, for 30 minutes. If you did "
                "not ask for it, do nothing:"),
    PASSWORD_CHANGED: IF_NOT_YOU,
    CHANGED: IF_NOT_YOU,
    RECOVERED: IF_NOT_YOU,
    NEW_DEVICE: IF_NOT_YOU,
    RESET: "An administrator did this. You are asked to set up a new one when you sign in next. "
           + IF_NOT_YOU,
}
"""Of each kind, what follows its sentence."""


def what_account_letter_says(
    work: Work, message: Message, person: Person, public_url: str
) -> list[str] | None:
    """None for a link that was asked for too long ago to be of use."""
    says = [SAYS[message.kind]]
    if message.kind in LASTS:
        asked = datetime.fromisoformat(message.data["asked_at"])
        if work.now - asked > LASTS[message.kind]:
            return None
        secret = make_link(work, person.id, message.kind)
        says.append(f"{public_url.rstrip('/')}/choose-password/{secret}")
    return says
