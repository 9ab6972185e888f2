"""Somebody enters an absence: sees first what moves, and the cover then finds the tasks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.domain import SYSTEM
from engine.store.models import Task
from web.workload import absences
from workflows.absences.arranging import Planned, enter_absence
from workflows.absences.days import Days
from workflows.absences.preview import preview
from workflows.absences.table import MOVES_ALL, Absence
from workflows.people import Person, Team, add_person

WHO, WHAT = "Who covers?", "What happens to the tasks that they have already?"
ALL = "All of them are covered"


@pytest.fixture
def in_one_team(council):
    with council.by("vera").begin() as work:
        team = Team(name="Fostering team")
        work.session.add(team)
        work.session.flush()
        for person in work.session.scalars(select(Person).where(Person.id.in_(
            [council.people[each] for each in ("wilma", "sven", "mona")]
        ))):
            person.team_id = team.id
    return council


def on(day):
    return str(day.day), str(day.month), str(day.year)


def days(page, council, last=4):
    """From today for so many days more; None where nobody knows."""
    today = council.by("vera").today
    chosen = {"First day away": on(today), "What kind of absence is it?": "Leave"}
    if last is not None:
        chosen["Last day away"] = on(today + timedelta(days=last))
    return page.fill(chosen).press("Continue")


def to_the_preview(page, council, last=4, **chosen):
    page = days(page, council, last)
    assert page.heading == "Who covers?"
    return page.fill({WHO: "Sven Birkett", WHAT: ALL, **chosen}).press("See what will happen")


def test_a_social_worker_enters_her_absence_and_sees_what_moves_before_it_does(in_one_team):
    council = in_one_team
    case_id = council.start_case()
    page = council.sign_in("wilma").follow("Absences: who is away").follow("I will be away")

    page = to_the_preview(page, council)

    assert page.heading == "Check what will happen"
    assert "Sven Birkett covers. Today they have 0 open tasks; with these, 1" in page.text
    moving = page.section("What moves (1)")
    assert "Goes to Sven Birkett" in moving
    assert "Robin Testerby" in moving
    assert "No due date changes" in page.text
    assert "Initiate" not in council.sign_in("sven").text

    page = page.press("Enter the absence")

    assert "Sven Birkett covers" in page.section("Yours")
    assert "With Sven Birkett" in council.sign_in("wilma").section("Covered for you (1)")
    theirs = council.sign_in("sven")
    assert "Covering for Wilma Ashdown until" in theirs.section("For you (1)")
    task = theirs.visitor.open(f"/tasks/{council.task('sven', 'initiate_pep')}")
    assert "Covering for Wilma Ashdown until" in task.text
    case = council.sign_in("vera").visitor.open(f"/cases/{case_id}")
    assert "Covering for Wilma Ashdown" in case.text
    assert "went to Sven Birkett, while Wilma Ashdown is away" in case.text


def test_who_could_cover_is_told_with_why_and_not_who_is_away(in_one_team):
    council = in_one_team
    council.start_case()
    add_person(council.installation.acting(SYSTEM), "Nora Farr", "nora@council.example",
               ["social_worker"], "-")
    by_mona = council.sign_in("mona").visitor.open(
        f"/absences/{council.people['wilma']}/days")

    page = days(by_mona, council)

    assert "Sven Birkett Same team, 0 open tasks" in page.text
    assert page.text.index("Sven Birkett") < page.text.index("Nora Farr")
    assert "Viktor" not in page.text, "of another role"

    own = days(council.sign_in("sven").visitor.open(
        f"/absences/{council.people['sven']}/days"), council)
    own.fill({WHO: "Nobody in particular", WHAT: ALL}).press("See what will happen").press(
        "Enter the absence")
    page = days(by_mona.visitor.open(f"/absences/{council.people['wilma']}/days"), council)
    assert "Sven Birkett" not in page.text


def test_who_enters_their_own_absence_chooses_among_those_near_them(in_one_team):
    add_person(in_one_team.installation.acting(SYSTEM), "Nora Farr", "nora@council.example",
               ["social_worker"], "-")

    page = days(in_one_team.sign_in("wilma").visitor.open(
        f"/absences/{in_one_team.people['wilma']}/days"), in_one_team)

    assert "Sven Birkett" in page.text
    assert "Nora Farr" not in page.text


def test_nothing_typed_is_lost_and_each_mistake_is_told_where_it_is(council):
    page = council.sign_in("wilma").visitor.open(f"/absences/{council.people['wilma']}/days")
    yesterday = council.by("vera").today - timedelta(days=1)

    page = page.fill({"First day away": on(yesterday), "Last day away": on(yesterday)}).press(
        "Continue")

    assert page.status == 422
    assert list(page.errors.values()) == [
        "This day is over. Enter today or a later day", "Choose what kind of absence it is"]
    assert page.value("First day away") == list(on(yesterday))


def test_the_way_back_keeps_what_was_chosen(in_one_team):
    council = in_one_team
    page = council.sign_in("wilma").visitor.open(f"/absences/{council.people['wilma']}/days")

    back = to_the_preview(page, council).follow("Who covers")

    assert (back.value(WHO), back.value(WHAT)) == (["Sven Birkett"], [ALL])
    back = back.follow("Days")
    assert back.value("First day away") == list(on(council.by("vera").today))
    assert back.value("What kind of absence is it?") == ["Leave"]
    again = back.press("Continue")
    assert (again.value(WHO), again.value(WHAT)) == (["Sven Birkett"], [ALL])


def test_the_way_back_keeps_somebody_else_than_the_suggested(in_one_team, monkeypatch):
    monkeypatch.setattr("workflows.absences.page.MOST_SUGGESTED", 1)
    nora = add_person(in_one_team.installation.acting(SYSTEM), "Nora Farr",
                      "nora@council.example", ["social_worker"], "-")
    check = in_one_team.sign_in("mona").visitor.open(
        f"/absences/{in_one_team.people['wilma']}/check?kind=leave&moves={MOVES_ALL}"
        f"&from={in_one_team.by('mona').today}&cover={nora}")
    assert "Nora Farr covers" in check.text

    back = check.follow("Who covers")

    assert back.value(WHO) == ["Somebody else"]
    assert "Nora Farr covers" in back.press("See what will happen").text


def test_a_manager_finds_with_the_person_what_is_with_others_and_what_is_to_come(in_one_team):
    council = in_one_team
    council.start_case()
    wilma, today = council.people["wilma"], council.by("vera").today
    enter_absence(council.by("mona"), wilma, Planned(
        Days(today, today, "leave"), council.people["sven"], MOVES_ALL))
    enter_absence(council.by("mona"), wilma, Planned(
        Days(today + timedelta(days=9), None, "leave"), None, MOVES_ALL))

    page = council.sign_in("mona").visitor.open(f"/workload/{wilma}")

    assert "1 more task is with others in their place" in page.text
    assert "They have no open task." in page.text
    assert "Enter another absence" in page.links
    ended = page.follow("End the absence")
    assert "1 task that nobody has begun goes back at once." in ended.text
    assert "Sven Birkett no longer sees the children." in ended.text
    off = page.follow("Call it off")
    assert off.heading == "Call this absence off"


def test_nothing_is_asked_of_anybodys_health(council):
    page = council.sign_in("wilma").visitor.open(f"/absences/{council.people['wilma']}/days")

    assert "Nothing about anybody's health is kept here" in page.text
    assert page.tree.xpath("//main//textarea") == []


def test_who_is_back_early_ends_it_and_has_the_tasks_again(in_one_team):
    council = in_one_team
    council.start_case()
    page = council.sign_in("wilma").visitor.open(f"/absences/{council.people['wilma']}/days")
    page = to_the_preview(page, council, last=None).press("Enter the absence")
    assert "end not known" in page.section("Yours")

    page = page.follow("End it").press("End it")

    assert "1 task is theirs again." in page.whole
    assert "None is entered" in page.section("Yours")
    assert council.task("wilma", "initiate_pep")
    assert "You have nothing to do" in council.sign_in("sven").text


def test_the_same_button_pressed_twice_enters_one_absence(in_one_team):
    council = in_one_team
    council.start_case()
    page = council.sign_in("wilma").visitor.open(f"/absences/{council.people['wilma']}/days")
    check = to_the_preview(page, council)

    check.press("Enter the absence")
    page = check.press("Enter the absence")

    assert page.section("Yours").count("Sven Birkett covers") == 1
    assert council.events("task_covered", "initiate_pep") == 1


def test_a_manager_sees_who_covers_for_whom_and_is_warned_of_a_chain(in_one_team):
    council = in_one_team
    council.start_case()
    page = council.sign_in("mona").visitor.open(f"/absences/{council.people['wilma']}/days")
    to_the_preview(page, council).press("Enter the absence")

    workload = page.visitor.open("/workload")
    assert "covered by Sven Birkett" in workload.text
    assert "Covers for Wilma Ashdown until" in workload.text
    page = days(page.visitor.open(f"/absences/{council.people['sven']}/days"), council)
    page = page.fill({WHO: "Nobody in particular", WHAT: ALL}).press("See what will happen")

    assert "Sven Birkett covers for Wilma Ashdown in these days" in page.text
    assert "Goes to Mona Garrick" in page.section("What moves (1)")


def test_an_address_that_was_made_up_leads_nowhere(council):
    vera, wilma = council.sign_in("vera").visitor, council.people["wilma"]

    for made_up in ("from=x&kind=leave", "from=2026-01-05&to=1999-01-01&kind=leave", ""):
        assert vera.open(f"/absences/{wilma}/cover?{made_up}").status == 404
    today = council.by("vera").today
    good = f"from={today}&kind=leave"
    assert vera.open(f"/absences/{wilma}/check?{good}&cover=x&moves=all").status == 404
    of_another_role = council.people["viktor"]
    assert vera.open(
        f"/absences/{wilma}/check?{good}&cover={of_another_role}&moves=all").status == 404
    assert vera.open(f"/absences/{council.people['iris']}/days").status == 404


def test_whom_a_team_manager_covers_is_not_among_those_she_looks_after(council):
    elsewhere = add_person(council.installation.acting(SYSTEM), "Nora Farr",
                           "nora@council.example", ["team_manager"], "-")
    today = council.by("vera").today
    enter_absence(council.by("vera"), elsewhere,
                  Planned(Days(today, None, "leave"), council.people["mona"], MOVES_ALL))

    page = council.sign_in("mona").visitor.open("/absences")

    assert "You cover" in page.text
    assert "Leave" not in page.text
    assert "Nobody is away." in page.text


def test_a_refusal_at_the_end_keeps_the_days(in_one_team):
    council = in_one_team
    council.start_case()
    page = to_the_preview(
        council.sign_in("wilma").follow("Absences: who is away").follow("I will be away"), council)
    today = council.by("vera").today
    enter_absence(council.by("mona"), council.people["wilma"], Planned(
        Days(today + timedelta(days=1), today + timedelta(days=2), "leave"), None, MOVES_ALL))

    page = page.press("Enter the absence")

    assert "Another absence of this person falls within these days" in page.whole
    assert page.value("First day away") == list(on(today))
    assert page.value("Last day away") == list(on(today + timedelta(days=4)))
    again = page.fill({"First day away": on(today + timedelta(days=3))}).press("Continue")
    assert (again.value(WHO), again.value(WHAT)) == (["Sven Birkett"], [ALL])


@pytest.mark.parametrize("what", ["Only what is due before they are back is covered",
                                  "They stay with the person who is away"])
def test_what_stays_with_whoever_is_away_holds_up_nothing(in_one_team, what):
    council = in_one_team
    council.start_case()
    page = council.sign_in("mona").visitor.open(f"/absences/{council.people['wilma']}/days")
    page = to_the_preview(page, council, last=0, **{WHAT: what})
    assert "Robin Testerby" in page.section("What stays (1)")

    page = page.press("Enter the absence")

    with council.by("mona").begin(writing=False) as work:
        assert work.session.scalars(select(Absence)).one().begun_at
    assert council.task("wilma", "initiate_pep")
    page = page.follow("End it").press("End it")
    assert "The absence has ended. No task had to go back." in page.whole
    with council.by("mona").begin(writing=False) as work:
        assert work.session.scalars(select(Absence)).one().finished_at
        kept = work.session.scalars(select(Task).where(Task.element == "initiate_pep")).one()
        assert kept.assigned_by != "kept"


def test_only_what_happened_is_said(in_one_team):
    council = in_one_team
    council.start_case()
    page = to_the_preview(
        council.sign_in("wilma").follow("Absences: who is away").follow("I will be away"),
        council, **{WHO: "Nobody in particular"}).press("Enter the absence")

    assert "The absence is entered." in page.whole
    assert "has been told" not in page.whole
    ask = page.follow("End it")
    assert "1 task is theirs again." in ask.press("End it").whole
    again = ask.press("End it").whole
    assert "No task had to go back." in again, "pressed twice"
    assert "theirs again" not in again


def test_what_is_not_shown_of_a_long_list_is_told_by_its_dates(in_one_team, monkeypatch):
    council = in_one_team
    cases = [council.start_case(family_name=name) for name in ("Anders", "Bergmann", "Clarke")]
    monkeypatch.setattr(absences, "preview",
                        lambda *asked: replace(preview(*asked), shown=1))
    page = council.sign_in("wilma").follow("Absences: who is away").follow("I will be away")
    checked = to_the_preview(page, council)
    assert "And 2 more tasks that are due on Thu 26 Mar 2026 or later." in checked.text

    with council.by("vera").begin() as work:
        work.session.execute(update(Task).where(Task.case_id == cases[0]).values(due_on=None))
    assert ("And 1 more task that is due on Thu 26 Mar 2026 or later, and 1 more without a date."
            in checked.visitor.open(checked.address).text)
    with council.by("vera").begin() as work:
        work.session.execute(update(Task).values(due_on=None))
    assert "And 2 more tasks without a date." in checked.visitor.open(checked.address).text
