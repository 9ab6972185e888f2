"""Where children live: moves go through their running case, and what was before it is kept."""

from datetime import date

import pytest
from from_case_system import (
    CHILDREN,
    LONG_IN_CARE,
    ROW,
    all_of,
    case_of,
    child_numbered,
    counts,
    csv,
    how_many,
    said,
    told,
)
from sqlalchemy import select

from engine.store.models import Audit, Event, Outbox
from workflows.administration.imports import KINDS, check_rows, import_rows
from workflows.administration.imports.placed import NOT_HERE
from workflows.case_deadlines import deadlines_of
from workflows.children import Placement

PLACEMENTS = KINDS["placements"]
HOME = {"child": "C-1", "from": "2026-03-25", "planned": "no", "placement kind": "Foster care",
        "placement address": "1 Invented Row", "other area": "no"}
BEFORE = {"child": "C-2", "from": "2023-03-14", "to": "2024-08-31", "planned": "yes",
          "placement kind": "Foster care", "placement address": "1 Invented Row",
          "other area": "no"}
SINCE = {**BEFORE, "from": "2024-09-01", "to": "", "placement kind": "Children's home",
         "placement address": "2 Invented Row", "other area": "yes"}


@pytest.fixture
def ada(small_council):
    ada = small_council.by("ada")
    import_rows(ada, CHILDREN, csv(ROW, {**ROW, **LONG_IN_CARE}))
    return ada


def file(*rows):
    columns = ["child", "from", "to", "planned", "placement kind", "placement address",
               "address restricted", "other area"]
    return "".join(",".join(line) + "\n" for line in (
        columns, *([row.get(each, "") for each in columns] for row in rows)))


def placements(by, number):
    child = child_numbered(by, number)
    with all_of(by).begin(writing=False) as work:
        return [(each.starts_on, each.ends_on, each.kind, each.address) for each in
                work.session.scalars(select(Placement).where(Placement.child_id == child.id)
                                     .order_by(Placement.starts_on))]


def test_where_a_child_lived_before_pepway_is_kept_and_nobody_is_told(small_council, ada):
    before = how_many(ada, Outbox)
    assert counts(import_rows(ada, PLACEMENTS, file(SINCE, BEFORE, HOME))) == (1, 1, 1, 0)

    assert placements(ada, "C-2") == [
        (date(2023, 3, 14), date(2024, 8, 31), "foster", "1 Invented Row"),
        (date(2024, 9, 1), None, "home", "2 Invented Row"),
    ]
    assert child_numbered(ada, "C-2").out_of_area
    assert how_many(ada, Outbox) == before
    audited = how_many(ada, Audit)
    assert counts(import_rows(ada, PLACEMENTS, file(SINCE, BEFORE, HOME))) == (0, 0, 3, 0)
    assert how_many(ada, Audit) == audited + 1


def test_a_move_goes_through_the_running_case_and_people_hear_of_it(small_council, ada):
    case = case_of(ada, "C-1")
    small_council.move_to("2026-03-31")
    move = {**HOME, "from": "2026-03-30", "placement kind": "Family or friends",
            "placement address": "3 Invented Row"}

    assert told(check_rows(ada, PLACEMENTS, file(HOME, move)))[3] == "A move on Mon 30 Mar 2026"
    assert len(placements(ada, "C-1")) == 1
    done = import_rows(ada, PLACEMENTS, file(HOME, move))

    assert counts(done) == (1, 1, 0, 0)
    assert placements(ada, "C-1") == [
        (date(2026, 3, 25), date(2026, 3, 29), "foster", "1 Invented Row"),
        (date(2026, 3, 30), None, "kinship", "3 Invented Row"),
    ]
    assert how_many(ada, Event, Event.case_id == case.id,
                    Event.kind == "placement_changed") == 1
    assert how_many(ada, Outbox, Outbox.kind == "placement_changed") > 0
    again = import_rows(ada, PLACEMENTS, file(HOME, move))
    assert counts(again) == (0, 0, 2, 0)


def test_a_first_placement_that_was_planned_moves_the_dates(small_council, ada):
    ahead = {**ROW, "number": "C-3", "family name": "Ahead", "first placement": "2026-05-11"}
    import_rows(ada, CHILDREN, csv(ahead))
    case = case_of(ada, "C-3")

    def due():
        found = case_of(ada, "C-3").id
        dates = {row.id: row.due_on for row in deadlines_of(small_council.by("vera"), found)}
        return dates.get("T1")

    assert due() is None
    import_rows(ada, PLACEMENTS, file({**HOME, "child": "C-3", "from": "2026-05-11",
                                       "planned": "yes"}))

    assert due() == date(2026, 5, 8)
    assert how_many(ada, Event, Event.case_id == case.id, Event.kind == "due_moved") > 0


@pytest.mark.parametrize(("rows", "row", "column", "sentence"), [
    ([{**BEFORE, "from": "2023-03-01", "to": ""}], 2, "from", "became looked after on Tue 14 Mar"),
    ([{**BEFORE, "to": "2024-09-01"}, SINCE], 2, "to", "next placement begins on Sun 1 Sep 2024"),
    ([{**BEFORE, "to": "2023-03-01"}], 2, "to", "before the one in “from”"),
    ([BEFORE, BEFORE], 3, "from", "stands in row 2 already"),
    ([{**BEFORE, "child": "C-9"}], 2, "child", "There is no child with this number"),
])
def test_what_cannot_be_is_said(ada, rows, row, column, sentence):
    [(where, at, words)] = said(check_rows(ada, PLACEMENTS, file(*rows)))

    assert (where, at) == (row, column)
    assert sentence in words


def test_what_begins_in_the_future_is_left_aside(ada):
    ahead = {**HOME, "from": "2026-04-07"}

    assert counts(import_rows(ada, PLACEMENTS, file(HOME, ahead))) == (0, 0, 1, 1)


def test_a_restricted_address_stays_restricted_until_a_file_says_no(small_council, ada):
    import_rows(ada, PLACEMENTS, file({**HOME, "address restricted": "yes"}))
    assert placements(ada, "C-1")[0][3] == NOT_HERE
    import_rows(ada, PLACEMENTS, file(HOME))
    assert placements(ada, "C-1")[0][3] == NOT_HERE
    small_council.move_to("2026-03-31")
    move = {**HOME, "from": "2026-03-30", "placement address": "3 Invented Row"}
    import_rows(ada, PLACEMENTS, file(HOME, move))
    assert [each[3] for each in placements(ada, "C-1")] == [NOT_HERE, NOT_HERE]

    import_rows(ada, PLACEMENTS, file(HOME, {**move, "address restricted": "no"}))

    assert [each[3] for each in placements(ada, "C-1")] == [NOT_HERE, "3 Invented Row"]
