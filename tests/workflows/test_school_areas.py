"""School days are those of the area in which the child's school lies.

The schools of area A close for Easter on Friday 27 March, those of area B a week later. The
council itself keeps the terms of A. Today is Wednesday 25 March 2026.
"""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from click.testing import CliRunner

from engine.domain import SYSTEM
from engine.recalculation import make_good
from engine.spiff.expressions import compile_expression
from engine.store.models import Case
from engine.timers import fire_due_timers
from web.commands.explain import explain
from workflows.children import School
from workflows.council import add_term, set_council_name
from workflows.pep.changes.carrying_out import carry_out, preview
from workflows.pep.domain import vocabulary
from workflows.timeline import timeline_of

TERMS = {
    "A": ((date(2026, 1, 5), date(2026, 3, 27)), (date(2026, 4, 13), date(2026, 7, 21))),
    "B": ((date(2026, 1, 5), date(2026, 4, 2)), (date(2026, 4, 27), date(2026, 7, 24))),
}
IN_A, IN_B = date(2026, 5, 7), date(2026, 5, 15)
"""20 school days from today: the one area has had Easter before the other."""


@pytest.fixture
def two_areas(small_council):
    by = small_council.installation.acting(SYSTEM)
    set_council_name(by, "A")
    for area, terms in TERMS.items():
        for begins, ends in terms:
            add_term(by, area, begins, ends)
    with by.begin() as work:
        other = School(id=uuid4(), urn="990102", name="Other School", phase="primary", area="B")
        work.session.add(other)
    small_council.other_school = str(other.id)
    return small_council


def facts_of(case, *names):
    with case.council.by("vera").begin(writing=False) as work:
        row = work.session.get_one(Case, case.id)
        return work.domain.known(work.session, row, work.today).facts(frozenset(names))


def counted(case, expression):
    """What a diagram of this case would get."""
    words = vocabulary()
    names = {fact.name: fact.type for fact in words.facts.values()}
    compiled = compile_expression(expression, None, names, words.functions)
    with case.council.by("vera").begin(writing=False) as work:
        row = work.session.get_one(Case, case.id)
        known = work.domain.known(work.session, row, work.today)
        return compiled.explain(known.facts(frozenset({"placement_start"})), known.calendar)


def move(case, school, on):
    answers = {"from_on": on, "school": school, "reason": "Nearer to the carers"}
    by = case.council.by("wilma")
    seen = preview(by, "change_school", case.id, answers)
    carry_out(by, "change_school", case.id, answers, seen.fingerprint)


def test_two_children_in_two_areas_get_two_dates(two_areas):
    here = two_areas.start()
    there = two_areas.start(school=two_areas.other_school, given_names="Dana")

    assert facts_of(here, "school_place_by")["school_place_by"] == IN_A
    assert facts_of(there, "school_place_by")["school_place_by"] == IN_B
    assert counted(here, "school_days(placement_start, 20)")[0] == IN_A
    value, steps = counted(there, "school_days(placement_start, 20)")
    assert value == IN_B
    assert "school holiday" not in {step.why for step in steps if step.day < date(2026, 4, 3)}


def test_terms_begin_and_schools_open_by_the_schools_own_calendar(two_areas):
    """On Tuesday 7 April, Easter holidays here and there."""
    two_areas.clock.move_to(two_areas.clock.now().replace(month=4, day=7))
    here = two_areas.start()
    there = two_areas.start(school=two_areas.other_school, given_names="Dana")

    asked = ("term_begins", "school_open_in_time")
    assert facts_of(here, *asked) == {
        "term_begins": date(2026, 4, 13), "school_open_in_time": True,
    }
    assert facts_of(there, *asked) == {
        "term_begins": date(2026, 4, 27), "school_open_in_time": False,
    }


def test_without_a_school_the_terms_of_the_councils_own_area_count(two_areas):
    case = two_areas.start(school="", designated_teacher="")

    assert facts_of(case, "school_place_by")["school_place_by"] == IN_A


def waiting_for_a_place(council):
    case = council.start(school="", designated_teacher="")
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    case.do("arrange_interim_education", "vera")
    assert case.open()["secure_school_place"].due_on == IN_A
    return case


def test_a_school_in_another_area_moves_the_dates_and_says_so(two_areas):
    case = waiting_for_a_place(two_areas)

    move(case, two_areas.other_school, "2026-03-25")

    assert case.open()["secure_school_place"].due_on == IN_B
    [moved] = [event for event in case.events("due_moved")
               if event.element == "secure_school_place"]
    assert (moved.data["old"], moved.data["new"]) == (IN_A.isoformat(), IN_B.isoformat())


def test_a_school_from_next_week_moves_them_next_week(two_areas):
    case = waiting_for_a_place(two_areas)
    move(case, two_areas.other_school, "2026-03-30")
    assert case.open()["secure_school_place"].due_on == IN_A

    two_areas.clock.move_to(two_areas.clock.now().replace(day=30))
    two_areas.installation.domain.day_begins(two_areas.installation.acting(SYSTEM))

    assert case.open()["secure_school_place"].due_on == IN_B
    story = [line.text for line in timeline_of(two_areas.by("vera"), case.id)]
    assert any("because the council's calendar changed" in line for line in story)


def add_term_and_let_dates_follow(council):
    system = council.installation.acting(SYSTEM)
    add_term(system, "A", date(2026, 4, 7), date(2026, 4, 10))
    while make_good(system):
        pass


def test_new_term_dates_move_what_is_open(two_areas):
    case = waiting_for_a_place(two_areas)

    add_term_and_let_dates_follow(two_areas)

    assert case.open()["secure_school_place"].due_on == date(2026, 4, 30)


def test_new_term_dates_move_the_timer_and_it_fires_on_the_new_day_only(two_areas):
    case = waiting_for_a_place(two_areas)
    add_term_and_let_dates_follow(two_areas)

    [moved] = [event for event in case.events("timer_moved")
               if event.element == "twenty_school_days_over"]
    assert moved.data == {"reason": "calendar: term dates", "old": "2026-05-07T23:00:00+00:00",
                          "new": "2026-04-30T23:00:00+00:00"}
    fired = [(day, "twenty_school_days_over" in _fired_on(two_areas, case, day))
             for day in ("2026-04-30T22:59", "2026-04-30T23:00", "2026-05-07T23:00")]
    assert fired == [("2026-04-30T22:59", False), ("2026-04-30T23:00", True),
                     ("2026-05-07T23:00", True)]
    elements = [event.element for event in case.events("timer_fired")]
    assert elements.count("twenty_school_days_over") == 1


def _fired_on(council, case, moment):
    council.clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    fire_due_timers(council.installation.acting(SYSTEM))
    return [event.element for event in case.events("timer_fired")]


def test_pepway_explain_counts_the_school_days_of_an_area(two_areas, migrated_url, monkeypatch):
    for name, value in {"DATABASE_URL": migrated_url, "SECRET_KEY": "s" * 32,
                        "AUDIT_KEY": "a" * 32}.items():
        monkeypatch.setenv(f"PEPWAY_{name}", value)

    said = CliRunner().invoke(explain, ["school_days(date('2026-03-25'), 20)", "--area", "B"])
    assert said.output.startswith("school_days(date('2026-03-25'), 20) = Friday 15 May 2026")
    unknown = CliRunner().invoke(explain, ["school_days(date('2026-03-25'), 20)", "--area", "C"])
    assert unknown.exit_code == 1
    assert "There are no term dates for Thu 26 Mar 2026 in the area of C." in unknown.output
