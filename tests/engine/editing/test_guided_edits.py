"""Guided changes to both procedures: what they make of a diagram, and what is refused in words."""

from pathlib import Path
from random import Random

import pytest
from drawn_right import faults
from edits_by_chance import edit

from engine.checker import check_files
from engine.editing.approvals import Approval, add_approval
from engine.editing.beginning import new_procedure
from engine.editing.drawing import Drawing
from engine.editing.editing import EditRefused
from engine.editing.guard import harm_done
from engine.editing.moving import move_earlier, move_later
from engine.editing.outline import outline
from engine.editing.picture import Picture
from engine.editing.reminders import Reminder, add_reminder
from engine.editing.steps import Changes, Step, add_step, change_step
from engine.editing.taking_out import remove_step, remove_way
from engine.editing.ways import (
    Branch,
    add_branch,
    add_way,
    lead_elsewhere,
    run_side_by_side,
    set_condition,
)
from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml
from engine.steps import read_steps
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[3] / "bpmn"
WORDS = vocabulary()
INITIAL = "initial-pep.bpmn"


def folder(name):
    return {path.name: path.read_bytes() for path in (BPMN / name).iterdir()}


@pytest.fixture(scope="module")
def initial():
    return folder("initial-pep")


def elements(files, path=INITIAL):
    return read_elements(read_xml(files[path]))


def behind(files, step, path=INITIAL):
    [found] = [each for each in read_steps(files[path]) if each.element.id == step]
    return [way.element for way in found.goes_to]


def errors(files, name="initial-pep"):
    return [each.message for report in check_files(files, WORDS, procedure=name)
            for each in report.findings if each.severity == "error"]


def test_a_step_is_added_with_all_that_is_said_of_it(initial):
    step = Step("Ask the school nurse", "designated_teacher", due="working_days(started_on, 3)",
                guidance="Ring first")
    edited = add_step(initial, INITIAL, "tell_everyone", step, WORDS)

    added = elements(edited.files)[edited.element]
    assert edited.element == "ask_the_school_nurse"
    assert (added.role, added.due, added.guidance) == (
        "designated_teacher", "working_days(started_on, 3)", "Ring first")
    assert behind(edited.files, "tell_everyone") == [edited.element]
    assert behind(edited.files, edited.element) == ["allocate_caseworker"]
    assert b"What was done?" in edited.files["ask_the_school_nurse.form"]
    assert faults(edited.files[INITIAL]) == []


def test_nothing_else_in_the_file_is_written_anew(initial):
    edited = add_step(initial, INITIAL, "tell_everyone", Step("Ask the nurse", "manager"), WORDS)

    before, after = (set(files[INITIAL].splitlines()) for files in (initial, edited.files))
    gone = [line for line in before - after if b"Bounds" not in line and b"waypoint" not in line]
    assert all(b"tell_everyone_to_allocate_caseworker" in line for line in gone), gone
    assert {path: content for path, content in edited.files.items()
            if path in initial and path != INITIAL} == {
        path: content for path, content in initial.items() if path != INITIAL}


def test_untouched_shapes_keep_their_places_where_there_is_room(initial):
    edited = add_step(initial, INITIAL, "initiate_pep",
                      Step("Ask the nurse", "designated_teacher"), WORDS)

    before, after = (Picture(Drawing(files[INITIAL])).boxes for files in (initial, edited.files))
    assert {each: after[each] for each in before} == before


def test_a_second_step_of_the_same_name_has_an_id_of_its_own(initial):
    once = add_step(initial, INITIAL, "tell_everyone", Step("Initiate PEP", "manager"), WORDS)
    twice = add_step(once.files, INITIAL, "tell_everyone", Step("Initiate PEP", "manager"), WORDS)

    assert (once.element, twice.element) == ("initiate_pep_2", "initiate_pep_3")
    assert "initiate_pep_2.form" in once.files


