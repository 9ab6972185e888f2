"""Access that ends after somebody was let in, and before what they want is done."""

import os
import random
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from visitor import Visitor

import web.access
from engine.domain import SYSTEM
from engine.store.models import Audit, Event, Task
from workflows.access import decide
from workflows.involvements import end_involvement, people_around
from workflows.people import Person
from workflows.resources import case_resource, task_resource
from workflows.sight import still
from workflows.sight.conflicts import declare_conflict_of_others
from workflows.sight.restrictions import restrict_record
from workflows.sight.still import still_allowed

ROUNDS = int(os.environ.get("ROUNDS", "20"))
"""On each store; `make soak` plays 1,000."""
LONGEST_PAUSE = 0.03


@pytest.fixture
def circle(council):
    council.case_id = council.gathering()
    council.child_id = case_resource(council.by("vera"), council.case_id).child_id
    return council


def end_of(council, name):
    today = council.clock.now().date()
    for each in people_around(council.by("vera"), council.child_id):
        if each.person_id == council.people[name]:
            end_involvement(council.by("vera"), each.id, today - timedelta(days=1))


def conflict_of(council, name):
    declare_conflict_of_others(council.by("viktor"), council.child_id, {
        "person": str(council.people[name]), "reason": "A neighbour"})


def restriction_of(council, name):
    named = "viktor" if name == "vera" else "vera"
    restrict_record(council.by("mona"), council.child_id, {
        "reason": "A relative of staff", "named": [str(council.people[named])]})


def leaving_of(council, name):
    with council.installation.acting(SYSTEM).begin() as work:
        work.session.get_one(Person, council.people[name]).active = False
        work.audit("leave", about=f"person:{council.people[name]}")


ACTS = {
    "complete": ("wilma", "/tasks/{task}", {"action": "complete"}),
    "keep a draft": ("wilma", "/tasks/{task}", {"action": "save"}),
    "autosave": ("wilma", "/tasks/{task}/draft", {}),
    "hand back": ("wilma", "/tasks/{task}/release", {}),
    "comment": ("tara", "/cases/{case}/sections/needs/comments", {"text": "Really?",
                                                                  "comment": str(uuid4())}),
    "change": ("wilma", "/cases/{case}/change/correct_date", {}),
    "attach": ("tara", "/children/{child}/attached", {}),
    "restrict": ("vera", "/children/{child}/restriction", {"reason": "Staff"}),
    "give a task": ("vera", "/board/reassign/{task}", {}),
    "add a level": ("tara", "/children/{child}/progress/attendance", {"percent": "90"}),
}
TAKEN = {"ended": end_of, "conflict": conflict_of, "restricted": restriction_of, "left": leaving_of}
CASES = [(act, taken) for act, (name, _, _) in ACTS.items() for taken in TAKEN
         if (name == "vera") == (taken == "restricted") or taken in ("conflict", "left")]


@pytest.mark.parametrize(("act", "taken"), CASES)
def test_what_is_taken_away_in_between_is_not_done(circle, monkeypatch, act, taken):
    name, address, sent = ACTS[act]
    client = circle.app.test_client()
    page = Visitor(client).sign_in(f"{name}@council.example")
    address = address.format(task=circle.task("wilma", "complete_social_work_sections"),
                             case=circle.case_id, child=circle.child_id)
    let_in = web.access.end_reading
    before = []

    def taken_away():
        """The sender has been let in; what they want has not been done."""
        let_in()
        if not before:
            TAKEN[taken](circle, name)
            before.append(written_by(circle, name))

    monkeypatch.setattr(web.access, "end_reading", taken_away)
    answer = client.post(address, data={"csrf_token": page.token, **sent})

    assert before, "the sender was never let in"
    assert answer.status_code == 404
    assert written_by(circle, name) == before[0]


def written_by(council, name):
    """How much has happened by this person; a refusal is none of it."""
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return [
            work.session.scalar(select(func.count()).select_from(table).where(
                table.actor_id == council.people[name], *conditions))
            for table, *conditions in (
                (Event,), (Audit, ~Audit.action.startswith("refused_")))
        ]


def test_nothing_succeeds_after_the_commit_that_took_it_away(council):
    """Whoever acts and whoever takes away are two threads, in any order."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    played = [one_round(council, chance) for _ in range(ROUNDS)]

    assert "late" not in played, f"seed {seed}"
    assert {"acted", "refused"} <= set(played), f"seed {seed} tried nothing: {played}"


def test_a_wall_that_does_not_hold_what_it_was_told_from_is_caught(council, monkeypatch):
    """As if nothing were locked: then some act is done after its sender's access has ended."""
    monkeypatch.setattr(still, "_hold_running_cases", lambda *_: None)
    chance, is_sqlite = random.Random(7), council.installation.database.is_sqlite

    late = any(one_round(council, chance) == "late"
               for _ in range(ROUNDS if is_sqlite else 10 * ROUNDS))

    assert late == (not is_sqlite)


def one_round(council, chance):
    """`acted`, `refused`, or `late`: acted though the access had ended before."""
    council.case_id = council.start_case(family_name=f"Round{chance.randrange(10**9)}")
    council.child_id = case_resource(council.by("vera"), council.case_id).child_id
    wilma, taken = council.by("wilma"), chance.choice(["ended", "conflict"])
    pauses = [chance.random() * chance.choice((0.5, 10)), chance.random(), chance.random()]
    with wilma.begin(writing=False) as work:
        task = work.session.scalar(select(Task.id).where(
            Task.case_id == council.case_id, Task.assignee_id == wilma.actor.id))
    begin, done = threading.Barrier(2), []

    def act():
        begin.wait()
        time.sleep(pauses[0] * LONGEST_PAUSE)
        with wilma.begin() as work:
            if not still_allowed(work, "do_task", council.child_id, of_task):
                done.append("refused")
                return
            work.event(None, "acted", child_id=council.child_id)
            time.sleep(pauses[1] * LONGEST_PAUSE)
            work.session.expire_all()
            is_late = not decide(wilma.actor, "do_task", of_task(work)).allowed
            done.append("late" if is_late else "acted")

    def of_task(work):
        return task_resource(work, task)

    def take_away():
        begin.wait()
        time.sleep(pauses[2] * LONGEST_PAUSE)
        TAKEN[taken](council, "wilma")

    both = [threading.Thread(target=act), threading.Thread(target=take_away)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    return done[0]
