"""What is added up of where cases stand, with what has happened since, is what the tasks tell."""

from datetime import date, timedelta

import pytest
from figures_followed import follow_to_the_end
from sqlalchemy import delete, select

from engine.advance import open_incident
from engine.domain import SYSTEM
from engine.errors import FlowFailed
from engine.store.models import Case
from workflows.board import live_map, now
from workflows.board.live_map import boards
from workflows.board.now import counted_now
from workflows.figures.tables import CaseStanding, FiguresPosition, StandingCount
from workflows.involvements import Involvement
from workflows.pep.changes.leaving import cease_to_be_looked_after
from workflows.sight.restrictions import restrict_record

WHOLE_COUNCIL = ("vera", "viktor", "max")
PROCEDURES = ("initial-pep", "review-pep")


@pytest.fixture
def told(small_council, monkeypatch):
    """Asks after the board of everyone who sees one, in both ways; they must say the same."""

    def ask():
        for name in (*WHOLE_COUNCIL, "mona"):
            with small_council.by(name).begin(writing=False) as work:
                added_up = boards(work)
                with monkeypatch.context() as anew:
                    anew.setattr(live_map, "counted_now", lambda *_: None)
                    assert boards(work) == added_up, name

    return ask


def is_added_up(council, name="vera"):
    with council.by(name).begin(writing=False) as work:
        return counted_now(work, PROCEDURES) is not None


def test_whatever_happens_before_and_after_it_is_added_up_the_board_says_the_same(
    small_council, told
):
    told()
    first, second, third = (small_council.start(family_name=name) for name in "ABC")
    assert not is_added_up(small_council)
    told()
    follow_to_the_end(small_council.installation)
    assert is_added_up(small_council)
    told()

    first.to_signatures()
    told()
    with small_council.by("olga").begin() as work:
        open_incident(work, work.session.get_one(Case, second.id),
                      FlowFailed("There is no date yet.", element="hold_pep_meeting"))
    told()
    follow_to_the_end(small_council.installation)
    told()
    small_council.move_to("2026-04-20")
    told()
    first.to_the_end()
    told()
    follow_to_the_end(small_council.installation)
    told()
    cease_to_be_looked_after(small_council.by("wilma"), third.id, on=date(2026, 4, 19),
                             outcome="parents", reason="Home again")
    told()
    follow_to_the_end(small_council.installation)
    told()
    assert is_added_up(small_council)


def test_of_a_restricted_record_no_number_tells_whoever_does_not_see_it(small_council, told):
    seen, hidden = small_council.start(family_name="A"), small_council.start(family_name="B")
    small_council.move_to("2026-04-20")
    follow_to_the_end(small_council.installation)
    restrict_record(small_council.by("mona"), hidden.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})
    told()
    hidden.do("initiate_pep", "wilma")
    seen.do("initiate_pep", "wilma")
    told()
    follow_to_the_end(small_council.installation)
    told()

    counted = {}
    for name in WHOLE_COUNCIL:
        with small_council.by(name).begin(writing=False) as work:
            counted[name] = boards(work)[0].running
    assert counted["vera"] == counted["viktor"] + 1


def test_whoever_sees_only_some_and_much_that_happened_are_told_from_the_tasks(
    small_council, monkeypatch
):
    case = small_council.start()
    follow_to_the_end(small_council.installation)
    assert is_added_up(small_council)
    assert not is_added_up(small_council, "mona")
    case.do("initiate_pep", "wilma")
    monkeypatch.setattr(now, "MOST_CHANGED", 0)

    assert not is_added_up(small_council)


def test_what_is_added_up_is_what_stands_and_leaves_no_row_behind(small_council):
    case = small_council.start()
    follow_to_the_end(small_council.installation)
    case.to_signatures()
    small_council.clock.move_on(timedelta(days=1))
    follow_to_the_end(small_council.installation)
    with small_council.by("vera").begin(writing=False) as work:
        standing = work.session.scalars(select(CaseStanding)).all()
        counted = work.session.scalars(select(StandingCount)).all()
        assert {each.case_id for each in standing} == {case.id}
        assert len(counted) == len(standing)
        assert all(each.cases == 1 for each in counted)
    with small_council.installation.acting(SYSTEM).begin() as work:
        for table in (FiguresPosition, Involvement):
            work.session.execute(delete(table))
    follow_to_the_end(small_council.installation)
    with small_council.by("vera").begin(writing=False) as work:
        assert len(work.session.scalars(select(StandingCount)).all()) == len(standing)
