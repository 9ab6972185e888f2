"""The children in care, as the council's own case system has them: at first, and then each night.

Who is new becomes known as when a person starts their initial PEP, by the same rules. What has
changed of whom Pepway knows goes through the verbs of running cases, so that dates follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from engine.forms import read_answers
from engine.work import Work
from workflows.administration.imports.child_columns import (
    ANOTHER,
    BORN,
    CARE,
    COLUMN_OF,
    COLUMNS,
    EXAMPLE,
    FAMILY,
    FIRST_PLACEMENT,
    LEGAL_STATUS,
    NEITHER,
    NEXT_REVIEW,
    NUMBER,
    ROLE_OF,
    SAME_AS,
    SCHOOL,
    SCHOOL_SINCE,
    SHORT,
    STATUS_SINCE,
    UPN,
)
from workflows.administration.imports.kinds import Change, Kind, said_once
from workflows.administration.imports.known_child import change_of
from workflows.administration.imports.naming import children_named
from workflows.administration.imports.new_child import beginning_of
from workflows.administration.imports.placed import START, placement_said
from workflows.administration.imports.reading import Row
from workflows.administration.imports.standing import (
    Known,
    born_on,
    known_children,
    people_by_email,
    schools_by_urn,
)
from workflows.child_names import folded
from workflows.children import Child
from workflows.people import Person
from workflows.pep.facts import SHORT_BREAKS
from workflows.pep.starting import impossible
from workflows.roles import ROLES

NAMESAKE = ("A child of this name and date of birth may have a record already. If it is this "
            "child, write the reference of their case under “same as”; if it is another one, such "
            "as a twin, write “new” there")
ASKED = replace(START, fields=tuple(each for each in START.fields if each.key in COLUMN_OF))


def _weigh(work: Work, rows: Sequence[Row]) -> list[Change]:
    said_once(rows, lambda row: row.cells[NUMBER].upper(), NUMBER)
    said_once(rows, lambda row: row.cells[UPN].upper(), UPN)
    named = children_named(work, (row.cells[each] for row in rows
                                  for each in (NUMBER, UPN, SAME_AS)))
    known = known_children(work, set(named.values()))
    schools = schools_by_urn(work, (row.cells[SCHOOL] for row in rows))
    people = people_by_email(
        work, (row.cells[each].lower() for row in rows for each in ROLE_OF))
    read = [(row, _read(work, row, schools, people)) for row in rows]
    namesakes = born_on(work, (given["born_on"] for _, given in read if given))
    changes, names_in_file = [], set[tuple[date, str, str]]()
    for row, given in read:
        if given is None:
            continue
        found = _found(row, given, named, known, namesakes)
        if found is None and not row.wrong:
            _look_at_namesake(row, given, names_in_file)
        if row.wrong:
            continue
        change = change_of(row, given, found) if found else beginning_of(work.today, row, given)
        if not row.wrong:
            changes.append(change)
    return changes


def _read(
    work: Work, row: Row, schools: Mapping[str, UUID], people: Mapping[str, Person]
) -> dict[str, Any] | None:
    """Answers to the form that starts a case, and what else a row says; None where it is wrong."""
    days = {key: row.day(column) for key, column in (
        ("born_on", BORN), ("became_looked_after_on", CARE),
        ("first_placement_on", FIRST_PLACEMENT))}
    others = {key: row.day(column) for key, column in (
        ("status_since", STATUS_SINCE), ("school_since", SCHOOL_SINCE),
        ("next_review", NEXT_REVIEW))}
    short, status = row.yes(SHORT), row.one_of(LEGAL_STATUS, START.input("legal_status").options)
    placement = placement_said(row)
    around = _around(work, row, people)
    school = _school(row, schools)
    if row.wrong:
        return None
    said = {
        **{key: row.cells[COLUMN_OF[key]] for key in ("given_names", "family_name", "known_as",
                                                      "upn")},
        **{key: day.isoformat() for key, day in days.items() if day},
        **placement, "legal_status": SHORT_BREAKS if short else status,
    }
    answers = read_answers(ASKED, {key: text for key, text in said.items() if text}, {})
    problems = dict(answers.errors)
    if not problems:
        for broken, key, sentence in impossible(work, answers.values):
            if broken:
                problems.setdefault(key, sentence)
    for key, sentence in problems.items():
        row.says(COLUMN_OF.get(key, NUMBER), sentence)
    return None if row.wrong else {**answers.values, **others, **around, "school": school,
                                   "council_number": row.cells[NUMBER]}


def _around(work: Work, row: Row, people: Mapping[str, Person]) -> dict[str, str]:
    found = {}
    for column, role in ROLE_OF.items():
        if not row.cells[column]:
            continue
        person = people.get(row.cells[column].lower())
        if person is None or not person.active:
            row.says(column, "Nobody signs in with this e-mail address. Add the person first")
        elif person.id == work.actor.id:
            row.says(column, "Nobody gives children to themselves. Ask another administrator")
        elif role not in {held.role for held in person.roles}:
            row.says(column, f"This person is not a {ROLES[role].title.lower()}")
        else:
            found[role] = str(person.id)
    return found


def _school(row: Row, schools: Mapping[str, UUID]) -> str | None:
    """None where the row says nothing; empty where it says that there is no place."""
    urn = row.cells[SCHOOL]
    if not urn:
        return None
    if urn.casefold() == NEITHER:
        return ""
    if urn not in schools:
        row.says(SCHOOL, "There is no school with this URN. Import the school first, or write none")
        return None
    return str(schools[urn])


def _found(
    row: Row, given: Mapping[str, Any], named: Mapping[str, UUID], known: Mapping[UUID, Known],
    namesakes: Mapping[tuple[date, str], list[Child]],
) -> Known | None:
    """The child of a row; what speaks against making another one known is said on the row."""
    number = given["council_number"].upper()
    by_number = known[named[number]] if number in named else None
    if by_number is not None and by_number.child.council_number == number:
        _look_at_upn(row, by_number.child, named, known)
        return by_number
    same_as = row.cells[SAME_AS].upper()
    if same_as and same_as.casefold() != ANOTHER:
        if same_as not in named:
            row.says(SAME_AS, "There is no child with this reference. Write the one on the page of "
                              "the child's case, or new")
            return None
        return _without_number(row, SAME_AS, known[named[same_as]])
    upn = row.cells[UPN].upper()
    if upn in named and known[named[upn]].child.upn == upn:
        found = known[named[upn]]
        if found.child.born_on != given["born_on"]:
            row.says(UPN, "A child with this UPN is known, born on another day. Check both")
        return _without_number(row, UPN, found)
    alike = namesakes.get((given["born_on"], folded(given["family_name"])), [])
    if same_as.casefold() != ANOTHER and any(_is_likely(each, given) for each in alike):
        row.says(FAMILY, NAMESAKE)
    return None


def _look_at_namesake(
    row: Row, given: Mapping[str, Any], names_in_file: set[tuple[date, str, str]]
) -> None:
    """As a child would be met who came by a row before: by part of the file, or the day after."""
    names = (given["born_on"], folded(given["family_name"]), folded(given["given_names"]))
    if names in names_in_file and row.cells[SAME_AS].casefold() != ANOTHER:
        row.says(FAMILY, NAMESAKE)
    names_in_file.add(names)


def _is_likely(known: Child, given: Mapping[str, Any]) -> bool:
    """The case system itself tells apart whom it knows by two numbers, unless all names agree."""
    return (known.council_number is None
            or folded(known.given_names) == folded(given["given_names"]))


def _without_number(row: Row, column: str, found: Known) -> Known:
    if found.child.council_number is not None:
        row.says(column, "This child is known by another number of your case system. Check both")
    return found


def _look_at_upn(
    row: Row, child: Child, named: Mapping[str, UUID], known: Mapping[UUID, Known]
) -> None:
    upn = row.cells[UPN].upper()
    if upn in named and named[upn] != child.id and known[named[upn]].child.upn == upn:
        row.says(UPN, "Another child has this UPN. Check both")


CHILDREN = Kind(
    "children", "children in care", COLUMNS,
    ("A child is known by the number in your case system. The same row again changes nothing.",
     "Days are written as 2026-07-31 or 31/07/2026.",
     "A child whose last statutory review is given begins with the plan for the next one, any "
     "other with the initial PEP. What each row will open, and by when, is shown before anything "
     "is done.",
     "Of a child who is here, changes of names, UPN, dates, legal status and school are taken "
     "over; moves come by the import of placements, and people by that of who works with which "
     "child. A child who is missing from the file stays as they are."),
    EXAMPLE, _weigh, belongs_to=lambda row: row.number,
)
