"""Rules that no diagram can remove (statutory) or only the virtual school (local)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProtectedRule:
    key: str
    text: str
    source: str
    statutory: bool


RULES = (
    ProtectedRule("prepared_in_ten", "The plan is prepared within 10 working days of the start of "
                  "the first placement", "Procedure 4.9.2, section 1, point 3", True),
    ProtectedRule("first_review_in_twenty", "The first statutory review is held within 20 working "
                  "days of becoming looked after", "Regulation 33(1)", True),
    ProtectedRule("second_review", "The second review is held within 3 months of the first",
                  "Regulation 33(2)", True),
    ProtectedRule("later_reviews", "Later reviews are at most 6 months apart",
                  "Regulation 33(2)", True),
    ProtectedRule("childs_views", "The plan holds the child's own views",
                  "Procedure 4.9.2, section 2", True),
    ProtectedRule("head_contact", "The plan holds the contact details of the Virtual School Head",
                  "Procedure 4.9.2, section 2", True),
    ProtectedRule("both_sign", "The designated teacher and the social worker both sign",
                  "local practice", False),
    ProtectedRule("quality", "The virtual school assures the plan's quality", "local practice",
                  False),
)
