"""Pepway as it was installed, far from its repository: tables, pages, background work and paper."""

import json
import re
import subprocess
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

import pytest
from chaos_council import ChaosCouncil, email_of
from environments import ROOT
from over_http import Http
from processes import READY, Processes, readyz
from visitor import Visitor

from engine.store.database import Database
from engine.store.schema import is_current
from engine.tasks import save_draft

WITHOUT_WORKER = (200, "ready, but no worker runs: start `pepway worker`\n")

pytestmark = pytest.mark.xdist_group("installed")


@pytest.fixture
def processes(database_url, installed, tmp_path):
    processes = Processes(database_url, tmp_path, installed.pepway)
    yield processes
    processes.kill()


@pytest.fixture
def council(database_url, processes):
    """Its tables are made by what is installed."""
    assert processes.run("migrate") == 0
    assert is_current_at(database_url)
    council = ChaosCouncil(database_url)
    yield council
    council.close()


def test_nothing_of_it_lies_in_the_repository_and_nothing_is_there_that_only_tests(installed):
    places = installed.python("import engine, workflows, web; "
                              "print(engine.__file__, workflows.__file__, web.__file__)").split()
    tools = ("pytest", "mypy", "hatchling", "playwright", "cyclonedx")

    assert len(places) == 3
    for place in places:
        assert place.startswith(f"{installed.packages}/")
        assert not place.startswith(f"{ROOT}/")
    assert [each for each in tools if (installed.packages / each).exists()] == []


def test_a_council_works_with_it(store, council, processes):
    port = processes.serve()
    assert readyz(port) == {"sqlite": READY, "postgresql": WITHOUT_WORKER}[store]
    wilma = Visitor(Http(port))
    wilma.sign_in(email_of("wilma"))

    started = start_a_case(wilma)
    case_id = UUID(re.search(r"/cases/([0-9a-f-]{36})", started.address)[1])
    assert complete(wilma, council, case_id, "initiate_pep").heading == "Task done"
    assert "allocate_caseworker" in council.open_tasks(case_id)
    styles, scripts = (files_of(started, what) for what in ("//link/@href", "//script/@src"))
    for each in (*styles, *scripts):
        is_kept_for_good(wilma, each)
    assert len(styles) == len(scripts) == 1
    assert a_copy_of_the_plan(wilma, council.open_tasks(case_id)).startswith(b"%PDF-")
    assert processes.faults() == []


def is_current_at(url):
    database = Database(url)
    try:
        return is_current(database)
    finally:
        database.engine.dispose()


def start_a_case(visitor):
    page = visitor.open("/cases/start").fill({
        "Family name": "Newcome", "Date of birth": ("4", "5", "2016"),
    }).press("Check").press("Start a new case")
    return page.fill({
        "Given names": "Nova", "When did the child become looked after?": ("25", "3", "2026"),
        "When does the first placement begin?": ("25", "3", "2026"),
        "Was the placement planned?": "No, an emergency",
        "Will the child live in another council's area?": "No",
        "Social worker": "Wilma", "Designated teacher": "Tara",
    }).press("Start the case")


def complete(visitor, council, case_id, element):
    """What the form asks was typed before."""
    task = council.open_tasks(case_id)[element]
    by = council.who(task)
    save_draft(by, task.id, *council.answers(by, task))
    return visitor.open(f"/tasks/{task.id}/check").press("Complete this task")


def files_of(page, what):
    return [each for each in page.tree.xpath(what) if "/built/" in each]


def is_kept_for_good(visitor, address):
    """A browser keeps a file whose name holds what is in it."""
    answer = visitor.client.ask("GET", address)
    assert sha256(answer.body).hexdigest()[:10] in address
    assert "immutable" in answer.headers["Cache-Control"]


def a_copy_of_the_plan(visitor, tasks):
    child_id = next(iter(tasks.values())).child_id
    address = f"/children/{child_id}/documents/plan"
    form = visitor.open(address)
    sent = urlencode({"csrf_token": form.token, "recipient": "social_worker"})
    return visitor.client.ask("POST", address, sent).body


def test_the_procedures_that_came_with_it_can_be_checked(installed, tmp_path):
    """Without a database and without settings."""
    folder = installed.packages / "bpmn" / "initial-pep"
    said = subprocess.run([installed.pepway, "check", folder, "--json"], check=True, cwd=tmp_path,
                          env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)

    verdicts = [json.loads(line)["verdict"] for line in said.stdout.splitlines()]
    assert set(verdicts) == {"sound"}
    assert len(verdicts) > 5
