"""What is not the point of a story: the same step done by the same person, over the REST API.

Some other story does each of these steps in a browser.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from site_of_pepway import Site

from engine.domain import Kept
from engine.forms import read_form
from workflows.demonstration.answers import answers_for

BPMN = Path(__file__).parents[2] / "bpmn"

ALL_TRUE = dict.fromkeys(
    ("has_school_place", "has_ehc_plan", "has_pastoral_plan", "is_unaccompanied", "is_in_custody",
     "learns_elsewhere", "out_of_area", "change_is_planned"), True,
)
"""Facts that take a question away where they are not so: Pepway leaves out what it does not ask."""


class Elsewhere:
    """Everyone of the council, each with a program of their own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._token = cache(self._new_token)

    def do(self, name: str, case: str, *steps: str, today: date, **chosen: str) -> None:
        """This person completes these steps of the case, one after the other, with plausible
        answers; `chosen` by key."""
        for step in steps:
            task = self._open_task(name, case, step)
            answers = self._answers(name, task, today, chosen)
            self._ask(name, f"/tasks/{task['id']}/complete",
                      {"answers": answers, "seen": task["seen"]})

    def tasks_of(self, name: str) -> list[dict[str, Any]]:
        """What waits for this person and nobody else."""
        return self._ask(name, "/tasks?mine=true")["items"]

    def open_steps(self, name: str, case: str) -> list[str]:
        return sorted(task["element"] for task in self._ask(name, f"/tasks?case={case}")["items"])

    def _open_task(self, name: str, case: str, step: str) -> dict[str, Any]:
        listed = self._ask(name, f"/tasks?case={case}")["items"]
        found = [task["id"] for task in listed if task["element"] == step]
        assert found, f"{step} is not open, but {[task['element'] for task in listed]}"
        return self._ask(name, f"/tasks/{found[0]}")

    def _answers(
        self, name: str, task: Mapping[str, Any], today: date, chosen: Mapping[str, str]
    ) -> dict[str, Any]:
        asked = task["form"]
        form = read_form((BPMN / task["procedure"] / f"{asked['name']}.form").read_bytes(),
                         asked["name"])
        of_people = {each["key"]: each["options"][0]["value"] for each in asked["questions"]
                     if each["kind"] == "select" and each["options"]}
        given = {each.key for each in form.inputs() if each.options_from}
        kept = {key: Kept(key, value, True, task["seen"][key], None, None)
                for key, value in task["answers"].items()}
        own = {key: value for key, value in of_people.items() if key in given}
        return answers_for(form, self._facts(name, task["child"], today), today,
                           {**own, **chosen}, kept)

    def _facts(self, name: str, child: str, today: date) -> dict[str, Any]:
        about = self._ask(name, f"/children/{child}")
        born = date.fromisoformat(about["born_on"])
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return {"school_year": about["year_group"], "age_today": age, **ALL_TRUE}

    def _ask(self, name: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = Request(  # noqa: S310 - own site
            f"{self.site.url}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token(name)}",
                     "Content-Type": "application/json"},
        )
        try:
            with urlopen(request) as answer:  # noqa: S310 - own site
                return json.load(answer)
        except HTTPError as refused:
            said = f"{path}: {HTTPStatus(refused.code).phrase}: {refused.read().decode()}"
            raise AssertionError(said) from None

    def _new_token(self, name: str) -> str:
        return self.site.token_of(f"{name}@marrowdale.example")
