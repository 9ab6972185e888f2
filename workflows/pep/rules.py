"""Rules that no diagram can remove (statutory), or only the virtual school (local).

Who may see what is not here: no diagram says anything of it, so none can change it.
"""

from collections.abc import Iterator

from engine.domain import Asks, Counts, ProtectedRule

SECTION_2 = "Procedure 4.9.2, section 2"
INITIAL, REVIEW = "initial-pep", "review-pep"
BOTH = (INITIAL, REVIEW)

_CONTENTS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("needs", "The plan identifies developmental and educational needs",
     ("needs.skills", "needs.knowledge", "needs.subjects", "needs.experiences"), BOTH),
    ("targets", "The plan sets targets that are agreed with the child and the carer",
     ("targets[]", "targets_agreed.child", "targets_agreed.carer"), BOTH),
    ("actions", "The plan records the planned actions, and who makes them happen",
     ("actions[]", "actions_agreed.homework", "actions_agreed.tuition",
      "actions_agreed.study_support"), BOTH),
    ("monitoring", "The plan says how progress is monitored",
     ("attainment.monitoring", "attainment.monitored_by"), BOTH),
    ("interventions", "The plan records specific interventions and targeted support",
     ("interventions[]",), BOTH),
    ("support", "The plan says what additional support is put in place",
     ("support.needed", "support.additional[]"), BOTH),
    ("mental_health", "The plan says how mental health needs are identified and supported",
     ("support.mental_health",), BOTH),
    ("aspirations", "The plan says how aspiration and self-confidence are nurtured",
     ("aspiration.nurtured", "aspiration.goals"), BOTH),
    ("childs_views", "The plan holds the child's own views",
     ("views.child.progress", "views.child.support"), BOTH),
    ("what_works", "The plan helps all who support the child to understand what works",
     ("what_works.learning",), BOTH),
    ("chronology", "The plan has a chronology of education and training",
     ("chronology.institutions_found", "chronology.assessments_found",
      "chronology.attendance_found", "chronology.disruption_found"), (INITIAL,)),
    ("arrangements", "The plan says what the arrangements for education and training are",
     ("arrangements.statement",), BOTH),
    ("changes", "The plan describes planned changes to the arrangements",
     ("changes.planned",), BOTH),
    ("leisure", "The plan describes the child's leisure interests",
     ("leisure.interests",), BOTH),
    ("carer_role", "The plan describes what the appropriate person does for education and leisure",
     ("carer_role.achievement", "carer_role.leisure"), BOTH),
    ("pupil_premium", "The plan says how the pupil premium helps, and bursaries are discussed",
     ("pupil_premium.narrative", "meeting.bursary_discussed"), BOTH),
    ("lead", "The plan says who takes it forward, with timescales",
     ("meeting.lead", "meeting.timescales"), BOTH),
    ("head_contact", "The plan holds the contact details of the Virtual School Head",
     ("virtual_school.head_name", "virtual_school.head_email", "virtual_school.head_phone"),
     (INITIAL,)),
    ("new_information", "A review brings in what is new, and says what was taken forward",
     ("progress.new_information", "progress.delivered", "progress.not_taken_forward"), (REVIEW,)),
)
"""Of each: key, what is demanded, the places of the record that hold it, the procedures."""


def protected_rules(titles: dict[str, str]) -> tuple[ProtectedRule, ...]:
    """All of them; `titles` are the words for the places of the record."""
    return (*_statutory_limits(), *_contents(titles), *_local())


def _statutory_limits() -> Iterator[ProtectedRule]:
    yield ProtectedRule(
        "prepared_in_ten", "The plan is prepared within 10 working days of the start of the first "
        "placement", "Procedure 4.9.2, section 1, point 3", True, INITIAL,
        (Asks("signoff.social_worker.agreed", "the social worker to sign by then", by="plan_due"),
         Counts("plan_prepared_by", "says that the 10 working days are over")),
    )
    yield ProtectedRule(
        "first_review_in_twenty", "The first statutory review is held within 20 working days of "
        "becoming looked after", "regulation 33(1) of the Care Planning, Placement and Case Review "
        "(England) Regulations 2010", True, INITIAL,
        (Asks("review.held_on", "when the first review was held", by="review_limit"),
         Counts("review_limit", "says that the limit of the first review is over")),
    )
    yield ProtectedRule(
        "later_reviews", "The second review is held within 3 months of the first, and later ones "
        "at most 6 months apart", "regulation 33(2) of the Care Planning, Placement and Case "
        "Review (England) Regulations 2010", True, REVIEW,
        (Asks("review.held_on", "when the review was held", by="review_limit"),
         Counts("review_limit", "says that the limit of the review is over")),
    )


def _contents(titles: dict[str, str]) -> Iterator[ProtectedRule]:
    for key, text, paths, procedures in _CONTENTS:
        for procedure in procedures:
            yield ProtectedRule(
                key, text, SECTION_2, True, procedure,
                tuple(Asks(path, f"for “{titles.get(path, path)}”") for path in paths),
            )


def _local() -> Iterator[ProtectedRule]:
    for procedure in BOTH:
        yield ProtectedRule(
            "both_sign", "The designated teacher and the social worker both sign the plan",
            "local practice", False, procedure,
            (Asks("signoff.designated_teacher.agreed", "the designated teacher to sign",
                  "designated_teacher"),
             Asks("signoff.social_worker.agreed", "the social worker to sign", "social_worker")),
        )
        yield ProtectedRule(
            "quality", "The virtual school assures the plan's quality", "local practice", False,
            procedure,
            (Asks("quality.rating", "the virtual school how good the plan is", "virtual_school"),),
        )
