"""A running demonstration is backed up in mid-write, and goes on elsewhere where it stood."""

import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from site_of_pepway import Site

PEOPLE = ("amara.lindqvist", "tom.haverill", "nadia.ferreday", "josh.penhallick",
          "helen.marchbanks", "dev.tolliver", "siobhan.karrow", "grace.holmwood")
READER = "grace.holmwood"
"""Of the virtual school, which sees every case."""
BETWEEN_TWO = 0.1
"""Seconds from one number to the next, so that the server has time for the copy as well."""


class Caller:
    """Programs of these people, that work by the REST API."""

    def __init__(self, site):
        self.tokens = {name: site.token_of(f"{name}@marrowdale.example") for name in PEOPLE}

    def ask(self, site, name, path, body=None):
        request = Request(  # noqa: S310 - own site
            f"{site.url}{path}" if path.startswith("/api") else f"{site.url}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.tokens[name]}",
                     "Content-Type": "application/json"},
            method="GET" if body is None else "PUT",
        )
        with urlopen(request) as answer:  # noqa: S310 - own site
            return json.load(answer)

    def every(self, site, name, path):
        while path:
            page = self.ask(site, name, path)
            yield from page["items"]
            path = page["next"]


class Writer:
    """Someone who types one number after the other into a step of their own."""

    def __init__(self, caller, site, name, task, key):
        self.caller, self.site, self.name, self.task, self.key = caller, site, name, task, key
        self.sent = self.kept = 0

    def type_next(self):
        self.sent += 1
        self.caller.ask(self.site, self.name, f"/tasks/{self.task}/draft",
                        {"answers": {self.key: str(self.sent)}})
        self.kept = self.sent

    def stands_in(self, site):
        """The number that this site answers."""
        return int(self.caller.ask(site, self.name, f"/tasks/{self.task}")["answers"][self.key])


@pytest.fixture
def council(new_site):
    return new_site()


@pytest.fixture
def elsewhere(council, tmp_path):
    """Another machine that has nothing but the council's keys."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(council.folder / "var", folder / "var")
    other = Site(folder, f"sqlite:///{folder / 'pepway.db'}")
    yield other
    other.stop()


def a_step_of_their_own(caller, site, name):
    """A step that waits for this person, and a question of it that takes words; none where all
    their steps are of another kind."""
    for row in caller.every(site, name, "/tasks?mine=true"):
        task = caller.ask(site, name, f"/tasks/{row['id']}")
        for question in task["form"]["questions"]:
            free = not question["read_only"] and question["hidden_when"] is None
            if question["kind"] == "textarea" and free:
                return Writer(caller, site, name, task["id"], question["key"])
    return None


@contextmanager
def at_work(writers):
    """Everyone types until the end; nobody may have been refused."""
    stop, failures = threading.Event(), []

    def type_on(writer):
        try:
            while not stop.wait(BETWEEN_TWO):
                writer.type_next()
        except OSError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=type_on, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []


def everything(caller, site):
    """What the site answers of every case: itself, its story, its dates, its open steps."""
    return {
        case["id"]: [case, *(list(caller.every(site, READER, path)) for path in (
            f"/cases/{case['id']}/timeline", f"/cases/{case['id']}/deadlines",
            f"/tasks?case={case['id']}"))]
        for case in caller.every(site, READER, "/cases?limit=200")
    }


def test_every_case_answers_elsewhere_as_at_the_moment_of_the_copy(council, elsewhere, tmp_path):
    caller = Caller(council)
    writers = [found for name in PEOPLE if (found := a_step_of_their_own(caller, council, name))]
    assert len(writers) >= 5
    with at_work(writers):
        while min(writer.kept for writer in writers) < 2:
            threading.Event().wait(0.05)
        kept_before = [writer.kept for writer in writers]
        council.command("backup", str(tmp_path / "copy.db"))
        sent_after = [writer.sent for writer in writers]
        while any(writer.kept <= sent for writer, sent in zip(writers, sent_after, strict=True)):
            threading.Event().wait(0.05)

    elsewhere.command("restore", str(tmp_path / "copy.db"))
    elsewhere.start()

    for writer, kept, sent in zip(writers, kept_before, sent_after, strict=True):
        assert kept <= writer.stands_in(elsewhere) <= sent < writer.stands_in(council)
    of_council = everything(caller, council)
    assert len(of_council) > 50
    assert everything(caller, elsewhere) == of_council
    assert elsewhere.command("audit", "verify").startswith("No row was altered: ")
    writers[0].site = elsewhere
    writers[0].type_next()
    assert writers[0].stands_in(elsewhere) == writers[0].sent


def test_a_running_pepway_is_not_restored_under_its_feet(council, tmp_path):
    council.command("backup", str(tmp_path / "copy.db"))

    with pytest.raises(subprocess.CalledProcessError) as refused:
        council.command("restore", str(tmp_path / "copy.db"))

    assert refused.value.returncode == 1
    assert refused.value.stderr.startswith("Pepway is already running on this database file.")
