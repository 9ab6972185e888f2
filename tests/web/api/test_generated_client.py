"""A client that is made from the OpenAPI text, and knows nothing else, takes a whole initial plan
from its start to its end: each step by a program of the person whose it is."""

import importlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from engine.background import Embedded
from engine.cases import close_case
from engine.domain import SYSTEM
from workflows.tokens import add_token

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
CONFIG = {"post_hooks": [], "content_type_overrides": {"image/svg+xml": "application/octet-stream"}}
PACKAGE = "made_from_the_text"
OPERATIONS = {
    "case": "get_api_case", "start": "post_api_start",
    "tasks": "get_api_tasks", "task": "get_api_task", "claim": "post_api_claim",
    "complete": "post_api_complete", "version": "get_api_version",
    "timeline": "get_api_timeline", "events": "get_api_events",
    "tell": "post_api_became_looked_after", "changes": "get_api_changes",
    "change": "post_api_change_of_child",
}
LAST = "hold_first_review"
"""It could be done at once: the review is held whether or not there is a plan."""
KNOWN = {
    "head_email": "head@school.example", "head_phone": "01632 960 001",
    "meeting_starts_at": "2:30pm", "study_support_planned": "no", "circumstances": ["none"],
}
"""What a program knows of its field, by key; all else follows from the form that is asked."""