def test_a_reminder_tells_the_role_on_the_due_day_and_the_step_goes_on(initial):
    edited = add_reminder(initial, INITIAL, "allocate_caseworker", Reminder(), WORDS)

    found = elements(edited.files)
    timer = found[edited.element]
    [send] = behind(edited.files, timer.id)
    assert (timer.attached_to, timer.interrupting) == ("allocate_caseworker", False)
    assert timer.timer == found["allocate_caseworker"].due
    assert (found[send].kind, found[send].to) == ("sendTask", "virtual_school")
    assert faults(edited.files[INITIAL]) == []


def test_an_approval_sends_back_what_is_to_be_put_right(initial):
    approval = Approval("Approve the targets", "team_manager", due="P2D")
    edited = add_approval(initial, INITIAL, "set_targets_and_actions", approval, WORDS)

    assert behind(edited.files, "set_targets_and_actions") == [edited.element]
    assert "set_targets_and_actions" in behind(edited.files, edited.element)
    assert [each.condition for each in elements(edited.files).values()
            if (each.condition or "").startswith("approve_the_targets")] == [
        'approve_the_targets_approved == "no"']
    assert errors(edited.files) == []
    assert faults(edited.files[INITIAL]) == []


def test_two_steps_run_side_by_side_and_what_follows_waits_for_both(initial):
    edited = run_side_by_side(initial, INITIAL, "initiate_pep", WORDS)

    for step in ("initiate_pep", "tell_everyone"):
        [way] = [each for each in read_steps(edited.files[INITIAL]) if each.element.id == step]
        assert [(to.element, to.joins) for to in way.goes_to] == [("allocate_caseworker", True)]
    assert faults(edited.files[INITIAL]) == []


def test_a_third_step_joins_those_that_run_side_by_side():
    files = folder("reopened-plan")
    path = "reopened-plan.bpmn"
    before = add_step(files, path, "plan_reopened", Step("Ask the nurse", "manager"), WORDS)
    edited = run_side_by_side(before.files, path, before.element, WORDS)

    forks = [each for each in elements(edited.files, path).values()
             if each.kind == "parallelGateway"]
    assert len(forks) == len([each for each in elements(files, path).values()
                              if each.kind == "parallelGateway"])
    assert len(behind(edited.files, "plan_reopened", path)) == 4
    assert errors(edited.files, "reopened-plan") == []


def test_some_cases_do_a_step_that_others_pass_by(initial):
    branch = Branch("Placed far away?", "out_of_area")
    edited = add_branch(initial, INITIAL, "allocate_caseworker", branch,
                        Step("Ring the other council", "virtual_school"), WORDS)

    assert edited.element in behind(edited.files, "allocate_caseworker")
    assert len(behind(edited.files, "allocate_caseworker")) > 1
    assert errors(edited.files) == []


def test_some_cases_go_back_to_an_earlier_step(initial):
    edited = add_way(initial, INITIAL, "allocate_caseworker",
                     Branch("Begin again?", "out_of_area"), "initiate_pep", WORDS)

    assert "initiate_pep" in behind(edited.files, "allocate_caseworker")


def test_a_step_is_removed_and_the_one_before_leads_on(initial):
    edited = remove_step(initial, INITIAL, "tell_everyone", WORDS)

    assert behind(edited.files, "initiate_pep") == ["allocate_caseworker"]
    assert "tell_everyone" not in elements(edited.files)
    assert b">tell_everyone<" not in edited.files[INITIAL]


def test_the_last_but_one_of_several_ways_leaves_no_fork_behind(initial):
    files = initial
    for step in ("record_carer_view", "complete_education_sections", "record_child_views",
                 "convene_meeting"):
        files = remove_step(files, INITIAL, step, WORDS).files

    found = elements(files)
    assert "gather" not in found
    assert "gathered" not in found
    assert behind(files, "complete_social_work_sections") == ["hold_pep_meeting"]


def test_a_reminder_goes_with_its_step(initial):
    reminded = add_reminder(initial, INITIAL, "allocate_caseworker", Reminder(), WORDS)
    edited = remove_step(reminded.files, INITIAL, "allocate_caseworker", WORDS)

    assert not elements(edited.files).keys() & (
        elements(reminded.files).keys() - elements(initial).keys())


