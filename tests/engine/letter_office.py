"""Changed copies of the letter that two people sign, and cases that are moved onto them."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from council import Council, Running
from diagrams import flow, form, text, two_signatures, user_task
from plain_domain import ANN, CHILD

from engine.cases import open_case
from engine.migration.moving import Moved, Verdict, move, undo, verdict_of
from engine.migration.plan import Plan
from engine.migration.preparing import target_of
from engine.releases import load_folder
from engine.store.models import Case

AS_IT_IS = Plan()
NURSE = form("ask_nurse", text("nurse_said"))


def letter(*changes: tuple[str, str], **forms: bytes) -> dict[str, bytes]:
    """The letter's folder with these pieces of its diagram replaced, each found exactly once."""
    files = two_signatures()
    diagram = files["letter.bpmn"].decode()
    for old, new in changes:
        assert diagram.count(old) == 1, (old, diagram.count(old))
        diagram = diagram.replace(old, new)
    more = {f"{name}.form": content for name, content in forms.items()}
    return {**files, "letter.bpmn": diagram.encode(), **more}


def in_lane(role: str, *nodes: str) -> tuple[str, str]:
    start = f'pepway:role="{role}">'
    return start, start + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)


def with_nurse_before_the_check() -> dict[str, bytes]:
    """A step more between both signatures and the check."""
    return letter(
        (flow("signed", "check"),
         user_task("ask_nurse", "ask_nurse") + flow("signed", "ask_nurse")
         + flow("ask_nurse", "check")),
        in_lane("designated_teacher", "ask_nurse"), ask_nurse=NURSE,
    )


def with_nurse_behind_the_teacher(*more: tuple[str, str]) -> dict[str, bytes]:
    """A step more between the teacher's signature and where both come together."""
    return letter(
        (flow("sign_teacher", "signed"),
         user_task("ask_nurse", "ask_nurse") + flow("sign_teacher", "ask_nurse")
         + flow("ask_nurse", "signed")),
        in_lane("social_worker", "ask_nurse"), *more, ask_nurse=NURSE,
    )


def without_the_teacher() -> dict[str, bytes]:
    """The teacher signs no more; the social worker alone does."""
    return letter(
        (user_task("sign_teacher", "sign_teacher"), ""),
        ("<bpmn:flowNodeRef>sign_teacher</bpmn:flowNodeRef>", ""),
        ('<bpmn:parallelGateway id="sign"/>', ""), ('<bpmn:parallelGateway id="signed"/>', ""),
        ("<bpmn:flowNodeRef>signed</bpmn:flowNodeRef>", ""),
        ("<bpmn:flowNodeRef>sign</bpmn:flowNodeRef>", ""),
        (flow("write", "sign"), flow("write", "sign_social_worker")),
        (flow("sign", "sign_teacher"), ""), (flow("sign", "sign_social_worker"), ""),
        (flow("sign_teacher", "signed"), ""), (flow("sign_social_worker", "signed"), ""),
        (flow("signed", "check"), flow("sign_social_worker", "check")),
    )


def reminded(when: str = "P3D", kind: str = "timeDuration") -> dict[str, bytes]:
    """A reminder while the letter is written."""
    return _reminded("write", flow("begun", "write"), when, kind)


def checked_by(when: str) -> dict[str, bytes]:
    """A reminder on a date while the letter is checked."""
    return _reminded("check", flow("signed", "check"), when, "timeDate")


def _reminded(step: str, before: str, when: str, kind: str) -> dict[str, bytes]:
    return letter(
        (before,
         before + f'<bpmn:boundaryEvent id="late" name="Late" attachedToRef="{step}" '
         f'cancelActivity="false"><bpmn:timerEventDefinition id="t"><bpmn:{kind}>{when}'
         f"</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
         '<bpmn:sendTask id="remind" name="Remind" pepway:action="tell" '
         'pepway:to="social_worker" pepway:message="late"/><bpmn:endEvent id="reminded"/>'
         + flow("late", "remind") + flow("remind", "reminded")),
        in_lane("social_worker", "late", "remind", "reminded"),
    )


@dataclass
class Office:
    """Publishes releases of the letter, and moves cases to the newest."""

    council: Council

    def publish(self, files: dict[str, bytes]) -> None:
        self.release = load_folder(self.council.by(ANN), "letter", files)
        assert self.release.state == "live"

    def new_case(self) -> Running:
        return self.council.case(open_case(self.council.by(ANN), "letter", CHILD))

    def verdict(self, case: Running, plan: Plan = AS_IT_IS) -> Verdict:
        with self.council.by(ANN).begin(writing=False) as work:
            row = work.session.get_one(Case, case.id)
            return verdict_of(work, row, target_of(work, self.release.id), plan)

    def move(self, case: Running, plan: Plan = AS_IT_IS) -> Moved:
        with self._held(case) as (work, row):
            return move(work, row, target_of(work, self.release.id), plan)

    def undo(self, case: Running, moved: Moved) -> None:
        with self._held(case) as (work, row):
            undo(work, row, moved.after, moved.before)

    @contextmanager
    def _held(self, case: Running) -> Any:
        with self.council.by(ANN).begin() as work:
            yield work, work.session.get_one(Case, case.id)