@pytest.fixture
def made(council, tmp_path, monkeypatch):
    """The client's operations and shapes; nothing in the text is beyond the generator."""
    text = council.app.test_client().get("/api/v1/openapi.json").get_data(as_text=True)
    (tmp_path / "openapi.json").write_text(text)
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    said = subprocess.run(
        [GENERATOR, "generate", "--path", "openapi.json", "--config", "config.json",
         "--output-path", PACKAGE, "--meta", "none"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )
    assert "arning" not in said.stdout, said.stdout
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    operations = {name: importlib.import_module(f"{PACKAGE}.api.pepway.{operation}")
                  for name, operation in OPERATIONS.items()}
    return SimpleNamespace(**operations, models=importlib.import_module(f"{PACKAGE}.models"),
                           client=importlib.import_module(f"{PACKAGE}.client"))


class Program:
    """Works in one person's name by what the text says, and by nothing else."""

    def __init__(self, made, council, name, *scopes):
        self.made, self.council = made, council
        token = add_token(council.installation.acting(SYSTEM), council.people[name],
                          frozenset(scopes or {"read", "write"}))
        self.client = made.client.AuthenticatedClient(
            base_url="http://127.0.0.1:8000", token=token, raise_on_unexpected_status=True,
            httpx_args={"transport": httpx.WSGITransport(app=council.app)})

    def ask(self, operation, *named, **rest):
        answer = getattr(self.made, operation).sync_detailed(*named, client=self.client, **rest)
        assert answer.status_code < 300, (operation, answer.content.decode())
        return answer.parsed

    def do(self, task, known):
        """Complete a task with answers to the form that comes with it."""
        if task.assignee is None:
            self.ask("claim", task.id)
        asked, today = self.ask("task", task.id), self.council.clock.now().date()
        answers = {**asked.answers.to_dict(), **answers_to(asked.form.questions, today, known)}
        refused = self.send(task, asked, answers)
        if refused:  # it says which other questions these answers make necessary
            named = {each.path.removeprefix("answers.") for each in refused.errors}
            answers |= {each.key: _answer(each, today, known)
                        for each in asked.form.questions if each.key in named}
            refused = self.send(task, asked, answers)
        assert not refused, (task.element, [each.to_dict() for each in refused.errors])

    def send(self, task, asked, answers):
        """The problem, where it is refused."""
        body = self.made.models.AnswersIn.from_dict(
            {"answers": answers, "seen": asked.seen.to_dict()})
        answer = self.made.complete.sync_detailed(task.id, client=self.client, body=body)
        return None if answer.status_code == 200 else answer.parsed


def answers_to(questions, today, known, row=0):
    """To whatever must be answered or is known; rows of a list differ by their choices."""
    return {each.key: known.get(each.key, _answer(each, today, known, row))
            for each in questions if each.required or each.key in known}


def _answer(question, today, known, row=0):
    if question.kind == "list":
        return [answers_to(question.questions, today, known, number) for number in (0, 1)]
    if question.kind in ("radio", "select"):
        return question.options[row % len(question.options)].value if question.options else ""
    if question.kind == "checkboxes":
        return [question.options[0].value]
    return {"checkbox": True, "number": 1, "date": today.isoformat()}.get(
        question.kind, "As agreed with everybody.")


def test_a_whole_initial_plan_by_programs(council, made):
    first = council.start_case()
    close_case(council.by("vera"), first, "Opened for the wrong placement")
    people = {str(council.people[name]): Program(made, council, name)
              for name in ("wilma", "tara", "vera", "rob", "mona")}
    vera, wilma = (people[str(council.people[name])] for name in ("vera", "wilma"))
    child = vera.ask("case", first).child
    wanted = made.models.StartIn(procedure="initial-pep", child=child)
    case, done = wilma.ask("start", body=wanted), []

    while vera.ask("case", case.id).status == "open":
        waiting = vera.ask("tasks", case=case.id).items
        now = [task for task in waiting if task.element != LAST] or waiting
        if not now:
            council.later(days=1)
            Embedded(council.installation, deliver=lambda _message: None).one_round()
            continue
        who = people[str(now[0].assignee)] if now[0].assignee else vera
        who.do(now[0], {**KNOWN, "caseworker": str(council.people["vera"])})
        done.append(now[0].element)

    assert vera.ask("case", case.id).status == "ended"
    assert done[:2] == ["initiate_pep", "allocate_caseworker"]
    assert {"sign_off_teacher", "sign_off_social_worker", "assure_quality"} <= set(done)
    assert done[-2:] == [LAST, "distribute_copies"]
    plan = vera.ask("version", child, 2)
    assert (plan.state, plan.reason, plan.prepared_at is None) == ("signed", "First plan", False)
    assert plan.document["care.care_plan_reference"] == "As agreed with everybody."
    happened = vera.ask("events", case=case.id, kind="task_completed", limit=200).items
    assert [each.element for each in happened] == done
    assert vera.ask("timeline", case.id).items[0].text != ""


def test_a_case_system_tells_of_a_child_and_of_what_changes(council, made):
    system = Program(made, council, "vera", "read", "care")
    told = made.models.BecameLookedAfterIn(
        number="LL-10042", given_names="Robin", family_name="Quennell",
        born_on=date(2015, 5, 4), became_looked_after_on=date(2026, 3, 25),
        first_placement_on=date(2026, 3, 25), entry="emergency", lives_out_of_area="no",
        social_worker="wilma@council.example")

    opened = system.ask("tell", body=told)

    assert (opened.plan_needed, opened.case.status) == (True, "open")
    assert {each.due_on for each in opened.deadlines} >= {date(2026, 4, 10), date(2026, 4, 24)}
    offered = system.ask("changes", opened.child).items
    [asked] = [each for each in offered if each.name == "change_worker"]
    known = {"role": "social_worker", "social_worker": "sven@council.example"}
    answers = answers_to(asked.questions, council.clock.now().date(), known)
    body = made.models.ChangeIn.from_dict({"answers": answers})
    dry = system.ask("change", opened.child, asked.name, body=body, dry_run=True)
    assert [each.after for each in dry.moved if each.group == "tasks"] == ["Sven Birkett"]
    body.seen = dry.fingerprint
    done = system.ask("change", opened.child, asked.name, body=body)
    assert (done.dry_run, done.moved) == (False, dry.moved)
    assert system.ask("tell", body=told).repeated is True
