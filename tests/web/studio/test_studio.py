"""A process owner changes a diagram without losing anything, and only sound ones go live."""

from datetime import timedelta
from io import BytesIO

import pytest
from endless import all_memory, for_ever
from sqlalchemy import select

from engine.advance import open_incident
from engine.checker import bounded
from engine.domain import SYSTEM
from engine.due import MOST_ATTEMPTS
from engine.errors import FlowFailed
from engine.store.models import Case, Task, Timer
from engine.timers import fire_due_timers
from workflows.new_day import begin_day


def studio(council, name="olga"):
    return council.sign_in(name).visitor.open("/studio/initial-pep")


def diagram(page) -> bytes:
    return page.visitor.client.get("/studio/initial-pep/files/initial-pep.bpmn").get_data()


def upload(page, content: bytes, name="changed.bpmn", path="initial-pep.bpmn"):
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    response = page.visitor.client.post(
        "/studio/initial-pep/upload",
        data={"csrf_token": page.token, "version": version, "path": path,
              "file": (BytesIO(content), name)},
        follow_redirects=True,
    )
    return page.visitor._page(response)


def propose(page, notes="A better name"):
    changes = page.visitor.open("/studio/initial-pep/changes")
    return changes.fill({"What did you change, and why?": notes}).press("Send for approval")


def approve(council, proposed, name="vera"):
    """A colleague does, who is not its author."""
    return council.sign_in(name).visitor.open(proposed.address).press("Approve and make it live")


def renamed(content: bytes) -> bytes:
    return content.replace(b'name="Hold the PEP meeting"', b'name="Meet about the plan"')


@pytest.mark.both_stores
def test_a_change_goes_live_for_new_cases_and_running_ones_stay(council):
    running = council.gathering()
    page = studio(council)
    page = upload(page, renamed(diagram(page)))
    page = propose(page)
    assert "Release 2 waits for a colleague to approve it." in page.whole
    assert "A better name" in page.text
    assert "New cases begin" not in council.sign_in("vera").whole
    approved = approve(council, page)
    assert "Release 2 is live" in approved.whole

    later = council.start_case(born_on="2013-01-01", family_name="Later")

    visitor = council.sign_in("vera").visitor
    assert "Hold the PEP meeting" in visitor.open(f"/cases/{running}").text
    assert "Meet about the plan" in visitor.open(f"/cases/{later}").text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'pepway:form="initiate_pep"', b'pepway:form="initiate"', "initiate"),
        (b'pepway:due="meeting_planned_on"', b'pepway:due="meeting_plannd_on"',
         "“Hold the PEP meeting”, its due date: “meeting_plannd_on” at character 1: there is"),
        (b'pepway:role="team_manager"', b'pepway:role="headmaster"', "headmaster"),
        (b"bpmn:sendTask", b"bpmn:scriptTask", "script"),
        (b'pepway:source="S2', b'pepway:colour="S2',
         "”: Pepway knows no attribute pepway:colour on a userTask"),
    ],
)
def test_what_could_strand_a_case_is_named_and_not_published(council, old, new, says):
    page = studio(council)
    content = diagram(page)
    assert old in content
    page = upload(page, content.replace(old, new))

    refused = propose(page)

    assert refused.status == 422
    assert says in refused.text
    assert "Release 2" not in council.sign_in("olga").visitor.open("/studio").text


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html></html>", b"\x00\xff" * 100,
                                     "kein BPMN".encode("utf-16")])
def test_a_file_that_is_no_diagram_is_refused_and_the_draft_stays(council, content):
    page = studio(council)
    page = upload(page, renamed(diagram(page)))
    refused = upload(page, content)

    assert refused.status == 422
    assert refused.errors
    assert b"Meet about the plan" in diagram(refused)


@pytest.mark.parametrize(
    ("check", "limit", "small", "says"),
    [
        (for_ever, "SECONDS", 3, "checking it takes more than 3 seconds. Divide it into smaller"),
        (all_memory, "BYTES", 50_000_000, "checking it takes more than 1 GB of memory. Divide it"),
    ],
    ids=["time", "memory"],
)
def test_a_draft_that_cannot_be_checked_is_waited_for_once_and_says_so_once(
    council, monkeypatch, check, limit, small, says
):
    page = studio(council)
    with monkeypatch.context() as patch:
        patch.setattr(bounded, limit, small)
        patch.setattr(bounded, "check_files", check)
        page = upload(page, renamed(diagram(page)))
    assert "It cannot be published yet." in page.text

    again = studio(council)  # checked once more, nothing would be wrong

    assert again.section("What the check says").count(says) == 1
    assert b"Meet about the plan" in diagram(again)


