"""Fifteen actions, each led over HTTP to its last press of a button, which is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid5

from chaos_council import BPMN, ChaosCouncil, email_of, failing_action
from journal import Journal
from over_http import Answer, Http
from visitor import Page, Visitor

from engine.drafts import save_draft_file
from engine.forms import entries, read_answers
from engine.tasks import TaskView, claim_task, save_draft, task_form


@dataclass(frozen=True)
class Recorded:
    """One form as the browser sends it, and what the journal says of it."""

    name: str
    kind: str
    details: dict[str, Any]
    http: Http
    address: str
    body: str
    typed: str
    """Words in it that may not be lost."""
    done: Callable[[Answer], bool]
    """Whether the server says that it is done."""


@dataclass
class Act:
    """What leads to a form, and the button that sends it."""

    name: str
    kind: str
    who: str
    details: dict[str, Any]
    lead: Callable[[Visitor], Page]
    button: str
    to: str
    """Where the browser is sent on to when it is done: details are filled in, `*` is any id."""
    typed: str = ""
    then: Callable[[dict[str, list[str]]], dict[str, Any]] = field(default=lambda sent: {})
    """Further details that only the form holds."""


WORDS = "Words that were typed and may not be lost"


def acts_in(council: ChaosCouncil, journal: Journal) -> list[Act]:
    """Bring a case of its own to where each begins. A draft saved on the way is in the journal."""
    return [
        _start(council), _claim(council), _hand_back(council), _reassign(council),
        _save_draft(council), *_completions(council, journal), *_changes(council),
        _retry(council), _propose(council),
    ]


def record(acts: Sequence[Act], port: int) -> list[Recorded]:
    """Everyone signs in once and walks to each of their forms."""
    browsers: dict[str, _Recorder] = {}
    found = []
    for act in acts:
        if act.who not in browsers:
            browsers[act.who] = _Recorder(Http(port))
            browsers[act.who].sign_in(email_of(act.who))
        browser = browsers[act.who]
        address, fields = browser.what_is_sent(act.lead(browser), act.button)
        body = urlencode(fields)
        details = {**act.details, **act.then(parse_qs(body))}
        found.append(Recorded(
            act.name, act.kind, details, browser.client,
            address, body, act.typed, _sent_on_to(act.to.format(**details)),
        ))
    for browser in browsers.values():
        browser.client.keeps_cookies = False
    return found


class _Recorder(Visitor):
    """Keeps the last form instead of sending it."""

    _kept: tuple[str, list[tuple[str, str]]] | None = None
    _keeps = False

    def what_is_sent(self, page: Page, button: str) -> tuple[str, list[tuple[str, str]]]:
        self._keeps = True
        page.press(button)
        self._keeps = False
        assert self._kept is not None
        return self._kept

    def send(self, address: str, fields: list[tuple[str, str]]) -> Page:
        if not self._keeps:
            return super().send(address, fields)
        self._kept = (address, fields)
        return None  # type: ignore[return-value]


def _sent_on_to(path: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.status_code == 303 and fnmatchcase(answer.location, path)


def _start(council: ChaosCouncil) -> Act:
    worker = council.people["wilma"]

    def lead(browser: Visitor) -> Page:
        page = browser.open("/cases/start").fill({
            "Family name": "Started", "Date of birth": ("4", "5", "2016"),
        }).press("Check").press("Start a new case")
        return page.fill({
            "Given names": WORDS,
            "When did the child become looked after?": ("25", "3", "2026"),
            "When does the first placement begin?": ("25", "3", "2026"),
            "Was the placement planned?": "No, an emergency",
            "Will the child live in another council's area?": "No",
            "Social worker": "Wilma", "Designated teacher": "Tara",
        })

    return Act(
        "start a case", "open_case", "wilma", {"actor": worker}, lead, "Start the case",
        "/cases/{case}/started", WORDS,
        then=lambda sent: {"case": uuid5(worker, sent["form-id"][0])},
    )


def _claim(council: ChaosCouncil) -> Act:
    task = _allocation(council, "Claimed")
    return Act("claim a task", "claim_task", "vera", _of(council, "vera", task),
               lambda browser: browser.open("/tasks"),
               f"Take this task: {task.name}, case {council.reference_of(task.case_id)}",
               "/tasks/{task}")


def _hand_back(council: ChaosCouncil) -> Act:
    task = _allocation(council, "Handed back")
    claim_task(council.by("vera"), task.id)
    return Act("hand a task back", "release_task", "vera", _of(council, "vera", task),
               lambda browser: browser.open(f"/tasks/{task.id}/release").fill(
                   {"Why is it not your task?": WORDS}),
               "Hand the task back", "/tasks", WORDS)


def _reassign(council: ChaosCouncil) -> Act:
    task = _allocation(council, "Reassigned")
    return Act("give a task to someone else", "reassign_task", "max", _of(council, "max", task),
               lambda browser: browser.open(f"/board/reassign/{task.id}").fill(
                   {"Who will do it?": "Viktor", "Why?": WORDS}),
               "Give the task", "/board/initial-pep/allocate_caseworker", WORDS)


def _save_draft(council: ChaosCouncil) -> Act:
    task = _gathering(council, "Drafted")["record_carer_view"]
    asked = next(each for each in task_form(council.who(task), task.id).form.inputs()
                 if each.kind == "textarea" and not each.hidden_when)
    return Act("save a draft", "save_draft", "wilma",
               {**_of(council, "wilma", task), "answers": {asked.path: WORDS}},
               lambda browser: browser.open(f"/tasks/{task.id}").fill({asked.label: WORDS}),
               "Save and come back later", "/tasks", WORDS)


def _completions(council: ChaosCouncil, journal: Journal) -> list[Act]:
    allocate = _allocation(council, "Opening")
    claim_task(council.by("vera"), allocate.id)
    last = _last_of_the_join(council, journal)
    case_id = council.start_case("Signing")
    council.play_until(case_id, lambda open_now: "sign_off_teacher" in open_now)
    council.complete(council.open_tasks(case_id)["sign_off_teacher"])
    sign = council.open_tasks(case_id)["sign_off_social_worker"]
    case_id = council.start_case("Assured")
    council.play_until(case_id, lambda open_now: "assure_quality" in open_now)
    assure = council.open_tasks(case_id)["assure_quality"]
    ending = council.play_to_the_last_step(council.start_case("Ending"))
    return [
        _completion(council, "complete a task that opens others", allocate),
        _completion(council, "complete the last of a parallel join", last),
        _completion(council, "sign the plan", sign),
        _completion(council, "approve the plan, which is passed on", assure),
        _completion(council, "complete the task that ends the case", ending),
    ]


def _last_of_the_join(council: ChaosCouncil, journal: Journal) -> TaskView:
    """Meanwhile somebody has saved a draft in another task of the case, which has to stay."""
    case_id = council.start_case("Joining")
    of_the_join = {"record_carer_view", "complete_education_sections",
                   "complete_social_work_sections", "record_child_views"}
    council.play_until(case_id, lambda open_now: "convene_meeting" in open_now)
    for element, task in council.open_tasks(case_id).items():
        if element in of_the_join:
            council.complete(task)
    beside = council.open_tasks(case_id)["hold_first_review"]
    by = council.who(beside)
    asked = next(each for each in task_form(by, beside.id).form.inputs()
                 if each.kind == "textarea")
    save_draft(by, beside.id, {asked.key: WORDS})
    journal.acknowledged("save_draft", submit="before", task=beside.id, actor=by.actor.id,
                         answers={asked.path: WORDS})
    return council.open_tasks(case_id)["convene_meeting"]


def _completion(council: ChaosCouncil, name: str, task: TaskView) -> Act:
    """The answers are saved, and shown once more; the press that completes is recorded."""
    by = council.who(task)
    raw, seen = council.answers(by, task)
    save_draft(by, task.id, raw, seen)
    asked = task_form(by, task.id)
    read = read_answers(asked.form, raw, asked.facts)
    answers = {each.path: each.value for each in entries(asked.form, raw, read, {})
               if each.value not in (None, "", [])}
    who = council.name_of(by)
    return Act(name, "complete_task", who, {**_of(council, who, task), "answers": answers},
               lambda browser: browser.open(f"/tasks/{task.id}/check"), "Complete this task",
               "/tasks/{task}/done", then=lambda sent: {"nonce": sent["nonce"][0]})


def _changes(council: ChaosCouncil) -> list[Act]:
    return [
        _change(council, "change the placement", "change_placement",
                "The child moves to a new placement", {
                    "When did the new placement begin?": ("24", "3", "2026"),
                    "Was the move planned?": "No, an emergency",
                    "Kind of placement": "Foster care", "Placement address": "2 Invented Lane",
                    "Does the child live in another council's area now?": "No", "Why?": WORDS,
                }),
        _change(council, "correct a date", "correct_date", "Correct a date", {
            "Which date is wrong?": "When the first placement began",
            "What is the right date?": ("27", "3", "2026"),
            "How did the mistake come about?": WORDS,
        }),
        _change(council, "close what runs, as care ends", "cease_to_be_looked_after",
                "The child is no longer looked after", {
                    "On which day did care end?": ("25", "3", "2026"),
                    "How did care end?": "The child went home",
                    "What was decided, and by whom?": WORDS,
                }),
    ]


def _change(
    council: ChaosCouncil, name: str, kind: str, link: str, answers: dict[str, Any]
) -> Act:
    case_id = council.start_case(name.title(), on="2026-03-20")
    council.complete(council.open_tasks(case_id)["initiate_pep"])
    return Act(name, kind, "wilma", {"case": case_id, "actor": council.people["wilma"]},
               lambda browser: browser.open(f"/cases/{case_id}").follow(link).fill(answers).press(
                   "See what will happen"),
               "Confirm", "/cases/{case}", WORDS)


def _retry(council: ChaosCouncil) -> Act:
    case_id = council.start_case("Stopped")
    with failing_action("tell_of_new_case"):
        assert council.complete(council.open_tasks(case_id)["initiate_pep"]) == "incident"
    return Act("retry an incident", "retry_incident", "olga",
               {"case": case_id, "actor": council.people["olga"]},
               lambda browser: browser.open("/studio"), "Retry", "/studio")


def _propose(council: ChaosCouncil) -> Act:
    diagram = (BPMN / "initial-pep" / "initial-pep.bpmn").read_bytes()
    changed = diagram.replace(b'name="Hold the PEP meeting"', b'name="Meet about the plan"')
    save_draft_file(council.by("olga"), "initial-pep", "initial-pep.bpmn", changed, 0)
    return Act("propose a release", "propose_release", "olga", {"notes": WORDS},
               lambda browser: browser.open("/studio/initial-pep/changes").fill(
                   {"What did you change, and why?": WORDS}),
               "Send for approval", "/studio/releases/*", WORDS)


def _allocation(council: ChaosCouncil, family_name: str) -> TaskView:
    """The virtual school's queue has it: two people may take it."""
    case_id = council.start_case(family_name)
    council.complete(council.open_tasks(case_id)["initiate_pep"])
    return council.open_tasks(case_id)["allocate_caseworker"]


def _gathering(council: ChaosCouncil, family_name: str) -> dict[str, TaskView]:
    """Five tasks are open side by side."""
    council.complete(task := _allocation(council, family_name))
    return council.open_tasks(task.case_id)


def _of(council: ChaosCouncil, who: str, task: TaskView) -> dict[str, Any]:
    return {"task": task.id, "actor": council.people[who]}
