"""For whom a document is made, and what of the record they may read: one declared table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from engine.domain import Actor
from workflows.access import Resource, may_see_field
from workflows.pep.record import field_class

NOTHING_MORE = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Recipient:
    key: str
    title: str
    """As it follows “for the”."""
    role: str | None = None
    """Whoever holds it with this child today sees what the pages show them."""
    classes: frozenset[str] = NOTHING_MORE
    """Of those who have no account: the classes of field that they may read."""
    withheld: tuple[str, ...] = ()
    """How places begin that they do not get all the same: who cares for the child, and where."""
    in_confidence: bool = True
    """Whether they may get what carers and others said for some only, with whom it is not for."""
    pictures: bool = True
    """Whether they get the child's pictures; these may show who cares for the child, and where."""


_ORDINARY = frozenset({"ordinary"})
_WHERE_AND_WITH_WHOM = (
    "views.carer", "signoff.carer.", "carer_role.others[]", "meeting.attendees[]",
    "meeting.place", "meeting.video_link", "meeting.written_input", "meeting.notes",
    "care.area_authority", "changes.consultation",
)

PICTURES_WITH = "views.child.given"
"""The place that the child's drawings and photos belong to."""

RECIPIENTS: Mapping[str, Recipient] = {
    each.key: each
    for each in (
        Recipient("social_worker", "social worker", role="social_worker"),
        Recipient("designated_teacher", "designated teacher", role="designated_teacher"),
        Recipient("virtual_school", "virtual school", role="virtual_school"),
        Recipient("reviewing_officer", "reviewing officer", role="reviewing_officer"),
        # Read by whoever works in the case system, which knows where the child lives, and does not
        # know for whom some words are not meant.
        Recipient("care_plan", "child's Care Plan", classes=frozenset({"ordinary", "social_care"}),
                  withheld=("views.not_shared_with",), in_confidence=False),
        Recipient("child", "child or young person", classes=_ORDINARY),
        Recipient("carer", "carer", classes=_ORDINARY, withheld=("views.parent",)),
        Recipient("parent", "parent", classes=_ORDINARY, withheld=_WHERE_AND_WITH_WHOM,
                  pictures=False),
    )
}


def may_read(recipient: Recipient, path: str) -> bool:
    """Whether what stands at a place of the record may be in a document for this recipient."""
    if path.startswith(recipient.withheld):
        return False
    return may_read_class(recipient, field_class(path))


def may_read_pictures(recipient: Recipient) -> bool:
    return recipient.pictures and may_read(recipient, PICTURES_WITH)


def may_read_class(recipient: Recipient, of_class: str) -> bool:
    """As `may_see_field` answers for whoever holds the role with this child today."""
    if recipient.role is None:
        return of_class in recipient.classes
    holder = Actor(UUID(int=0), recipient.title, frozenset({recipient.role}))
    with_the_child = Resource("child", relations={recipient.role: date.min})
    return may_see_field(holder, of_class, with_the_child)
