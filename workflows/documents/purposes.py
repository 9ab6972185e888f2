"""The documents that there are, and which places of the record each of them holds, in order."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.pep.record import PLACES, SECTIONS


@dataclass(frozen=True, slots=True)
class Column:
    """Of a list: cells of the record that stand together, the first of them without its label."""

    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A place that a chapter holds."""

    path: str
    label: str = ""
    """In this document's words; else as the record calls it."""
    columns: tuple[Column, ...] = ()
    """Of a list, what is told of each row; else all that it has."""


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    places: tuple[Asked, ...]
    section: str = ""
    """The section of the plan that it is, with the places that no table declares."""
    pictures: bool = False
    """Whether the child's drawings and photos stand in it."""


@dataclass(frozen=True, slots=True)
class Purpose:
    key: str
    title: str
    hint: str
    """What it is for, where it is chosen."""
    chapters: tuple[Chapter, ...]
    heading: str = ""
    """What stands above it, where it is called otherwise by those who give it."""
    style: str = "plain"
    """`plain`; `large`, for a reader of nine; `page`, which fits on one."""
    missing_in: tuple[str, ...] = ()
    """Sections of the plan whose gaps it tells."""
    every_version: bool = False
    """Whether a version that was signed can be had as well as the plan as it stands."""
    attached: bool = False
    """Whether it names the files that are attached to the plan."""
    judged_before: bool = False
    """Whether a target that is not judged yet is told with the judgement before."""


_TARGET = Column("Target", ("targets[].text", "targets[].horizon", "targets[].area"))
_BY_WHEN = Column("By when", ("targets[].due_on",))
_JUDGED = Column("Judgement", ("targets[].judgement", "targets[].evidence", "targets[].likely"))

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "targets[]": (
        _TARGET,
        Column("Starts from", ("targets[].baseline",)),
        Column("How we will know", ("targets[].measure",)),
        _BY_WHEN,
        _JUDGED,
    ),
    "interventions[]": (
        Column("Intervention", ("interventions[].name", "interventions[].target",
                                "interventions[].key_stage")),
        Column("Who and how often", ("interventions[].provider", "interventions[].intensity",
                                     "interventions[].from", "interventions[].to")),
        Column("Cost in pounds", ("interventions[].cost", "interventions[].funding")),
        Column("Delivered", ("interventions[].delivered", "interventions[].reason",
                             "interventions[].effect", "interventions[].evidence")),
    ),
    "actions[]": (
        Column("Action", ("actions[].text", "actions[].kind", "actions[].milestones")),
        Column("Who", ("actions[].party", "actions[].owner")),
        Column("Due", ("actions[].due_on", "actions[].review_on")),
        Column("What came of it", ("actions[].status", "actions[].outcome", "actions[].reason",
                                   "actions[].resource", "actions[].resource_source")),
    ),
}
"""Lists that have more cells than a page has room for columns."""


def _whole_plan() -> tuple[Chapter, ...]:
    return tuple(
        Chapter(section.title, tuple(
            Asked(place.path, columns=COLUMNS.get(place.path, ()))
            for place in PLACES.values()
            if place.section == section.key and "[]." not in place.path
        ), section=section.key, pictures=section.key == "views")
        for section in SECTIONS.values()
    )


