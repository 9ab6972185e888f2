"""A CSV file is taken in whole or not at all, and what is wrong is said by row and column."""

import re
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, Refused
from engine.store.models import Audit, Case, Outbox
from workflows.administration.imports import KINDS, check_rows, import_rows
from workflows.administration.imports.reading import LARGEST, MOST_ROWS, text_of
from workflows.administration.leaving import leave
from workflows.children import Child, School
from workflows.council import set_council_name
from workflows.involvements import people_around
from workflows.people import Person, Team, find_by_email
from workflows.sight.conflicts import declare_conflict_of_others

HEADER = "URN,EstablishmentName,PhaseOfEducation (name),LA (name)"


@pytest.fixture
def ada(small_council):
    return small_council.by("ada")


def lines(*rows):
    return "\r\n".join(rows) + "\r\n"


def schools(by):
    with by.begin(writing=False) as work:
        return {row.urn: row for row in work.session.scalars(select(School))}


def sentences(checked):
    return [(each.row, each.column, each.sentence) for each in checked.wrong]


@pytest.mark.parametrize("saved", [
    lambda text: text.encode(), lambda text: text.encode("utf-8-sig"),
    lambda text: text.replace(",", ";").encode(), lambda text: text.replace(",", "\t").encode(),
    lambda text: text.replace("\r\n", "\n").encode(),
])
def test_a_file_of_the_register_is_taken_in(ada, saved):
    set_council_name(ada, "Camden Council")
    text = lines(f"LA (code),{HEADER},Street", "202,990101,Tests' Hall,Primary,A,\"1 Row\"", "",
                 "202,123456,St Mary's,Not applicable,Camden,x",
                 "203,123457,Ståle Academy,16 plus,Greenwich,x")

    checked = check_rows(ada, KINDS["schools"], text_of(saved(text)))
    assert (checked.new, checked.changed, checked.same, checked.wrong) == (2, 1, 0, ())
    assert len(schools(ada)) == 1
    import_rows(ada, KINDS["schools"], text_of(saved(text)))

    taken = schools(ada)
    assert {urn: (row.name, row.phase, row.area) for urn, row in taken.items()} == {
        "990101": ("Tests' Hall", "primary", "A"),
        "123456": ("St Mary's", "other", "Camden Council"),
        "123457": ("Ståle Academy", "college", "Greenwich"),
    }
    again = import_rows(ada, KINDS["schools"], text_of(saved(text)))
    assert (again.new, again.changed, again.same) == (0, 0, 3)


def test_each_wrong_row_is_told_and_nothing_is_done(ada):
    text = lines(HEADER, "123456,Good School,Primary,Camden", "12345,Short,Primary,Camden",
                 ",None,Primary,Camden", "123456,Twice,Primary,Camden",
                 "123458,,Imaginary,Camden", '123459,"=1+1",Primary,Camden')

    checked = check_rows(ada, KINDS["schools"], text)

    assert sentences(checked) == [
        (3, "URN", "Write six digits"),
        (4, "URN", "This cell is empty"),
        (5, "URN", "This stands in row 2 already. Leave one of them out"),
        (6, "EstablishmentName", "This cell is empty"),
        (6, "PhaseOfEducation (name)",
         "Write a phase of the register, such as Primary or Secondary"),
        (7, "EstablishmentName", "This cell begins as a formula does. Write the value itself"),
    ]
    with pytest.raises(Refused, match="Nothing was imported"):
        import_rows(ada, KINDS["schools"], text)
    assert set(schools(ada)) == {"990101"}


@pytest.mark.parametrize(("content", "says"), [
    (b"", "not empty"), (b" \n ", "not empty"),
    (b"x" * (LARGEST + 1), "larger than 2 MB"),
    ("URN,Schülé".encode("latin-1"), "no CSV in UTF-8"), (b"PK\x03\x04\0\0", "no CSV"),
    ("URN\n".encode("utf-16"), "no CSV"),
])
def test_what_is_no_such_file_is_said(content, says):
    with pytest.raises(AnswersInvalid) as refused:
        text_of(content)

    assert says in refused.value.errors["file"]


@pytest.mark.parametrize(("text", "says"), [
    ("URN,EstablishmentName\n1,2\n", r"no columns PhaseOfEducation \(name\), LA \(name\)"),
    (HEADER, "no rows below"), (f'{HEADER}\n123456,"open,Primary,x\n', "quotation mark"),
    (f"{HEADER}\n" + "123456,A,Primary,B\n" * (MOST_ROWS + 1), "more than 20,000 rows"),
    (f"{HEADER}\n{'x' * 200_000},A,B,C\n", "too long"),
])
def test_a_file_of_another_shape_is_said(ada, text, says):
    with pytest.raises(AnswersInvalid) as refused:
        check_rows(ada, KINDS["schools"], text)

    assert re.search(says, refused.value.errors["file"])


def test_twenty_thousand_schools_are_taken_in(ada):
    rows = (f"{100_000 + each},School {each},Primary,Camden" for each in range(MOST_ROWS))
    text = lines(HEADER, *rows)
    began = time.monotonic()

    import_rows(ada, KINDS["schools"], text)

    assert len(schools(ada)) == MOST_ROWS + 1
    assert time.monotonic() - began < 60


