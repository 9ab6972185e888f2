"""What shows a child's record and forgets to say who looked does not leave."""

import re
from pathlib import Path

import pytest

import engine
import web
import workflows
from engine.tasks import list_tasks
from web.access import allow
from web.reading import reading
from workflows.children import get_child
from workflows.resources import case_resource

PAST_THE_WALL = {
    "engine/migration/batch.py": [
        "which of the chosen cases run is asked, whose they are is not",
    ],
    "engine/migration/looking.py": [
        "what would become of a case is told by its reference alone",
        "at which steps cases stand is told, whose they are is not",
    ],
    "engine/migration/repair.py": [
        "where a case stands is told a process owner, and nothing else",
        "what a repair would do is told in steps, and nothing of the child",
        "what was done to put a case right names no child",
    ],
    "engine/migration/standing.py": ["where cases stand is counted, whose they are is not"],
    "workflows/repair_page.py": ["which case has a reference; nothing of the child is told"],
    "workflows/moving_page.py": [
        "how many cases were moved is counted, whose they are is not",
        "what became of a case is told by its reference alone",
    ],
    "workflows/resources.py": ["a refusal is noted with the child"],
    "workflows/administration/imports/kinds.py": [
        "rows are held against what is there; no child is shown",
    ],
    "workflows/board/live_map.py": ["how much people have to do is counted, whose it is is not"],
    "workflows/board/without_a_plan.py": ["figures count children, and name none"],
    "workflows/board/late_soon.py": ["whoever is not seen is taken off a number"],
    "workflows/board/now.py": ["counts name no case; whoever is not seen is taken off them"],
    "workflows/board/then.py": ["whoever is not seen is taken off a number"],
    "workflows/board/quality.py": ["figures count plans, and name no child"],
    "workflows/board/statutory.py": ["figures count limits, and name no child"],
    "workflows/administration/imports/long_import.py": [
        "an administrator sees how far an import is, and no row of it",
    ],
    "workflows/administration/leaving.py": [
        "how much somebody leaves behind is shown in numbers",
        "each is passed on by Pepway, and none is shown",
    ],
    "workflows/administration/people.py": [
        "with how many children somebody works is shown as a number",
        "with how many children somebody works is said as a number",
    ],
    "workflows/absences/arranging.py": [
        "how many tasks go back is said in numbers", "each child's tasks move, and none is shown",
    ],
    "workflows/absences/preview.py": [
        "how many tasks the cover has is said in numbers",
        "which tasks do not go to the cover is told, and not why",
    ],
    "workflows/absences/suggesting.py": [
        "with how many children colleagues work is said in numbers",
    ],
    "workflows/workload/giving.py": ["how much people have to do is counted, whose it is is not"],
    "workflows/workload/overview.py": [
        "how much people have to do is counted, whose it is is not",
    ],
    "workflows/my_tasks.py": ["what somebody has done themselves they find again, nameless"],
    "workflows/finding.py": ["whether there is one child of these names; nobody is shown"],
    "workflows/pep/duplicates.py": [
        "whether a UPN is taken; by whom, only the audited check tells",
        "whether a number is taken; by whom, only the audited check tells",
        "whether there is a namesake; who, only the audited check tells",
    ],
    "workflows/retention/holds.py": [
        "whether the hold stands still tells nothing of the child",
    ],
    "workflows/studio_page.py": [
        "a process owner puts any incident right, and learns of no child",
        "how many cases run on a release is counted, whose they are is not",
    ],
    "workflows/trying/past_cases.py": [
        "finished cases are dates and choices, and none is named",
    ],
    "workflows/filing/standing.py": [
        "an administrator sees which plan has not arrived, not what it says",
    ],
    "workflows/telling/not_delivered.py": [
        "an administrator sees which message is stuck, not what it says",
    ],
}
"""Every place where a person's read sees beyond what is theirs, with its reason."""
NOT_NOTED = {
    "web/access.py": ["it decides who may see the child, before anything is shown"],
    "web/api/board.py": [
        "the board counts cases, and names none",
        "the board counts limits, and names no child",
    ],
    "web/board/deadlines.py": [
        "the page counts limits, and names no child",
        "whether there is such a school names no child",
    ],
    "web/board/live_map.py": [
        "the board counts cases, and names none",
        "whether there is such a team or school names no child",
    ],
    "web/board/times.py": ["the log numbers cases anew, and names nobody"],
    "web/tasks/__init__.py": ["the board counts cases, and names none"],
}
"""Every place where children's tables are read and nobody is noted for it."""
ACTS_FOR_A_PERSON = {"web/reading.py"}
"""Whoever acts for a person elsewhere in web would be past the guard."""


def test_a_page_that_forgets_is_not_shown(council):
    child_id = case_resource(council.by("vera"), council.start_case()).child_id

    @council.app.get("/forgotten")
    @allow("see_my_tasks")
    def forgotten():
        return get_child(reading(), child_id).name

    answer = council.sign_in("wilma").visitor.client.get("/forgotten")

    assert answer.status_code == 500
    assert "Robin" not in answer.get_data(as_text=True)


def test_an_answer_of_the_api_that_forgets_is_not_given(council):
    council.start_case()

    @council.app.get("/forgotten-list")
    @allow("see_my_tasks")
    def forgotten_list():
        return {"items": [str(each.child_id) for each in list_tasks(reading(), mine=True)]}

    answer = council.sign_in("wilma").visitor.client.get("/forgotten-list")

    assert answer.status_code == 500
    assert not answer.is_json


def test_what_is_looked_at_again_in_the_minute_is_shown(council):
    case_id = council.start_case()
    client = council.sign_in("wilma").visitor.client

    assert [client.get(f"/cases/{case_id}").status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(("said", "listed"), [
    (r"for_the_council\(\s*\"(.*?)\"", PAST_THE_WALL), (r"excused\(\s*\"(.*?)\"", NOT_NOTED),
])
def test_every_exception_is_listed_with_its_reason(said, listed):
    found = {name: reasons for name, source in sources() if (reasons := re.findall(said, source))}

    assert found == listed


def test_only_one_place_in_web_lets_a_person_act():
    found = {name for name, source in sources() if name.startswith("web/")
             for who in re.findall(r"(?<!def )\bacting\(([^)]*)", source) if who != "SYSTEM"}

    assert found == ACTS_FOR_A_PERSON


def sources():
    root = Path(web.__file__).parents[1]
    for package in (engine, workflows, web):
        for file in sorted(Path(package.__file__).parent.rglob("*.py")):
            yield str(file.relative_to(root)), file.read_text()