def test_a_proposal_needs_words_about_the_change_and_keeps_the_draft(council):
    page = studio(council)
    page = propose(upload(page, renamed(diagram(page))), notes=" ")

    assert page.status == 422
    assert "notes" in page.errors
    assert b"Meet about the plan" in diagram(page)


@pytest.mark.both_stores
def test_two_windows_cannot_write_over_each_other(council):
    first, second = studio(council), studio(council)
    upload(first, renamed(diagram(first)))

    clash = upload(second, diagram(second).replace(b"Initiate the PEP", b"Begin the PEP"))

    assert clash.status == 409
    assert "while you had it open" in clash.text
    assert "Olga Hindmarsh did so on" in clash.text
    assert b"Meet about the plan" in diagram(clash)


def test_back_to_an_earlier_release(council):
    page = studio(council)
    approve(council, propose(upload(page, renamed(diagram(page)))))
    overview = council.sign_in("olga").visitor.open("/studio")
    begun = overview.press(next(name for name in overview.buttons if "release 1" in name))

    proposed = propose(begun, notes="The old name was better")

    assert "Release 3 is live" in approve(council, proposed).whole
    later = council.start_case(born_on="2013-01-01", family_name="Later")
    assert "Hold the PEP meeting" in council.sign_in("vera").visitor.open(f"/cases/{later}").text


def test_the_editor_saves_and_says_what_the_check_finds(council):
    page = studio(council)
    client = page.visitor.client
    token = page.token
    broken = diagram(page).replace(b'"meeting_planned_on"', b'"working_days(1, 2)"')

    answer = client.post(
        "/studio/initial-pep/files/initial-pep.bpmn",
        json={"content": broken.decode(), "version": 0},
        headers={"X-CSRFToken": token},
    )

    assert answer.status_code == 200
    [finding] = [f for f in answer.json["report"]["findings"] if f["severity"] == "error"]
    assert finding["shape"] == "hold_pep_meeting"
    again = client.post(
        "/studio/initial-pep/files/initial-pep.bpmn",
        json={"content": broken.decode(), "version": 0},
        headers={"X-CSRFToken": token},
    )
    assert again.status_code == 409
    assert "while you had it open" in again.json["message"]


def test_without_a_change_there_is_nothing_to_send(council):
    changes = studio(council).visitor.open("/studio/initial-pep/changes")

    assert "Nothing is different from release 1." in changes.text
    assert "Send for approval" not in changes.buttons


@pytest.mark.both_stores
def test_a_proposal_sent_twice_is_one_release_and_says_the_same(council):
    page = studio(council)
    upload(page, renamed(diagram(page)))
    changes = page.visitor.open("/studio/initial-pep/changes")
    changes = changes.fill({"What did you change, and why?": "A better name"})

    once, twice = changes.press("Send for approval"), changes.press("Send for approval")

    for shown in (once, twice):
        assert shown.status == 200
        assert "Release 2 waits for a colleague" in shown.whole
    assert "Release 3" not in council.sign_in("olga").visitor.open("/studio").whole


def test_its_author_cannot_approve_it_and_takes_it_back(council):
    page = studio(council)
    page = propose(upload(page, renamed(diagram(page))))

    assert "a colleague has to approve it" in page.section("Approve it")
    assert "Approve and make it live" not in page.buttons
    page = page.fill({"Why?": "Too early"}).press("Take it back")

    assert "Release 2 is sent back" in page.whole
    assert "Too early" in page.text
    overview = page.visitor.open("/studio")
    assert "Start a draft from it: release 2 of Initial PEP" in overview.buttons


def test_a_colleague_sees_what_changes_for_how_many_and_sends_it_back(council):
    council.gathering()
    page = studio(council)
    proposed = propose(upload(page, renamed(diagram(page))))

    colleague = council.sign_in("vera").follow("Procedures").follow("Changes to approve")
    shown = colleague.follow("Initial PEP, release 2")
    said = shown.section("What changes")
    assert ("The step “Meet about the plan”: its name is “Meet about the plan”, before “Hold the "
            "PEP meeting”.") in said
    assert "1 running case may come there still" in said
    refused = shown.press("Send it back")
    assert (refused.status, list(refused.errors)) == (422, ["reason"])
    back = refused.fill({"Why?": "The meeting has a name"}).press("Send it back")

    assert "Release 2 is sent back" in back.whole
    assert "The meeting has a name" in page.visitor.open(proposed.address).text
    assert "No change waits" in back.visitor.open("/studio/reviews").text


