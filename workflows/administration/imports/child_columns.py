"""The columns of the children in care, and two rows as they may be."""

from collections.abc import Mapping

from workflows.administration.imports import placed
from workflows.administration.imports.placed import START
from workflows.administration.imports.reading import Column
from workflows.administration.people import LONGEST_EMAIL
from workflows.children import LONGEST_NUMBER
from workflows.pep.starting import AROUND
from workflows.roles import ROLES

NUMBER, GIVEN, FAMILY, KNOWN_AS, BORN, UPN = (
    "number", "given names", "family name", "known as", "born on", "UPN",
)
LEGAL_STATUS, STATUS_SINCE, SHORT = "legal status", "legal status since", "short breaks"
CARE, FIRST_PLACEMENT = "looked after since", "first placement"
SCHOOL, SCHOOL_SINCE = "school", "school since"
LAST_REVIEW, REVIEWS_HELD, NEXT_REVIEW = "last review", "reviews held", "next review"
SAME_AS = "same as"
NEITHER, ANOTHER = "none", "new"
ROLE_OF: Mapping[str, str] = {ROLES[role].title.casefold(): role for role in AROUND}
"""By the column in which their e-mail address stands."""
COLUMN_OF: Mapping[str, str] = {
    "given_names": GIVEN, "family_name": FAMILY, "known_as": KNOWN_AS, "born_on": BORN,
    "upn": UPN, "legal_status": LEGAL_STATUS, "became_looked_after_on": CARE,
    "first_placement_on": FIRST_PLACEMENT, "entry": placed.PLANNED,
    "placement_kind": placed.KIND, "placement_address": placed.ADDRESS,
    "lives_out_of_area": placed.OTHER_AREA,
}
"""By the key of the form that starts a case. Schools and people are read for all rows at once."""

_AROUND = tuple(
    Column(column, required=False, longest=LONGEST_EMAIL,
           explains="E-mail address; read when the child is new")
    for column in ROLE_OF
)
COLUMNS = (
    Column(NUMBER, longest=LONGEST_NUMBER,
           explains="The child's number in your case system, which never changes"),
    Column(GIVEN, longest=300),
    Column(FAMILY, longest=300),
    Column(KNOWN_AS, required=False, longest=300, explains="What they like to be called"),
    Column(BORN, longest=10),
    Column(UPN, required=False, longest=13, explains="A letter and 12 characters"),
    Column(LEGAL_STATUS, required=False, longest=64,
           explains="; ".join(each.label for each in START.input("legal_status").options)),
    Column(STATUS_SINCE, required=False, longest=10,
           explains="Since when, where it has changed; else today counts"),
    Column(SHORT, required=False, longest=10,
           explains="yes for a series of short breaks, for which no plan is made"),
    Column(CARE, longest=10, explains="The day on which the child became looked after"),
    Column(FIRST_PLACEMENT, longest=10, explains="Its first day, in this time in care"),
    *placed.COLUMNS,
    Column(SCHOOL, required=False, longest=6,
           explains="URN of a school that is here; none where there is no place"),
    Column(SCHOOL_SINCE, required=False, longest=10,
           explains="The first day there; needed where the school has changed"),
    Column(LAST_REVIEW, required=False, longest=10,
           explains="When the last statutory review was held; none where the first is overdue. "
                    "Read when the child is new"),
    Column(REVIEWS_HELD, required=False, longest=2,
           explains="How many were held in this time in care; needed with “last review”"),
    Column(NEXT_REVIEW, required=False, longest=10,
           explains="The day planned for the next one. Read when the child is new"),
    *_AROUND,
    Column(SAME_AS, required=False, longest=16,
           explains="Where a child of this name may be here already: the reference of their case, "
                    "or new for another child"),
)
EXAMPLE: tuple[Mapping[str, str], ...] = (
    {NUMBER: "C-1001", GIVEN: "Robin", FAMILY: "Example", BORN: "2015-05-04",
     UPN: "A123456789012", LEGAL_STATUS: "Interim care order", SHORT: "no", CARE: "2026-01-05",
     FIRST_PLACEMENT: "2026-01-05", placed.PLANNED: "no", placed.KIND: "Foster care",
     placed.ADDRESS: "1 Example Row, Exampleton", placed.RESTRICTED: "no",
     placed.OTHER_AREA: "no", SCHOOL: "123456", SCHOOL_SINCE: "2024-09-02",
     "social worker": "wilma@council.example", LAST_REVIEW: NEITHER},
    {NUMBER: "C-0417", GIVEN: "Alex", FAMILY: "Sample", KNOWN_AS: "Lex", BORN: "2012-11-30",
     LEGAL_STATUS: "Care order", CARE: "2023-03-14", FIRST_PLACEMENT: "2023-03-14",
     placed.PLANNED: "yes", placed.KIND: "Children's home", placed.RESTRICTED: "yes",
     placed.OTHER_AREA: "yes", SCHOOL: NEITHER, LAST_REVIEW: "2025-10-20", REVIEWS_HELD: "6"},
)
