"""What an attached file is, and who may see it: one declared table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.pep.record import PLACES

MaySee = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    title: str
    field_class: str
    """Who may see it, as of a field of the record."""
    seen_by: str
    """The same, for whoever chooses."""


_AROUND = "for everyone who works with the child"
KINDS: Mapping[str, Kind] = {
    each.key: each
    for each in (
        Kind("school_report", "School report", "ordinary", _AROUND),
        Kind("ehcp", "Education, health and care plan", "restricted", _AROUND),
        Kind("assessment", "Assessment", "restricted", _AROUND),
        Kind("care_plan", "Part of the care plan, or another paper of social care", "social_care",
             "for social care and the virtual school, not the school"),
        Kind("other", "Something else", "restricted", _AROUND),
    )
}


def may_see_file(kind: str, section: str, may_see: MaySee) -> bool:
    """Whether a file of this kind, in this section, may leave the server. Unknown: no."""
    return kind in KINDS and may_see(KINDS[kind].field_class) and may_see_section(section, may_see)


def may_see_section(section: str, may_see: MaySee) -> bool:
    """Whether anything that a section holds may be seen."""
    classes = {place.field_class for place in PLACES.values() if place.section == section}
    return any(may_see(each) for each in classes)