@pytest.mark.both_stores
def test_a_release_goes_live_on_the_day_that_was_asked_for(council):
    page = studio(council)
    upload(page, renamed(diagram(page)))
    changes = page.visitor.open("/studio/initial-pep/changes")
    answers = {"What did you change, and why?": "From April"}
    wrong = changes.fill({**answers, "Day": "31", "Month": "2", "Year": "2099"})
    refused = wrong.press("Send for approval")
    assert refused.errors == {"live_from": "Enter a real day, such as 27 3 2026"}
    assert refused.value("What did you change, and why?") == "From April"

    day = council.by("olga").today + timedelta(days=2)
    asked = refused.fill({"Day": str(day.day), "Month": str(day.month), "Year": str(day.year)})
    proposed = asked.press("Send for approval")
    shown = council.sign_in("vera").visitor.open(proposed.address).press("Approve")

    assert "is approved and goes live on" in shown.whole
    said = "Release 2 is approved and goes live on 27 March 2026. It then takes the place of what"
    assert said not in shown.text
    page = studio(council)
    upload(page, diagram(page).replace(b'name="Initiate the PEP"', b'name="Begin the PEP"'))
    assert said in page.visitor.open("/studio/initial-pep/changes").text
    meanwhile = propose(page)
    assert said in council.sign_in("vera").visitor.open(meanwhile.address).text
    council.installation.clock.move_to(council.installation.clock.now() + timedelta(days=2))
    begin_day(council.installation.acting(SYSTEM))
    assert "Live" in council.sign_in("olga").visitor.open(proposed.address).section("Release 2")


def test_what_law_demands_cannot_be_taken_out(council):
    page = studio(council)
    views = page.visitor.client.get("/studio/initial-pep/files/record_child_views.form").get_data()

    page = upload(page, views.replace(b"views.child.support", b"views.child.other"),
                  path="record_child_views.form")
    refused = propose(page)

    assert refused.status == 422
    assert "The plan holds the child's own views (Procedure 4.9.2, section 2)" in refused.text


def test_a_local_rule_is_set_aside_by_the_virtual_school_only_with_a_reason(council):
    page = studio(council)
    form = page.visitor.client.get("/studio/initial-pep/files/assure_quality.form").get_data()
    upload(page, form.replace(b'"quality.rating"', b'"quality.verdict"'),
           path="assure_quality.form")
    proposed = propose(page)
    assert "Only" not in proposed.section("Approve it")

    shown = council.sign_in("vera").visitor.open(proposed.address)
    assert "The virtual school assures the plan's quality" in shown.section("Approve it")
    refused = shown.press("Approve and make it live")
    assert refused.errors == {"review": "Enter why the rule is no longer needed"}
    why = refused.fill({"Why is the rule no longer needed?": "A panel does it now"})

    assert "Release 2 is live" in why.press("Approve and make it live").whole


@pytest.mark.both_stores
def test_a_process_owner_lets_a_stopped_case_go_on_and_learns_nothing_of_the_child(council):
    case_id = council.home_visit()
    with council.installation.acting(SYSTEM).begin() as work:
        case = work.session.get_one(Case, case_id)
        task = work.session.scalars(select(Task).where(Task.element == "visit")).one()
        move = {"complete": str(task.token), "outcomes": {}}
        open_incident(work, case, FlowFailed("There is no date yet.", element="visit"), move)

    page = council.sign_in("olga")
    assert "It stopped at “Visit the home”. There is no date yet." in page.section("Cases that")
    assert "Testerby" not in page.section("Cases that")
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        assert work.session.get_one(Case, case_id).status == "incident"
    assert "Retry" not in council.sign_in("vera").visitor.open(f"/cases/{case_id}").buttons

    asked = page
    page = asked.press("Retry")

    assert "The case goes on." in page.whole
    assert "Cases that need you" not in page.headings
    assert "The case goes on." in asked.press("Retry").whole  # a double click


def test_a_process_owner_reads_that_pepway_broke_down_and_lets_the_case_try_again(council):
    case_id, system = council.start_case(), council.installation.acting(SYSTEM)
    with system.begin() as work:
        timer = work.session.scalars(select(Timer).order_by(Timer.due_at)).first()
        timer.attempts, token = MOST_ATTEMPTS, timer.token
    council.installation.clock.move_to(timer.due_at)
    assert fire_due_timers(system) == 0

    page = council.sign_in("olga")
    assert "Pepway broke down or hung 3 times" in page.section("Cases that")
    page = page.press("Retry")

    assert "The case goes on." in page.whole
    assert fire_due_timers(system) >= 1
    with system.begin(writing=False) as work:
        fired = work.session.scalars(select(Timer).where(Timer.token == token)).one()
        assert fired.status == "fired"
        assert work.session.get_one(Case, case_id).status == "open"
