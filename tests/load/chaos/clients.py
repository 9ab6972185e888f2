"""People who work at the real server over HTTP, and send again what was lost on the way."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from chaos_council import PEOPLE, ChaosCouncil, email_of, plausible
from journal import Journal
from over_http import LOST, Answer, Http
from sqlalchemy import select
from visitor import Visitor

from engine.errors import EngineError
from engine.forms import Form, entries, read_answers
from engine.store.models import Task, TaskStatus
from engine.tasks import TaskView, task_form, view_of
from web.forms import hidden_pairs
from workflows.pep.starting import start_form

HOLDERS = ("wilma", "tara", "vera", "viktor", "rob")
"""Those who do tasks; the first starts cases as well."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Submit:
    """One form, as often as it has to be sent."""

    kind: str
    address: str
    fields: list[tuple[str, str]]
    to: str
    """Where the browser is sent on to when it is done."""
    details: dict[str, Any]


class Client(threading.Thread):
    """One browser of one person, until it is told to stop."""

    def __init__(
        self, council: ChaosCouncil, who: str, cookies: Mapping[str, str], token: str, port: int,
        journal: Journal, up: threading.Event, chance: Random,
    ) -> None:
        super().__init__(name=f"client {who}", daemon=True)
        self._council, self._who, self._token = council, who, token
        self._http = Http(port, dict(cookies), keeps_cookies=False)
        self._journal, self._up, self._chance = journal, up, chance
        self._stopping = threading.Event()
        self.acknowledged = self.refused = 0
        self.wrong: list[str] = []

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                submit = self._what_next()
            except EngineError:
                continue  # somebody else was there between two looks
            if submit is None:
                self._stopping.wait(0.2)
            else:
                self._send(submit)

    def _send(self, submit: Submit) -> None:
        name = str(uuid4())
        self._journal.begun(submit.kind, submit=name, **submit.details)
        body = urlencode([*submit.fields, ("csrf_token", self._token)])
        answer = self._answered(submit.address, body)
        if answer is None:
            return
        if answer.status_code == 303 and answer.location == submit.to:
            self._journal.acknowledged(submit.kind, submit=name)
            self.acknowledged += 1
        else:
            self.refused += 1
            if answer.status_code >= 500 or answer.status_code == 401:
                self.wrong.append(f"refused: {submit.kind} is answered by {answer.status_code}")

    def _answered(self, address: str, body: str) -> Answer | None:
        """Sent again until there is an answer; None where the run ends before."""
        while not self._stopping.is_set():
            if not self._up.wait(0.2):
                continue
            try:
                return self._http.ask("POST", address, body)
            except LOST:
                self._stopping.wait(0.1)
        return None

    def _what_next(self) -> Submit | None:
        if self._who == HOLDERS[0] and self._chance.random() < 0.1:
            return self._start()
        task = self._a_task()
        if task is None:
            return None
        if task.assignee_id is None and self._chance.random() < 0.5:
            return Submit("claim_task", f"/tasks/{task.id}/claim", [], f"/tasks/{task.id}",
                          self._of(task))
        if task.assignee_id is not None and self._chance.random() < 0.1:
            return Submit("release_task", f"/tasks/{task.id}/release", [("reason", "Not mine")],
                          "/tasks", self._of(task))
        return self._complete(task) if self._chance.random() < 0.7 else self._save(task)

    def _a_task(self) -> TaskView | None:
        """One that is the person's own, or stands in a queue of theirs."""
        person, role = self._council.people[self._who], PEOPLE[self._who]
        with self._council.by(self._who).begin(writing=False) as work:
            rows = work.session.scalars(select(Task).where(
                Task.status == TaskStatus.OPEN,
                (Task.assignee_id == person) | (Task.assignee_id.is_(None) & (Task.role == role)),
            )).all()
            return view_of(self._chance.choice(rows)) if rows else None

    def _start(self) -> Submit:
        raw = self._council.details(f"Newcome {self._chance.randrange(10**9)}")
        by = self._council.by(self._who)
        form_id = uuid4().hex
        case = uuid5(by.actor.id, form_id)
        return Submit(
            "open_case", "/cases/start/details",
            [*hidden_pairs(start_form(by), raw), ("form-id", form_id), ("confirmed", "yes")],
            f"/cases/{case}/started", {"case": case, "actor": by.actor.id},
        )

    def _complete(self, task: TaskView) -> Submit:
        form, raw, seen, answers = self._answers(task)
        nonce = uuid4().hex
        return Submit(
            "complete_task", f"/tasks/{task.id}",
            [*hidden_pairs(form, raw), *seen, ("nonce", nonce), ("do", "complete")],
            f"/tasks/{task.id}/done", {**self._of(task), "nonce": nonce, "answers": answers},
        )

    def _save(self, task: TaskView) -> Submit:
        form, raw, seen, answers = self._answers(task)
        return Submit(
            "save_draft", f"/tasks/{task.id}", [*hidden_pairs(form, raw), *seen, ("do", "save")],
            "/tasks", {**self._of(task), "answers": answers},
        )

    def _answers(
        self, task: TaskView
    ) -> tuple[Form, dict[str, Any], list[tuple[str, str]], dict[str, Any]]:
        """The form, what is answered, the versions that the page shows, values by path."""
        by = self._council.by(self._who)
        raw, versions = plausible(by, task.id, self._council.people["viktor"])
        asked = task_form(by, task.id)
        read = read_answers(asked.form, raw, asked.facts)
        answers = {each.path: each.value for each in entries(asked.form, raw, read, {})
                   if each.valid and each.value not in (None, "", [])}
        seen = [(f"seen-{field.key}", str(versions.get(field.key, 0)))
                for field in asked.form.inputs()]
        return asked.form, raw, seen, answers

    def _of(self, task: TaskView) -> dict[str, UUID]:
        return {"task": task.id, "actor": self._council.people[self._who]}


def sign_in(port: int, who: str) -> tuple[dict[str, str], str]:
    """The cookies of a person's session and its token against forged forms."""
    visitor = Visitor(Http(port))  # type: ignore[arg-type]
    page = visitor.sign_in(email_of(who))
    return dict(visitor.client.cookies), page.token  # type: ignore[attr-defined]
