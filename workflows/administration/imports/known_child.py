"""What a row changes of a child whom Pepway knows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine.work import Work
from workflows.administration.imports.kinds import CHANGED, LEFT, SAME, Change
from workflows.administration.imports.placed import said_by_column
from workflows.administration.imports.reading import Row
from workflows.administration.imports.standing import Known
from workflows.child_names import keep_names
from workflows.children import first_of
from workflows.days import short_day
from workflows.pep.becoming_looked_after import REASON
from workflows.pep.changes.command import let_dates_follow
from workflows.pep.changes.correct_date import correct_date
from workflows.pep.changes.legal_status import change_legal_status
from workflows.pep.changes.returning import return_to_care
from workflows.pep.changes.school import change_school

Step = Callable[[Work], Any]
OF_WORDS: Mapping[str, str] = {
    "given_names": "given names", "family_name": "family name", "known_as": "known as",
    "upn": "UPN", "born_on": "born on", "council_number": "number",
}
"""The column of each word that no date of a case hangs on, but the day of birth."""


def change_of(row: Row, given: Mapping[str, Any], known: Known) -> Change:
    """Through the verbs of running cases, so that dates follow and everybody hears of it."""
    child = known.child
    if known.ended:
        return _after_care(row, given, known)
    words = {name: said for name in OF_WORDS
             if (said := _plain(name, given.get(name))) and said != getattr(child, name)}
    steps = _legal_status(given, known)
    if known.plans:
        steps |= {**_dates(given, known), **_school(row, given, known)}
    if row.wrong or not (words or steps):
        return _without(row, given, known)
    says = ", ".join([*(OF_WORDS[name] for name in words), *steps])

    def write(work: Work) -> None:
        if words:
            _write_words(work, known, words)
        for do in steps.values():
            do(work)

    return Change(CHANGED, write, row=row, says=f"Changes: {says}", is_tried=True)


def _without(row: Row, given: Mapping[str, Any], known: Known) -> Change:
    """The same; or what would be changed has no case that could follow."""
    stands = bool(known.plans) or not (_dates(given, known) or _school(row, given, known))
    return Change(SAME, row=row) if stands else Change(
        LEFT, row=row, says="Left aside: the child has no plan under way whose dates could follow")


def _plain(name: str, said: Any) -> Any:
    return said.upper() if said and name in ("upn", "council_number") else said


def _write_words(work: Work, known: Known, words: Mapping[str, Any]) -> None:
    child = known.child
    for name, said in words.items():
        setattr(child, name, said)
    keep_names(work, child.id, (child.given_names, child.known_as, child.family_name))
    work.audit("change_child", child_id=child.id, about=f"child:{child.id}", changed=sorted(words))
    if "born_on" in words:
        let_dates_follow(work, child.id, REASON)


def _legal_status(given: Mapping[str, Any], known: Known) -> dict[str, Step]:
    """A row that says nothing of it leaves it as it is."""
    status, since = given.get("legal_status"), given["status_since"]
    if not status or status == known.child.legal_status:
        return {}
    return {"legal status": said_by_column(
        lambda work: change_legal_status(work, known.cases[-1].id, legal_status=status,
                                         from_on=since or work.today, reason=REASON),
        {"from_on": "legal status since"}, "legal status")}


def _dates(given: Mapping[str, Any], known: Known) -> dict[str, Step]:
    """In the order in which each is possible: care never begins after the placement."""
    child = known.child
    first = first_of(known.placements, child.looked_after_on)
    care: date = given["became_looked_after_on"]
    steps: dict[str, Step] = {}
    if care != child.looked_after_on:
        steps["looked after since"] = _corrected(known, "looked_after", care)
    if first is not None and given["first_placement_on"] != first.starts_on:
        steps["first placement"] = _corrected(
            known, "first_placement", given["first_placement_on"])
    return dict(reversed(steps.items())) if care > child.looked_after_on else steps


def _corrected(known: Known, which: str, day: date) -> Step:
    column = "looked after since" if which == "looked_after" else "first placement"
    return said_by_column(
        lambda work: correct_date(work, known.plans[0], which=which, correct=day, reason=REASON),
        {}, column)


def _school(row: Row, given: Mapping[str, Any], known: Known) -> dict[str, Step]:
    """A row that says nothing of the school leaves it as it is."""
    school, now, since = given["school"], known.school_id, given["school_since"]
    if school is None or school == str(now or ""):
        return {}
    if since is None:
        row.says("school since", "The school has changed. Write since when")
        return {}
    teacher = given.get("designated_teacher", "") if school else ""
    return {"school": said_by_column(
        lambda work: change_school(work, known.plans[0], from_on=since, reason=REASON,
                                   school=school, designated_teacher=teacher),
        {"from_on": "school since", "designated_teacher": "designated teacher"}, "school")}


def _after_care(row: Row, given: Mapping[str, Any], known: Known) -> Change:
    ended = known.ended[0]
    if known.has_died or given["became_looked_after_on"] <= ended.ended_on:
        return Change(LEFT, row=row, says="Left aside: the child left care on "
                                          f"{short_day(ended.ended_on)}")
    asked = ("became_looked_after_on", "first_placement_on", "entry", "lives_out_of_area",
             "legal_status", "placement_kind", "placement_address", "school", "social_worker",
             "team_manager", "designated_teacher", "reviewing_officer")
    again = {key: given[key] for key in asked if given.get(key)}
    columns = {"became_looked_after_on": "looked after since",
               "first_placement_on": "first placement"}
    return Change(CHANGED, said_by_column(
        lambda work: return_to_care(work, known.cases[-1].id, reason=REASON, **again),
        columns, "looked after since"), row=row, says="Returns to care: a new initial PEP",
        is_tried=True)
