"""The invented council: its people, schools and children. Nobody here exists.

Children are rows of data: who they are, when they came into care (working days before the
demonstration's first day), and how far their case has come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

COUNCIL_NAME = "Marrowdale Council (invented)"
DOMAIN = "marrowdale.example"
LOOKED_AFTER_REVIEWS = f"https://procedures.{DOMAIN}/looked-after-reviews"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    name: str
    role: str
    team: str = ""
    school: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.').replace(chr(39), '')}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class DemoSchool:
    name: str
    urn: str
    phase: str
    """`nursery`, `primary`, `secondary`, `special` or `college`."""
    area: str


@dataclass(frozen=True, slots=True)
class DemoChange:
    """Something that changes about a running case, on a working day of being looked after."""

    day: int
    command: str
    answers: Mapping[str, str | int]
    """To the form of the change. A whole number is days from that day; a name, whoever bears it."""
    by: str = "Grace Holmwood"


@dataclass(frozen=True, slots=True)
class DemoChild:
    given_name: str
    family_name: str
    age: int
    """Whole years on the demonstration's first day."""
    school: str
    """Empty where there is no school place."""
    days_in_care: int
    """Working days since becoming looked after; negative for a planned start to come."""
    planned: bool = False
    out_of_area: bool = False
    short_breaks: bool = False
    stops_at: str = ""
    """The step at which the work waits; empty where everything is done in time."""
    stops_before: int = 1
    """The number of the statutory review whose case it waits in: 1 is the initial PEP."""
    slow_by: int = 0
    """Working days after the due date on which each step is done."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """By key: what is answered other than usual, each time."""
    once: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By step, then key: what is answered other than usual the first time; a person by name."""
    changes: tuple[DemoChange, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoTerm:
    """One term of every year: month and day on which it begins and ends."""

    area: str
    begins: tuple[int, int]
    ends: tuple[int, int]


PEOPLE = (
    DemoPerson("Amara Lindqvist", "social_worker", team="North"),
    DemoPerson("Tom Haverill", "social_worker", team="North"),
    DemoPerson("Nadia Ferreday", "social_worker", team="South"),
    DemoPerson("Josh Penhallick", "social_worker", team="South"),
    DemoPerson("Ruth Calloway", "team_manager", team="North"),
    DemoPerson("Imran Selwick", "team_manager", team="South"),
    DemoPerson("Helen Marchbanks", "designated_teacher", school="Quillbeck Primary School"),
    DemoPerson("Dev Tolliver", "designated_teacher", school="Osmerdale Academy"),
    DemoPerson("Siobhan Karrow", "designated_teacher", school="Tarnhollow School"),
    DemoPerson("Marcus Wintle", "designated_teacher", school="Mirkwell Nursery"),
    DemoPerson("Leila Brandreth", "designated_teacher", school="Hasperton College"),
    DemoPerson("Owen Prisk", "designated_teacher", school="Ebbering High School"),
    DemoPerson("Esme Fairholt", "school_colleague"),
    DemoPerson("Grace Holmwood", "virtual_school"),
    DemoPerson("Peter Vosk", "virtual_school"),
    DemoPerson("Yasmin Oldroyd", "virtual_school"),
    DemoPerson("Colin Strathmere", "reviewing_officer"),
    DemoPerson("Beatriz Nunnerly", "reviewing_officer"),
    DemoPerson("Fiona Gatesby", "process_owner"),
    DemoPerson("Harriet Osgodby", "manager"),
    DemoPerson("Sam Dunkerley", "administrator"),
    DemoPerson("Iris Wetherby", "information_governance"),
)

VIRTUAL_SCHOOL_HEAD = "Grace Holmwood"
CASEWORKER = "Peter Vosk"

NEIGHBOUR = "Ebbering Council (invented)"

TERMS = (
    DemoTerm(COUNCIL_NAME, (1, 5), (3, 27)),
    DemoTerm(COUNCIL_NAME, (4, 13), (7, 21)),
    DemoTerm(COUNCIL_NAME, (9, 2), (12, 18)),
    DemoTerm(NEIGHBOUR, (1, 6), (4, 2)),
    DemoTerm(NEIGHBOUR, (4, 20), (7, 24)),
    DemoTerm(NEIGHBOUR, (9, 7), (12, 17)),
)
"""The neighbour's Easter holiday is another one: school days differ by the school's area."""

ON_HOLIDAY = "Thornwick Council (invented)"
TERMS_AROUND_TODAY = ((-120, -20), (24, 120))
"""Days from the demonstration's first one: there the schools are always closed just now."""

SCHOOLS = (
    DemoSchool("Mirkwell Nursery", "990001", "nursery", COUNCIL_NAME),
    DemoSchool("Quillbeck Primary School", "990002", "primary", COUNCIL_NAME),
    DemoSchool("Osmerdale Academy", "990003", "secondary", COUNCIL_NAME),
    DemoSchool("Tarnhollow School", "990004", "special", COUNCIL_NAME),
    DemoSchool("Hasperton College", "990005", "college", COUNCIL_NAME),
    DemoSchool("Ebbering High School", "990006", "secondary", NEIGHBOUR),
    DemoSchool("Thornwick Primary School", "990007", "primary", ON_HOLIDAY),
)

_N, _P, _S = "Mirkwell Nursery", "Quillbeck Primary School", "Osmerdale Academy"
_T, _C, _E = "Tarnhollow School", "Hasperton College", "Ebbering High School"
_H = "Thornwick Primary School"

RETURNED = {"assure_quality": {
    "quality_rating": "red", "return_reasons": "Two sections have to be looked at again.",
    "quality_of_changes": "red", "quality_of_needs": "red",
    "quality_reason_changes": "The move in spring is not planned yet.",
    "quality_reason_needs": "The reading age is from last year.",
}}
OFF_TRACK = {"all_on_track": "no", "target_judgement": "not_on_track"}
DISRUPTED = {"initiate_pep": {"disrupts_key_stage_4": "yes"}}

CHILDREN = (
    DemoChild("Ada", "Brackwell", 9, _P, 0),
    DemoChild("Kofi", "Dunmarrow", 13, _S, 1, stops_at="initiate_pep"),
    DemoChild("Maja", "Ellerfield", 7, _P, 2, stops_at="allocate_caseworker"),
    DemoChild("Finlay", "Grisedown", 15, _S, 3, stops_at="complete_social_work_sections"),
    DemoChild("Zuri", "Hathersedge", 5, _P, 4, stops_at="complete_education_sections"),
    DemoChild("Otis", "Inskipp", 11, _S, 5, stops_at="record_child_views"),
    DemoChild("Liv", "Jessamond", 8, _P, 6, stops_at="hold_pep_meeting"),
    DemoChild("Rhys", "Kellbarrow", 14, _S, 7, stops_at="set_targets_and_actions"),
    DemoChild("Noor", "Langstroth", 10, _P, 9, stops_at="sign_off_social_worker"),
    DemoChild("Ewan", "Merrivale", 12, _S, 11, stops_at="complete_education_sections"),
    DemoChild("Sana", "Netherby", 6, _P, 13, stops_at="sign_off_teacher"),
    DemoChild("Caleb", "Orrinsgate", 16, _C, 14, stops_at="complete_social_work_sections"),
    DemoChild("Ines", "Pellaby", 9, _P, 12, once=RETURNED,
              stops_at="correct_social_work_sections"),
    DemoChild("Jude", "Quarmley", 13, _S, 15, stops_at="hold_first_review"),
    DemoChild("Tove", "Ravenser", 4, _N, 16, stops_at="hold_first_review"),
    DemoChild("Malik", "Skelderby", 10, _P, 18, slow_by=1, stops_at="hold_first_review"),
    DemoChild("Beth", "Thirlmoor", 15, _E, 8, out_of_area=True, stops_at="hold_pep_meeting"),
    DemoChild("Samir", "Ulverdale", 12, _E, 25, out_of_area=True),
    DemoChild("Wren", "Varley", 14, "", 6, stops_at="complete_education_sections"),
    DemoChild("Dylan", "Wetherstone", 11, "", 34, stops_at="secure_school_place"),
    DemoChild("Freya", "Yarmouthby", 8, _P, -6, planned=True),
    DemoChild("Isaac", "Applegarth", 13, _S, -3, planned=True, stops_at="allocate_caseworker"),
    DemoChild("Mina", "Birkdalen", 7, _P, 5, planned=True, stops_at="hold_first_review"),
    DemoChild("Theo", "Cawthorne", 16, _C, 40),
    DemoChild("Ella", "Dravenport", 9, _P, 55),
    DemoChild("Bilal", "Eskritt", 12, _S, 60, stops_at="confirm_review_date", stops_before=2),
    DemoChild("Rosa", "Farrowdene", 6, _P, 65, stops_at="judge_progress", stops_before=2),
    DemoChild(
        "Callum",
        "Gorsefield",
        14,
        _S,
        70,
        answers=OFF_TRACK,
        stops_at="agree_way_forward",
        stops_before=2,
    ),
    DemoChild("Aisha", "Hebblewick", 10, _T, 72, stops_at="hold_review_meeting", stops_before=2),
    DemoChild("Milo", "Ingleborrow", 5, _P, 74, stops_at="revise_targets", stops_before=2),
    DemoChild("Nell", "Keldhouse", 13, _S, 78, stops_at="judge_progress", stops_before=2),
    DemoChild("Yusuf", "Lowmoor", 15, _S, 80, stops_at="sign_off_teacher", stops_before=2),
    DemoChild("Greta", "Mossdale", 11, _S, 82, stops_at="assure_quality", stops_before=2),
    DemoChild(
        "Reuben",
        "Nettleham",
        8,
        _P,
        84,
        slow_by=2,
        stops_at="hold_statutory_review",
        stops_before=2,
    ),
    DemoChild("Lena", "Ormsett", 12, _T, 100, changes=(
        DemoChange(70, "change_school", {
            "from_on": 0, "school": _S, "designated_teacher": "Dev Tolliver",
            "reason": "Ready for a mainstream school.",
        }),
    )),
    DemoChild("Hugo", "Pikestone", 14, _E, 120, out_of_area=True),
    DemoChild("Safiya", "Rothwell-Kane", 9, _P, 150, answers=OFF_TRACK),
    DemoChild("Arlo", "Stainmore", 16, _C, 180, once=RETURNED),
    DemoChild("Esme", "Tindale", 7, _P, 190, stops_at="judge_progress", stops_before=3),
    DemoChild("Zane", "Winterburn", 15, _S, 240),
    # What does not go the usual way, one child for each.
    DemoChild("Bryn", "Tolland", 8, _H, 5, stops_at="sign_interim_plan"),
    DemoChild("Maeve", "Colding", 9, _H, 16, stops_at="distribute_copies"),
    DemoChild("Pia", "Holderness", 10, "", 45, once={"secure_school_place": {
        "place_urn": "990002", "place_teacher": "Helen Marchbanks",
    }}),
    DemoChild("Ruben", "Swale", 15, _S, 12, once=DISRUPTED),
    DemoChild("Iris", "Nunkeld", 15, _S, 9, once={
        **DISRUPTED, "decide_key_stage_4_move": {"move_decision": "refused"},
    }),
    DemoChild("Leo", "Fosdyke", 16, _S, 7, stops_at="record_emergency_move", once={
        **DISRUPTED, "plan_key_stage_4_move": {"move_is_emergency": "yes"},
    }),
    DemoChild("Sorcha", "Emley", 12, _S, 22, slow_by=4, stops_at="sign_off_social_worker", once={
        "hold_first_review": {"plan_seen": "no", "review_outcome": "no_plan"},
    }),
    DemoChild("Jonah", "Wressle", 11, _S, 24, stops_at="resolve_dispute", once={
        "hold_first_review": {"review_outcome": "dispute"},
    }),
    DemoChild("Tilda", "Gribthorpe", 7, _P, 23, stops_at="make_review_changes", once={
        "hold_first_review": {"review_outcome": "changes"},
    }),
    DemoChild("Amos", "Fangfoss", 10, _P, 10, stops_at="hold_pep_meeting", once={
        "hold_pep_meeting": {"meet_again": "yes"},
    }),
    DemoChild("Cora", "Burnby", 9, _P, 26, once={
        "decide_pupil_premium": {"premium_decision": "refused"},
    }),
    DemoChild("Idris", "Sancton", 2, _N, 15),
    DemoChild("Lowri", "Kilpin", 12, _T, 8, short_breaks=True),
    DemoChild(
        "Felix", "Holme", 13, _S, 70, stops_at="hold_review_meeting", stops_before=2,
        changes=(
            DemoChange(64, "bring_review_forward", {
                "on": 18, "reason": "The placement may end.",
            }, by="Beatriz Nunnerly"),
        ),
    ),
    DemoChild("Nadine", "Aughton", 15, _S, 75, changes=(
        DemoChange(68, "cease_to_be_looked_after", {
            "on": 0, "outcome": "home", "reason": "Home to her mother, agreed at the review.",
        }),
    )),
    DemoChild("Piers", "Ellerker", 9, _P, 90, changes=(
        DemoChange(60, "cease_to_be_looked_after", {
            "on": 0, "outcome": "home", "reason": "Home to his father.",
        }),
        DemoChange(84, "return_to_care", {
            "became_looked_after_on": 0, "first_placement_on": 0, "entry": "emergency",
            "lives_out_of_area": "no", "school": _P, "social_worker": "Tom Haverill",
            "team_manager": "Ruth Calloway", "designated_teacher": "Helen Marchbanks",
            "reviewing_officer": "Colin Strathmere", "reason": "Not safe at home.",
        }),
    )),
    DemoChild("Kit", "Loftsome", 14, _S, 50, changes=(
        DemoChange(30, "transfer_to_other_council", {
            "on": 0, "council": "Ebbering Council (invented)", "reason": "The family has moved.",
        }),
    )),
    DemoChild("Elif", "Sandholme", 13, _S, 6, changes=(
        DemoChange(3, "report_suspension", {
            "kind": "suspension", "from_on": 0, "to_on": 0, "sessions": "2",
            "reason": "Hurt another pupil at break.",
        }),
        DemoChange(4, "change_placement", {
            "from_on": 0, "entry": "emergency", "placement_kind": "kinship",
            "placement_address": "12 Invented Row, Marrowdale", "lives_out_of_area": "no",
            "reason": "Moves to an aunt.",
        }),
        DemoChange(5, "change_worker", {
            "role": "social_worker", "social_worker": "Nadia Ferreday", "from_on": 0,
            "reason": "A new team.",
        }),
    )),
)