def test_one_of_several_ways_is_removed_with_its_steps(initial):
    edited = remove_way(initial, INITIAL, "school_place_to_find_school_place", WORDS)

    assert not {"school_place", "find_school_place", "place_is_clear"} & elements(
        edited.files).keys()


def test_steps_change_places(initial):
    later = move_later(initial, INITIAL, "initiate_pep", WORDS)
    assert behind(later.files, "tell_everyone") == ["initiate_pep"]
    assert behind(later.files, "initiate_pep") == ["allocate_caseworker"]
    assert faults(later.files[INITIAL]) == []

    again = move_earlier(later.files, INITIAL, "initiate_pep", WORDS)
    assert behind(again.files, "initiate_pep") == ["tell_everyone"]
    assert elements(again.files).keys() == elements(initial).keys()


def test_a_step_moves_past_a_whole_part():
    files, path = folder("reopened-plan"), "reopened-plan.bpmn"
    before = add_step(files, path, "plan_reopened", Step("Ask the nurse", "manager"), WORDS)
    edited = move_later(before.files, path, before.element, WORDS)

    assert len(behind(edited.files, "plan_reopened", path)) == 3
    assert len(behind(edited.files, before.element, path)) == 2
    assert errors(edited.files, "reopened-plan") == []
    assert faults(edited.files[path]) == []


def test_another_role_is_another_lane_made_where_there_is_none(initial):
    edited = change_step(initial, INITIAL, "allocate_caseworker",
                         Changes("Choose a caseworker", "manager", {"due": ""}), WORDS)

    changed = elements(edited.files)["allocate_caseworker"]
    assert (changed.name, changed.role, changed.due) == ("Choose a caseworker", "manager", None)
    assert b'name="Manager" pepway:role="manager"' in edited.files[INITIAL]
    assert faults(edited.files[INITIAL]) == []


def test_a_reminder_follows_its_step_to_another_role(initial):
    reminded = add_reminder(initial, INITIAL, "allocate_caseworker", Reminder(), WORDS)
    edited = change_step(reminded.files, INITIAL, "allocate_caseworker",
                         Changes(role="team_manager"), WORDS)

    [send] = behind(edited.files, reminded.element)
    assert elements(edited.files)[send].to == "team_manager"
    assert elements(edited.files)[send].name == "Remind the team manager"


def test_a_way_is_taken_on_another_condition(initial):
    edited = set_condition(initial, INITIAL, "meet_again_to_meeting_begins", "Once more",
                           "out_of_area", WORDS)

    way = elements(edited.files)["meet_again_to_meeting_begins"]
    assert (way.name, way.condition) == ("Once more", "out_of_area")


def test_a_way_leads_to_another_step(initial):
    edited = lead_elsewhere(initial, INITIAL, "meet_again_to_meeting_begins", "convene_meeting",
                            WORDS)
    assert "convene_meeting" in behind(edited.files, "hold_pep_meeting")


