"""Whether a child may have a record already: asked before another one is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from engine.audit import times_today
from engine.cases import new_reference
from engine.errors import AnswersInvalid, Refused
from engine.forms import read_answers, read_form
from engine.store.models import Case
from engine.work import Work, query, verb
from workflows.access import decide
from workflows.child_names import folded
from workflows.children import Child, as_it_is_kept
from workflows.people import one_at_a_time
from workflows.resources import child_resource

CHECKS_A_DAY = 10
START_FORM = Path(__file__).parent / "forms" / "start_case.form"

NONE_FOUND = "No record with these details. You can start a new case."
KNOWN = "This child already has a record."
NAMESAKE = (
    "A child with this name and date of birth already has a record. "
    "Start a new case only for another child, such as a twin."
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What the check answers. Someone without a relation to the child learns only `sentence`."""

    found: bool
    sentence: str
    may_start: bool
    """Whether a new case may still be started: for the other one of twins."""
    case_id: UUID | None = None


@verb
def find_duplicate(
    work: Work, *, upn: str = "", family_name: str = "", born_on: date | None = None,
    council_number: str = "",
) -> Duplicate:
    """Whether the child may already have a record: exact number of the council's case system or
    UPN, or surname and date of birth.

    Ten a day for each person, each audited. Raises `AnswersInvalid` where too little is given
    and `Refused` beyond ten.
    """
    if not (upn.strip() or council_number.strip() or (family_name.strip() and born_on)):
        raise AnswersInvalid({"upn": "Enter the UPN, or the family name and the date of birth"})
    problems = _upn_problems(upn)
    if problems:
        raise AnswersInvalid(problems)
    one_at_a_time(work)
    if times_today(work, "find_duplicate") >= CHECKS_A_DAY:
        msg = (
            f"You have made {CHECKS_A_DAY} checks today. "
            "Ask the virtual school, who can look for you."
        )
        raise Refused(msg)
    same = _with_number(work, council_number) or _with_upn(work, upn)
    children = [same] if same else _namesakes(work, family_name, born_on)
    number = new_reference()
    work.audit("find_duplicate", child_id=children[0].id if len(children) == 1 else None,
               about=f"check:{number}", found=bool(children),
               children=[str(child.id) for child in children])
    if not children:
        return Duplicate(False, NONE_FOUND, may_start=True)
    if all(_may_see(work, child) for child in children):
        sentence = KNOWN if same else NAMESAKE
        return Duplicate(True, sentence, may_start=not same, case_id=_case_of(work, children))
    return Duplicate(True, "This child may already have a record. Ask the virtual school, "
                     f"quoting {number}.", may_start=False)


def _upn_problems(upn: str) -> Mapping[str, str]:
    """What the form that starts a case says of this UPN."""
    form = read_form(START_FORM.read_bytes(), "start_case")
    asked = replace(form, fields=(form.input("upn"),))
    return read_answers(asked, {"upn": upn}, {}).errors


@query
def is_upn_taken(work: Work, upn: str) -> bool:
    with work.for_the_council("whether a UPN is taken; by whom, only the audited check tells"):
        return _with_upn(work, upn) is not None


@query
def has_number(work: Work, council_number: str) -> bool:
    """Whether the case system's number is known."""
    with work.for_the_council("whether a number is taken; by whom, only the audited check tells"):
        return _with_number(work, council_number) is not None


@query
def has_namesake(work: Work, family_name: str, born_on: date) -> bool:
    """Whether a child of that surname was born on that day."""
    with work.for_the_council("whether there is a namesake; who, only the audited check tells"):
        return bool(_namesakes(work, family_name, born_on))


def _with_number(work: Work, council_number: str) -> Child | None:
    number = as_it_is_kept(council_number)
    if not number:
        return None
    return work.session.scalar(select(Child).where(Child.council_number == number))


def _with_upn(work: Work, upn: str) -> Child | None:
    if not upn.strip():
        return None
    return work.session.scalar(select(Child).where(Child.upn == upn.strip().upper()))


def _namesakes(work: Work, family_name: str, born_on: date | None) -> list[Child]:
    """Compared here and not by the database: SQLite knows capitals of plain letters only."""
    if not family_name.strip() or born_on is None:
        return []
    born = work.session.scalars(select(Child).where(Child.born_on == born_on))
    return [child for child in born if folded(child.family_name) == folded(family_name)]


def _may_see(work: Work, child: Child) -> bool:
    return decide(work.actor, "see_case", child_resource(work, child.id)).allowed


def _case_of(work: Work, children: Sequence[Child]) -> UUID | None:
    return work.session.scalar(
        select(Case.id)
        .where(Case.child_id.in_([child.id for child in children]))
        .order_by(Case.opened_at.desc())
        .limit(1)
    )
