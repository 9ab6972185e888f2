"""The termly overlay: a council may ask for a plan each term. Today is Wednesday 25 March 2026."""

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.recalculation import make_good
from engine.store.models import Case, Timer
from engine.timers import fire_due_timers
from engine.work import LONDON
from web.commands.council import council as council_command
from workflows.calendar import Term, working_days
from workflows.case_deadlines import deadlines_of
from workflows.council import Termly, add_term, set_termly, termly_overlay
from workflows.pep.terms import cut_off_dates

SPRING, SUMMER = date(2026, 3, 27), date(2026, 7, 21)
STEPS = (
    ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
    ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
    ("record_child_views", "tara"), ("record_carer_view", "wilma"),
    ("convene_meeting", "vera"), ("hold_pep_meeting", "vera"),
    ("set_targets_and_actions", "tara"), ("sign_off_teacher", "tara"),
    ("sign_off_social_worker", "wilma"),
)


@pytest.fixture
def terms(small_council):
    """Of the area in which the tests' school lies; half-term is no end of a term."""
    by = small_council.installation.acting(SYSTEM)
    for begins, ends in ((date(2026, 1, 5), SPRING), (date(2026, 4, 13), date(2026, 5, 22)),
                         (date(2026, 6, 1), SUMMER), (date(2026, 9, 2), date(2026, 12, 18))):
        add_term(by, "A", begins, ends)
    return small_council


def overlay(council, *, on=True, cut_offs=()):
    """And a moment later, when dates have followed."""
    set_termly(council.installation.acting(SYSTEM), on=on, cut_offs=cut_offs)
    while make_good(council.installation.acting(SYSTEM)):
        pass


def facts_of(case):
    with case.council.by("vera").begin(writing=False) as work:
        row = work.session.get_one(Case, case.id)
        names = frozenset({"termly", "term_plan_by"})
        return work.domain.known(work.session, row, work.today).facts(names)


def each_term(case):
    rows = deadlines_of(case.council.by("vera"), case.id)
    return next((row for row in rows if row.id == "T8"), None)


def test_off_there_is_no_plan_each_term(terms):
    case = terms.start()

    assert facts_of(case) == {"termly": False}
    assert each_term(case) is None
    assert termly_overlay(terms.by("ada")) == Termly(on=False)


def test_on_an_initial_plan_serves_the_term_in_which_it_is_due(terms):
    """Due on Friday 10 April, in the Easter holidays: the summer term's."""
    overlay(terms)
    case = terms.start()

    assert facts_of(case) == {"termly": True, "term_plan_by": SUMMER}
    assert each_term(case).due_on == SUMMER
    assert each_term(case).because.startswith("Tue 21 Jul 2026 itself")


def test_the_councils_own_cut_off_dates_count_instead(terms):
    overlay(terms, cut_offs=(date(2026, 6, 5), SPRING))

    assert facts_of(terms.start())["term_plan_by"] == date(2026, 6, 5)


def test_a_short_holiday_halves_a_term_and_a_long_one_ends_it():
    terms = (Term(date(2026, 4, 13), date(2026, 5, 22)), Term(date(2026, 6, 1), SUMMER),
             Term(date(2026, 9, 2), date(2026, 10, 23)))

    assert cut_off_dates(Termly(on=True), terms) == [SUMMER, date(2026, 10, 23)]


def next_review(case):
    """The next case, once the first review was held on Friday 24 April, and when it wakes."""
    for element, name in STEPS:
        case.do(element, name)
    case.do("assure_quality", "vera", quality_rating="green")
    case.council.clock.move_to(datetime(2026, 4, 24, 9, tzinfo=UTC))
    fire_due_timers(case.council.installation.acting(SYSTEM))
    case.do("hold_first_review", "rob", review_held_on="2026-04-24")
    with case.council.by("vera").begin(writing=False) as work:
        following = work.session.scalar(select(Case.id).where(Case.previous_id == case.id))
        timer = work.session.scalar(
            select(Timer).where(Timer.case_id == following, Timer.status == "pending")
        )
        return type(case)(case.council, following), timer.due_at.astimezone(LONDON).date()


def test_the_next_review_begins_early_enough_for_the_term(terms):
    overlay(terms)

    following, wakes = next_review(terms.start())

    assert facts_of(following)["term_plan_by"] == SUMMER
    assert wakes == working_days(None, SUMMER, -30)


def test_switching_it_on_moves_a_review_that_waits_and_says_so(terms):
    following, wakes = next_review(terms.start())
    assert wakes == working_days(None, date(2026, 7, 24), -30)

    overlay(terms)

    [moved] = following.events("timer_moved")
    assert moved.data["reason"].startswith("calendar")
    assert each_term(following).due_on == SUMMER


REVIEW_STEPS = (
    ("update_social_work_sections", "wilma"),
    ("collect_progress", "tara"), ("record_child_views", "tara"), ("record_carer_view", "wilma"),
    ("judge_progress", "tara"), ("fix_meeting", "vera"), ("hold_review_meeting", "vera"),
    ("revise_targets", "tara"), ("sign_off_teacher", "tara"),
    ("sign_off_social_worker", "wilma"),
)


def test_a_terms_plan_that_is_old_at_the_review_wants_what_is_new(terms):
    """Made for 5 June, and the review is on Friday 24 July."""
    overlay(terms, cut_offs=(SPRING, date(2026, 6, 5)))
    following, _ = next_review(terms.start())
    terms.clock.move_to(datetime(2026, 5, 20, 9, tzinfo=UTC))
    fire_due_timers(terms.installation.acting(SYSTEM))
    following.do("confirm_review_date", "rob", planned_review_on="2026-07-24")
    for element, name in REVIEW_STEPS:
        following.do(element, name)
    following.do("assure_quality", "vera", quality_rating="green")

    rows = {row.id: row for row in deadlines_of(terms.by("vera"), following.id)}

    assert rows["T7"].met_on == date(2026, 5, 20)
    assert "more than 6 weeks before the review: bring what is new" in rows["T7"].because


def test_cut_off_dates_without_the_overlay_are_refused(terms):
    with pytest.raises(Refused, match="mean nothing while the termly overlay is off"):
        overlay(terms, on=False, cut_offs=(SPRING,))


def test_an_administrator_switches_it_on_by_a_command(terms, migrated_url, monkeypatch):
    for name, value in {"DATABASE_URL": migrated_url, "SECRET_KEY": "s" * 32,
                        "AUDIT_KEY": "a" * 32}.items():
        monkeypatch.setenv(f"PEPWAY_{name}", value)
    said = CliRunner().invoke(council_command, ["termly"])
    assert said.output == "A plan each term is not asked for.\n"

    said = CliRunner().invoke(council_command, ["termly", "--on", "--cut-off", "2026-06-05"])

    assert said.output == "A plan each term is asked for, by 2026-06-05.\n"
    assert termly_overlay(terms.by("ada")) == Termly(on=True, cut_offs=(date(2026, 6, 5),))


def test_an_overlay_without_terms_and_without_days_has_no_cut_off_date():
    """As after a council's last own date was removed, where no term dates were entered."""
    assert cut_off_dates(Termly(on=True), ()) == []
