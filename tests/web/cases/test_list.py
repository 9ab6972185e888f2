"""Whoever runs a team narrows the list, sorts it, keeps the question, and acts on what is found."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from visitor import words

from engine.advance import open_incident
from engine.domain import SYSTEM
from engine.errors import FlowFailed
from engine.store.models import Audit, Case, Outbox, Task
from web.cases import chosen
from web.spreadsheet import harmless
from workflows.case_list.asked import Asked, understood
from workflows.case_list.columns import SORTS
from workflows.case_list.query import case_list
from workflows.case_list.views import SavedView, save_view
from workflows.children import Child, Enrolment, School
from workflows.involvements import start_involvement
from workflows.people import Person, Team
from workflows.resources import case_resource
from workflows.sight.restrictions import restrict_record

FAMILIES = {"Amberley": "2014-10-01", "Brockton": "2009-01-01", "Croftdale": "2021-11-05"}


@pytest.fixture
def three(council):
    """Amberley is late with Wilma; Brockton stopped, at a school; Croftdale is new with Sven."""
    cases = {}
    for name, born_on in list(FAMILIES.items())[:2]:
        cases[name] = council.start_case(family_name=name, born_on=born_on)
    council.clock.move_on(timedelta(days=21))
    cases["Croftdale"] = council.start_case(
        family_name="Croftdale", born_on=FAMILIES["Croftdale"],
        social_worker=str(council.people["sven"]))
    with council.by("olga").begin() as work:
        open_incident(work, work.session.get_one(Case, cases["Brockton"]),
                      FlowFailed("There is no date yet.", element="initiate_pep"))
        team, school = Team(name="North"), School(
            urn="990199", name="Ottermere School", phase="primary", area="Testerby")
        work.session.add_all([team, school])
        work.session.flush()
        work.session.get_one(Person, council.people["sven"]).team_id = team.id
        work.session.add(Enrolment(
            child_id=work.session.get_one(Case, cases["Brockton"]).child_id, school_id=school.id,
            starts_on=work.today))
        newest = work.session.get_one(Case, cases["Croftdale"])
        work.session.get_one(Child, newest.child_id).out_of_area = True
        council.north, council.ottermere = str(team.id), str(school.id)
        council.release = str(newest.release_id)
    council.cases = cases
    return council


def shown(page):
    """Family names in the order of the rows."""
    rows = page.tree.xpath("//table[contains(@class, 'pepway-list')]/tbody/tr/th/a")
    return [words(row).split()[-1] for row in rows]


def asked(council, name, *pairs, sort="due", backwards=False):
    read = understood(council.by(name), pairs)
    return [row.child.name.split()[-1] for row in case_list(
        council.by(name), Asked(read.asked.filters, sort, backwards)).rows]


def test_each_filter_keeps_the_cases_that_it_says(three):
    wilma, sven = (str(three.people[name]) for name in ("wilma", "sven"))
    everyone = ["Amberley", "Brockton", "Croftdale"]
    for pairs, found in (
        ([], everyone),
        ([("due", "late")], ["Amberley", "Brockton"]),
        ([("due", "week")], ["Croftdale"]),
        ([("due-from", "2026-05-01")], ["Croftdale"]),
        ([("due-to", "2026-04-01")], ["Amberley", "Brockton"]),
        ([("status", "incident")], ["Brockton"]),
        ([("status", "working")], ["Amberley", "Croftdale"]),
        ([("status", "waiting")], []),
        ([("status", "all")], everyone),
        ([("procedure", "initial-pep")], everyone),
        ([("step", "initial-pep:initiate_pep")], everyone),
        ([("holder", wilma)], ["Amberley", "Brockton"]),
        ([("holder", sven), ("due", "late")], []),
        ([("holder", "nobody")], []),
        ([("role", "social_worker")], everyone),
        ([("role", "designated_teacher")], []),
        ([("worker", sven)], ["Croftdale"]),
        ([("worker", "nobody")], []),
        ([("team", three.north)], ["Croftdale"]),
        ([("team", "none")], ["Amberley", "Brockton"]),
        ([("school", three.ottermere)], ["Brockton"]),
        ([("school", "none")], ["Amberley", "Croftdale"]),
        ([("school", "none"), ("school", three.ottermere)], everyone),
        ([("stage", "early-years")], ["Croftdale"]),
        ([("stage", "key-stage-2")], ["Amberley"]),
        ([("stage", "post-16")], ["Brockton"]),
        ([("area", "out")], ["Croftdale"]),
        ([("still", "14")], ["Amberley", "Brockton"]),
        ([("moved-before", "2026-04-01")], ["Amberley", "Brockton"]),
        ([("release", three.release)], everyone),
    ):
        assert sorted(asked(three, "max", *pairs)) == found, pairs


def test_mine_is_what_i_work_with_or_have(three):
    assert sorted(asked(three, "vera", ("mine", "yes"))) == []
    assert asked(three, "sven", ("mine", "yes")) == ["Croftdale"]
    assert sorted(asked(three, "wilma")) == ["Amberley", "Brockton"]


def test_every_order_shows_every_case_once_a_page_at_a_time(three, monkeypatch):
    monkeypatch.setattr("workflows.case_list.query.PAGE", 2)
    for sort in SORTS:
        for backwards in (False, True):
            pages = [case_list(three.by("max"), Asked(sort=sort, backwards=backwards), page=page)
                     for page in (1, 2)]
            found = [row.child.name.split()[-1] for page in pages for row in page.rows]
            assert sorted(found) == sorted(FAMILIES), (sort, backwards)
    monkeypatch.undo()
    assert asked(three, "max", sort="child") == ["Amberley", "Brockton", "Croftdale"]
    assert asked(three, "max", sort="child", backwards=True)[0] == "Croftdale"
    assert asked(three, "max", sort="school")[0] == "Brockton", "without a school stands last"
    assert asked(three, "max", sort="moved")[-1] == "Croftdale"
    assert asked(three, "max", sort="due", backwards=True)[0] == "Croftdale"


@pytest.mark.parametrize("sort", ["due", "holder", "school", "worker", "team"])
def test_a_page_of_many_cases_is_in_the_order_in_which_a_few_are(three, monkeypatch, sort):
    def pages(size):
        monkeypatch.setattr("workflows.case_list.query.PAGE", size)
        return [
            [row.child.name for row in case_list(
                three.by("max"), Asked(sort=sort, backwards=backwards), page=page).rows]
            for backwards in (False, True) for page in range(1, 1 + len(FAMILIES) // size)
        ]

    few = {size: pages(size) for size in (1, 3)}
    monkeypatch.setattr("workflows.case_list.orders.FEW", 0)
    for tasks, names in ((3, (3, 30)), (0, (0,)), (1, (0, 1))):
        monkeypatch.setattr("workflows.case_list.orders.TASKS_OF_A_CASE", tasks)
        monkeypatch.setattr("workflows.case_list.orders.NAMES_OF_A_CASE", names)
        assert {size: pages(size) for size in (1, 3)} == few


def test_from_the_filters_to_the_list_and_a_filter_taken_away_again(three):
    page = three.sign_in("max").visitor.open("/cases").follow("Filter, sort and choose columns")
    page.fill({"Due": ["Late"], "Status": ["Under way"], "Columns": ["Who has it", "School"],
               "Order": "Child"})
    found = page.press("Show these cases")

    assert shown(found) == ["Amberley"]
    assert [words(each) for each in found.tree.xpath("//thead//th")] == [
        "Choose", "Child ▲", "Who has it", "School"]
    assert "Wilma Ashdown" in found.text
    wider = found.follow("Remove this filter: Status: Under way")
    assert shown(wider) == ["Amberley", "Brockton"]
    assert "1 case, " not in wider.text
    assert shown(wider.follow("Child")) == ["Brockton", "Amberley"], "the same heading again"


def test_a_day_that_is_none_is_asked_for_again_and_what_was_typed_stays(three):
    page = three.sign_in("max").visitor.open("/cases/filter")
    asked_again = page.fill({"Due on or after": ("31", "2", "2026"), "Due": ["Late"]}).press(
        "Show these cases")

    assert asked_again.errors == {
        "due-from-day": "“Due on or after” must be a real date, such as 27 3 2026, or empty"}
    assert asked_again.value("Due on or after") == ["31", "2", "2026"]
    assert asked_again.value("Due") == ["Late"]


def test_two_values_of_a_filter_outlive_a_form_that_is_sent_back(three):
    page = three.sign_in("max").visitor.open("/cases/filter?stage=key-stage-2&stage=post-16")

    found = page.fill({"Due on or after": ("31", "2", "2026")}).press("Show these cases")

    assert found.errors
    assert "Remove this filter: Stage: Post-16" in found.follow("Cancel").text


def test_what_means_nothing_is_said_and_left_out(three):
    visitor = three.sign_in("wilma").visitor
    page = visitor.open("/cases?due=never&school=1234&sort=colour&column=eyes&stage=key-stage-2"
                        f"&worker={three.people['sven']}")

    assert shown(page) == ["Amberley"]
    for said in ("“Due”: what was asked for is not there", "“School”: what was asked for",
                 "“Social worker”: what was asked for is not there, or you cannot see it",
                 "cannot be put into the order", "One of its columns is not known"):
        assert said in page.text
    assert "never" not in page.text
    assert "This view is not there any more" in visitor.open("/cases?view=17").text


def test_a_name_that_is_searched_for_stays_out_of_the_address_and_goes_with_filters(three):
    visitor = three.sign_in("max").visitor
    page = visitor.open("/cases?due=late")
    found = page.fill({"Name, UPN, school or case reference": "brock"}).press("Search")

    assert shown(found) == ["Brockton"]
    assert "due=late" in found.address
    assert "brock" not in found.address
    assert not [link for link in found.links.values() if "brock" in link]
    assert sorted(shown(found.follow("Remove this filter: Name or number: brock"))) == [
        "Amberley", "Brockton"]


def test_a_view_is_kept_shared_opened_with_and_removed(three):
    manager = three.sign_in("max").visitor
    page = manager.open("/cases?due=late&sort=-child&column=holder").follow("Keep this as a view")
    assert page.press("Keep the view").errors == {"name": "Enter a name for the view"}
    kept = page.fill({"Name of the view": "Supervision",
                      "Share it with everybody who sees the list": True}).press("Keep the view")
    assert shown(kept) == ["Brockton", "Amberley"]

    worker = three.sign_in("wilma").visitor
    assert shown(worker.open("/cases").follow("Supervision")) == ["Brockton", "Amberley"]
    chosen = worker.open("/cases/views").fill(
        {"With which view do you want the list to open?": "Supervision (shared)"})
    chosen.press("Open with this view")
    assert shown(worker.open("/cases")) == ["Brockton", "Amberley"]
    assert "Remove" not in worker.open("/cases/views").buttons, "it is not hers"

    manager.open("/cases/views").press("Remove")
    assert "Supervision" not in worker.open("/cases").links
    assert sorted(shown(worker.open("/cases"))) == ["Amberley", "Brockton"]


def test_whoever_manages_nothing_shares_nothing(three):
    page = three.sign_in("wilma").visitor.open("/cases/views/keep")
    assert "Share it" not in page.text
    sent = page.visitor.send("/cases/views/keep", [
        ("csrf_token", page.token), ("name", "For all"), ("shared", "1")])
    assert sent.status == 404
    assert "For all" not in three.sign_in("max").visitor.open("/cases").links


def test_a_kept_view_is_read_as_strictly_as_an_address(three):
    view = save_view(three.by("max"), "Odd", Asked())
    with three.by("max").begin() as work:
        work.session.execute(update(SavedView).where(SavedView.id == view).values(
            query=[["due", "late"], ["case.id", "1 OR 1=1"], ["sort", "random()"]]))
    page = three.sign_in("max").visitor.open(f"/cases?view={view}")

    assert sorted(shown(page)) == ["Amberley", "Brockton"]
    assert "One of its filters is not known any more. It was left out." in page.text
    assert "cannot be put into the order" in page.text


def test_the_whole_list_is_a_file_without_formulas_and_on_record(three):
    with three.installation.acting(SYSTEM).begin() as work:
        child = work.session.get_one(Case, three.cases["Croftdale"]).child_id
        work.session.get_one(Child, child).known_as = '=HYPERLINK("http://x")'
    restricted = case_resource(three.by("vera"), three.cases["Brockton"]).child_id
    restrict_record(three.by("mona"), restricted, {
        "reason": "A relative of staff", "named": [str(three.people["viktor"])]})
    start_involvement(three.by("mona"), restricted, three.people["viktor"], "virtual_school",
                      three.clock.now().date())
    named = three.sign_in("viktor").visitor
    assert "3 cases" in named.open("/cases").text
    assert "The file has 2 cases" in named.open("/cases/export").text
    page = three.sign_in("max").visitor.open("/cases?sort=child&column=due&column=holder").follow(
        "Download as a spreadsheet")
    assert "The file has 2 cases" in page.text
    assert "Children whose record is restricted are left out" in page.text

    file = page.visitor.client.get(page.links["Download the file"])

    assert file.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0] == ["Case", "Child", "Who has it", "Next deadline",
                       "Working days left (below 0: late)"]
    assert [row[1] for row in rows[1:]] == [
        "Robin Amberley", "'=HYPERLINK(\"http://x\") Croftdale"]
    assert rows[1][2:] == ["Wilma Ashdown; Rob Fairburn", "2026-03-26", "-12"]
    with three.installation.acting(SYSTEM).begin(writing=False) as work:
        [noted] = work.session.scalars(select(Audit).where(Audit.action == "export_cases"))
    assert noted.actor_id == three.people["max"]
    assert noted.data["rows"] == 2
    assert noted.data["asked"] == [["sort", "child"], ["column", "holder"], ["column", "due"]]
    assert set(noted.data["children"].values()) == {1}
    assert len(noted.data["children"]) == 2


def test_on_record_is_what_was_written_where_there_was_more(three, monkeypatch):
    monkeypatch.setattr("workflows.case_list.export.MOST", 2)
    file = three.sign_in("max").visitor.client.get("/cases/export/cases.csv?sort=child")

    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))[1:]

    assert [row[1] for row in rows] == ["Robin Amberley", "Robin Brockton"]
    with three.installation.acting(SYSTEM).begin(writing=False) as work:
        [noted] = work.session.scalars(select(Audit).where(Audit.action == "export_cases"))
    assert noted.data["rows"] == 2
    assert set(noted.data["children"]) == {
        str(case_resource(three.by("vera"), three.cases[name]).child_id)
        for name in ("Amberley", "Brockton")}


def test_who_manages_nothing_takes_no_list_away(three):
    visitor = three.sign_in("wilma").visitor
    assert "Download as a spreadsheet" not in visitor.open("/cases").links
    assert visitor.open("/cases/export/cases.csv").status == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", "\r=1", ' "=1"',
                                  "'=1", "\uff1d1", "\n=1"])
def test_no_cell_is_a_formula(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12", "3", "Robin", "", "2026-03-25", "Jo-Ann", "7K3Q-=A"])
def test_other_cells_are_as_they_are(cell):
    assert harmless(cell) == cell


def test_chosen_cases_are_reminded_of_once_a_day_and_no_message_names_a_child(three):
    page = three.sign_in("max").visitor.open("/cases?due=late")
    assert page.press("Remind who has the chosen ones").errors == {
        "case-1": "Choose at least one case"}
    asked_first = page.visitor.open("/cases?due=late&status=working&tick=all").press(
        "Remind who has the chosen ones")
    assert "1 reminder goes out" in asked_first.text
    assert "Wilma Ashdown: Initiate the PEP for Robin Amberley" in asked_first.text

    sent = asked_first.fill({"Note": "Before Friday, please"}).press("Send the reminders")

    assert "1 reminder is on the way." in sent.whole
    again = three.sign_in("vera").visitor.open(asked_first.address)
    assert "There is nobody to remind." in again.text
    assert "Robin Amberley, case" in again.text
    assert "Wilma Ashdown was reminded today" in again.text
    twice = again.visitor.send(asked_first.address, [("csrf_token", again.token)])
    assert "Nobody was left to remind." in twice.whole, "who had the page open since before"
    with three.by("vera").begin(writing=False) as work:
        [told] = work.session.scalars(select(Outbox).where(Outbox.kind == "task_reminded"))
    assert told.person_id == three.people["wilma"]
    assert set(told.data) == {"task"}
    story = page.visitor.open(f"/cases/{three.cases['Amberley']}").section("What happened")
    assert ("Wilma Ashdown was reminded of “Initiate the PEP”. Reason: Before Friday, please"
            in story)
    three.clock.move_on(timedelta(days=1))
    assert "1 reminder goes out" in page.visitor.open(asked_first.address).text


def test_chosen_cases_are_given_person_by_person_with_a_look_before(three):
    page = three.sign_in("max").visitor.open("/cases?due=late&status=working&tick=all").press(
        "Give the chosen ones to someone else")
    assert "Initiate the PEP for Robin Amberley" in page.section("Wilma Ashdown")

    giving = page.follow("Give this step of Wilma Ashdown to others")

    assert "Initiate the PEP" in giving.text
    team_manager = three.sign_in("mona").visitor.open(page.address)
    assert "Robin Amberley" in team_manager.text
    assert three.sign_in("wilma").visitor.open(page.address).status == 404


def test_more_steps_than_are_given_together_are_offered_in_parts(three, monkeypatch):
    monkeypatch.setattr(chosen, "PAGE", 2)
    cases = [three.start_case(family_name=name) for name in ("Dunmore", "Elsdon")]
    address = f"/cases/give?cases={','.join(map(str, (three.cases['Amberley'], *cases)))}"
    page = three.sign_in("max").visitor.open(address)

    first = page.follow("Give steps 1 to 2 of these 3 of Wilma Ashdown to others")
    rest = page.follow("Give step 3 of these 3 of Wilma Ashdown to others")

    names = ("Amberley", "Dunmore", "Elsdon")
    parts = [{name for name in names if name in part.text} for part in (first, rest)]
    assert [len(part) for part in parts] == [2, 1]
    assert parts[0] | parts[1] == set(names)
    check = first.fill({"Who will do them?": ["Mona Garrick"], "Why?": "Too many"}).press("See")
    assert "Steps of the chosen cases" in first.whole
    left = check.press("Give the tasks")
    assert "2 tasks were given to others" in left.whole
    assert "4 steps of the cases that you chose are still to give" in left.text
    assert {name for name in names if name in left.section("Wilma Ashdown")} == parts[1]
    assert "Mona Garrick" not in left.text, "what she has just been given is not asked for again"
    assert check.press("Give the tasks").address == left.address

    last = left.follow("Give this step of Wilma Ashdown to others").fill(
        {"Who will do them?": ["Mona Garrick"], "Why?": "Too many"}).press("See")
    assert last.follow("Who will do them").follow("Steps of the chosen cases").text == left.text
    done = last.press("Give the tasks")
    assert "3 steps of the cases that you chose are still to give" in done.text
    with three.by("vera").begin(writing=False) as work:
        every = ",".join(map(str, work.session.scalars(select(Task.id))))
    page = done.visitor.open(f"{address}&given={every}")
    assert "No step of the cases that you chose is left to give" in page.text


def test_steps_of_a_queue_lead_back_to_the_chosen_cases_too(three):
    three.gathering_queue()
    page = three.sign_in("max").visitor.open(
        f"/cases/give?cases={','.join(map(str, three.cases.values()))}")
    queue = page.section("In a queue")
    before = queue.count("give it to somebody")

    form = page.follow("give it to somebody")
    assert form.follow("Back").address == page.address
    left = form.fill({"Who will do it?": "Vera Dunnock", "Why?": "Hers since May"}).press("Give")

    assert "now belongs to Vera Dunnock" in left.whole
    assert "of the cases that you chose" in left.text
    assert ("In a queue" in left.text) == (before > 1)
    assert "Vera Dunnock" not in left.text, "what she has just been given is not asked for again"


def test_a_day_in_another_spelling_is_left_out_with_a_sentence(three):
    page = three.sign_in("max").visitor.open("/cases/filter?due-from=2026-W13-3")
    assert page.status == 200
    listed = page.visitor.open("/cases?due-from=2026-W13-3")
    assert "what was asked for is not there" in listed.text