@pytest.mark.parametrize(("change", "says"), [
    (lambda f: add_step(f, INITIAL, "plan_in_force", Step("Ask", "manager"), WORDS),
     "“Plan in force” is an end. Add the step after the one before it."),
    (lambda f: add_step(f, INITIAL, "gather", Step("Ask", "manager"), WORDS),
     "Choose the way on which the new step is to stand"),
    (lambda f: add_step(f, INITIAL, "gone", Step("Ask", "manager"), WORDS),
     "no longer in the diagram"),
    (lambda f: add_step(f, INITIAL, "initiate_pep", Step(" ", "manager"), WORDS),
     "Enter what the step is called"),
    (lambda f: add_step(f, INITIAL, "initiate_pep", Step("Ask", "wizard"), WORDS),
     "Nobody can hold the role “wizard”. Choose one of Social worker"),
    (lambda f: add_reminder(f, INITIAL, "tell_everyone", Reminder("P1D"), WORDS),
     "waits for nobody"),
    (lambda f: remove_step(f, INITIAL, "gather", WORDS), "Remove the steps or the way beside it"),
    (lambda f: remove_step(f, INITIAL, "child_comes_into_care", WORDS), "cannot be removed here"),
    (lambda f: remove_way(f, INITIAL, "meet_again_to_set_targets_and_actions", WORDS),
     "taken when no answer leads another way"),
    (lambda f: remove_way(f, INITIAL, "initiate_pep_to_tell_everyone", WORDS),
     "It is the only way from there"),
    (lambda f: move_earlier(f, INITIAL, "initiate_pep", WORDS), "cannot be moved that way"),
    (lambda f: move_later(f, INITIAL, "distribute_copies", WORDS), "cannot be moved that way"),
    (lambda f: move_later(f, INITIAL, "assure_quality", WORDS),
     "a timer on it leads on elsewhere"),
    (lambda f: run_side_by_side(f, INITIAL, "hold_pep_meeting", WORDS), "cannot run beside it"),
    (lambda f: set_condition(f, INITIAL, "meet_again_to_set_targets_and_actions", "", "true",
                             WORDS), "needs no condition"),
    (lambda f: lead_elsewhere(f, INITIAL, "initiate_pep_to_tell_everyone",
                              "child_comes_into_care", WORDS), "No way can lead to"),
])
def test_what_cannot_be_done_is_refused_in_words(initial, change, says):
    with pytest.raises(EditRefused) as refused:
        change(initial)
    assert says in refused.value.message


def test_what_would_harm_a_case_is_found_by_the_check(initial):
    before = check_files(initial, WORDS, procedure="initial-pep")
    edited = lead_elsewhere(initial, INITIAL, "initiate_pep_to_tell_everyone", "gathered", WORDS)

    harm = harm_done(before, check_files(edited.files, WORDS, procedure="initial-pep"))

    assert harm is not None
    assert harm_done(before, before) is None


def test_a_new_procedure_is_sound_from_its_first_step():
    files = new_procedure("school-move", "School move", Step("Tell the school", "social_worker",
                                                             due="P2D"), WORDS)
    reports = check_files(files, WORDS, procedure="school-move")

    assert [report.verdict for report in reports] == ["sound", "sound"]
    assert faults(files["school-move.bpmn"]) == []


def test_every_step_stands_once_in_the_list(initial):
    drawing = Drawing(initial[INITIAL])
    rows = outline(drawing)

    steps = [row.element.id for row in rows if row.number]
    assert sorted(steps) == sorted(
        node for node in drawing.nodes if not drawing.kind(node).endswith("Gateway"))
    assert [row.number for row in rows if row.number] == list(range(1, len(steps) + 1))


ANYWHERE = {"lead"}
"""Where a way may be led anywhere, much is found by the check and refused."""


@pytest.mark.parametrize(("name", "seed"), [
    ("reopened-plan", 1), ("new-one", 3), ("new-one", 4), ("review-pep", 7),
])
def test_whatever_is_changed_by_chance_stays_as_sound_as_it_was(name, seed):
    chance = Random(seed)
    files = folder(name) if name != "new-one" else new_procedure(
        name, "A new one", Step("Begin it", "social_worker", due="P1D"), WORDS)
    path, before = f"{name}.bpmn", check_files(files, WORDS, procedure=name)
    made = 0
    for _ in range(3 if name == "review-pep" else 12):
        what, _, change = edit(files, path, chance, WORDS)
        try:
            edited = change()
        except EditRefused:
            continue
        after = check_files(edited.files, WORDS, procedure=name)
        harm = harm_done(before, after)
        if harm is not None:
            assert what in ANYWHERE or harm.rule == "name-uncertain", (what, harm.message)
            continue
        stayed = elements(files, path).keys() & elements(edited.files, path).keys()
        assert stayed
        assert faults(edited.files[path]) == [], what
        files, before, made = edited.files, after, made + 1
    assert made