_WHAT_WORKS = (
    Chapter("What works for me", (
        Asked("what_works.learning", "In learning"),
        Asked("identity.communication_needs", "How I communicate best"),
        Asked("views.child.support", "What helps me most, in my own words"),
        Asked("carer_role.at_home", "At home"),
    )),
    Chapter("What I am good at and like", (
        Asked("needs.strengths", "Strengths"),
        Asked("leisure.interests", "What I like doing"),
        Asked("leisure.support", "What keeps me going"),
    )),
    Chapter("What I hope for", (
        Asked("aspiration.goals", "Later on"),
        Asked("aspiration.outcomes", "What I want to be able to do"),
        Asked("views.child.changes", "What I want to change"),
    )),
)
_CHILD_FRIENDLY = (
    Chapter("What you said", (
        Asked("views.child.school", "How you feel about school"),
        Asked("views.child.learning", "How you feel about learning"),
        Asked("views.child.progress", "How you think you are getting on"),
        Asked("views.child.support", "What helps you most"),
        Asked("views.child.changes", "What you want to change"),
    ), pictures=True),
    Chapter("What you are good at", (
        Asked("needs.strengths", "What people see in you"),
        Asked("achievements.academic", "In lessons"),
        Asked("achievements.wider", "Outside lessons"),
        Asked("leisure.interests", "What you like doing"),
    )),
    Chapter("What you hope for", (
        Asked("aspiration.outcomes", "What you want to be able to do"),
        Asked("aspiration.goals", "Later on"),
    )),
    Chapter("What you are working on", (
        Asked("targets[]", "Your targets", (
            Column("What you will be able to do", ("targets[].text",)),
            Column("By when", ("targets[].due_on",)),
        )),
    )),
    Chapter("Who does what to help you", (
        Asked("what_works.learning", "What works for you"),
        Asked("actions[]", "What people will do", (
            Column("What", ("actions[].text",)),
            Column("Whose job it is", ("actions[].party",)),
            Column("By when", ("actions[].due_on",)),
        )),
    )),
    Chapter("What happens next", (
        Asked("meeting.decisions", "What was agreed at the meeting"),
        Asked("meeting.next_on", "The next meeting is on"),
        Asked("contacts.social_worker", "Your social worker"),
        Asked("contacts.designated_teacher", "The teacher who looks after your plan"),
    )),
)
_MEETING_PACK = (
    Chapter("What the child says", (
        Asked("views.child.school"), Asked("views.child.learning"),
        Asked("views.child.progress"), Asked("views.child.support"), Asked("views.child.changes"),
        Asked("aspiration.outcomes"), Asked("views.child.given"),
        Asked("views.child.offered_by"), Asked("views.child.declined"),
        Asked("meeting.child_takes_part"),
    ), pictures=True),
    Chapter("Attainment and attendance", (
        Asked("attainment.subjects[]"), Asked("attainment.early_areas[]"),
        Asked("attainment.courses[]"), Asked("attainment.english_level"),
        Asked("education.attendance.percent"), Asked("education.attendance.exclusions"),
        Asked("education.attendance.reduced_timetable"), Asked("progress.new_information"),
    )),
    Chapter("Targets", (
        Asked("targets[]", columns=(_TARGET, Column("How we will know", ("targets[].measure",)),
                                    _BY_WHEN, _JUDGED)),
        Asked("progress.likely_to_meet"), Asked("progress.way_forward"),
    )),
    Chapter("Actions", (
        Asked("actions[]", columns=COLUMNS["actions[]"]),
        Asked("progress.delivered"), Asked("progress.not_taken_forward"),
        Asked("progress.resources"), Asked("progress.resources_source"),
    )),
    Chapter("Carer and parent", (
        Asked("views.carer"), Asked("views.parent"), Asked("views.others"),
    )),
    Chapter("The meeting", (
        Asked("meeting.planned_on"), Asked("meeting.place"), Asked("meeting.invited"),
        Asked("review.planned_on"),
    )),
)

_HANDED_OVER = (
    "identity", "chronology", "arrangements", "changes", "needs", "attainment", "support",
    "targets", "interventions", "actions", "what_works", "views", "pupil_premium",
)
"""What the next school needs to go on; how the plan was made and reviewed stays behind."""

_BEFORE_A_MEETING = (
    "identity", "chronology", "arrangements", "needs", "attainment", "support", "targets",
    "interventions", "actions", "what_works", "views",
)

PURPOSES: Mapping[str, Purpose] = {
    each.key: each
    for each in (
        Purpose("plan", "Personal Education Plan", "The whole plan, section by section",
                _whole_plan(), every_version=True, attached=True),
        Purpose("child-friendly", "Child-friendly version", "For the child or young person: the "
                "main things in plain words and large type", _CHILD_FRIENDLY,
                heading="Your plan", style="large", every_version=True),
        Purpose("what-works", "What works for me", "One page for every adult who supports the "
                "child", _WHAT_WORKS, style="page"),
        Purpose("meeting-pack", "Meeting pack", "Before a meeting: the child's views first, then "
                "attainment, targets, actions and what is still missing", _MEETING_PACK,
                missing_in=_BEFORE_A_MEETING, judged_before=True),
        Purpose("handover", "Handover to a new school", "When the child changes school: what works "
                "first, then what the plan says and what is still missing",
                (*_WHAT_WORKS, *(each for each in _whole_plan() if each.section in _HANDED_OVER)),
                missing_in=_BEFORE_A_MEETING, judged_before=True, attached=True),
    )
}