def test_people_are_added_changed_and_given_roles(small_council, ada):
    with ada.begin() as work:
        work.session.add(Team(name="North"))
    text = lines("Name,Email,Roles,Team",
                 'Zoe Zed,ZOE@council.example,"Social worker, team_manager",north',
                 "Wilma Stone,wilma@council.example,Social worker,",
                 "Tara,tara@council.example,designated_teacher,")

    checked = import_rows(ada, KINDS["people"], text)

    assert (checked.new, checked.changed, checked.same) == (1, 1, 1)
    zoe = find_by_email(ada, "zoe@council.example")
    assert zoe.roles == {"social_worker", "team_manager"}
    assert find_by_email(ada, "wilma@council.example").name == "Wilma Stone"
    with ada.begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).where(Audit.action == "invite_person")) == 1


def test_what_a_person_cannot_be_is_said(small_council, ada):
    leave(ada, small_council.people["sven"], {"last_day": {
        "day": str(ada.today.day), "month": str(ada.today.month), "year": str(ada.today.year)}})
    text = lines("name,email,roles,team", "A,nonsense,Social worker,",
                 "B,b@council.example,Queen,", "C,c@council.example,Manager,Nowhere",
                 "Sven,sven@council.example,Social worker,",
                 "Ada,ada@council.example,Virtual school,", "D,B@council.example,Manager,")

    said = sentences(check_rows(ada, KINDS["people"], text))

    assert [(row, column) for row, column, _ in said] == [
        (2, "email"), (3, "roles"), (4, "team"), (5, "email"), (6, "roles"), (7, "email")]
    assert "Nobody gives roles to themselves" in said[4][2]


def test_others_hear_of_a_powerful_role_that_came_by_a_file(small_council, ada):
    text = lines("name,email,roles,team", "Ben,ben@council.example,Administrator,",
                 "Zoe,zoe@council.example,Virtual school,")

    import_rows(ada, KINDS["people"], text)

    with ada.begin(writing=False) as work:
        told = work.session.scalars(
            select(Outbox.person_id).where(Outbox.kind == "powerful_role_given")).all()
        ben = work.session.scalar(select(Person.id).where(Person.email == "ben@council.example"))
    assert told == [ben]


def test_involvements_name_a_child_by_upn_or_reference_only(small_council, ada):
    case, other = small_council.start(), small_council.start(family_name="Other")
    with ada.begin() as work:
        reference = work.session.get_one(Case, case.id).reference
        work.session.get_one(Child, other.child_id).upn = "A123456789012"
    today = small_council.clock.now().date()
    yesterday, before = today - timedelta(days=1), today - timedelta(days=30)
    with small_council.by("vera").begin(writing=False) as work:
        since = {each.name: each.starts_on for each in people_around(work, case.child_id)}["Wilma"]
    text = lines(
        "child,email,role,from,to",
        f"{reference.lower()},wilma@council.example,Social worker,{since},{since}",
        f"{reference},sven@council.example,social_worker,{today:%d/%m/%Y},",
        f"A123456789012,rob@council.example,Reviewing officer,{before},{yesterday}",
    )

    checked = import_rows(ada, KINDS["involvements"], text)

    assert (checked.new, checked.changed, checked.same) == (2, 1, 0)
    small_council.clock.move_on(timedelta(days=1))
    around = {each.role: each.name
              for each in people_around(small_council.by("vera"), case.child_id)}
    assert around["social_worker"] == "Sven"


def test_what_an_involvement_cannot_be_is_said(small_council, ada):
    case = small_council.start()
    with small_council.by("vera").begin(writing=False) as work:
        reference = work.session.get_one(Case, case.id).reference
    text = lines(
        "child,email,role,from,to",
        "Robin Quennell,wilma@council.example,Social worker,2026-01-05,",
        f"{reference},nobody@council.example,Social worker,2026-01-05,",
        f"{reference},wilma@council.example,Virtual school,2026-01-05,",
        f"{reference},ada@council.example,Administrator,2026-01-05,",
        f"{reference},sven@council.example,Social worker,5.1.2026,",
        f"{reference},sven@council.example,Social worker,2026-01-05,2026-01-04",
    )

    said = sentences(check_rows(ada, KINDS["involvements"], text))

    assert [(row, column) for row, column, _ in said] == [
        (2, "child"), (3, "email"), (4, "role"), (5, "email"), (6, "from"), (7, "to")]
    assert said[0][2] == "There is no child with this number, UPN or case reference"
    assert "Quennell" not in str(said)


def test_who_must_not_see_a_child_is_not_imported_to_it(small_council, ada):
    case = small_council.start()
    with small_council.by("vera").begin(writing=False) as work:
        reference = work.session.get_one(Case, case.id).reference
    declare_conflict_of_others(small_council.by("vera"), case.child_id, {
        "person": str(small_council.people["sven"]), "reason": "Her uncle"})
    text = lines("child,email,role,from,to",
                 f"{reference},sven@council.example,Social worker,2026-01-05,")

    assert sentences(check_rows(ada, KINDS["involvements"], text)) == [(
        2, "email", "This person must not see the record of this child. Write somebody else")]


def test_tasks_follow_an_import(small_council, ada):
    case = small_council.start()
    leave(ada, small_council.people["wilma"], {"last_day": {
        "day": str(ada.today.day), "month": str(ada.today.month), "year": str(ada.today.year)}})
    with small_council.by("vera").begin(writing=False) as work:
        reference = work.session.get_one(Case, case.id).reference
    assert case.open()["initiate_pep"].assignee_id == small_council.people["mona"]

    import_rows(small_council.installation.acting(SYSTEM), KINDS["involvements"], lines(
        "child,email,role,from,to",
        f"{reference},sven@council.example,Social worker,{date(2026, 1, 1)},"))

    assert case.open()["initiate_pep"].assignee_id == small_council.people["sven"]
