"""What the page of a procedure shows: its flowcharts as pictures, and every step in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.diagram import Diagram, read_diagram
from engine.releases import ReleaseView, flowcharts, live_release, live_releases
from engine.spiff.elements import Element
from engine.steps import TextStep, read_steps
from engine.work import Work, query
from workflows.limits_in_words import limit_in_words
from workflows.pep.deadlines import DEADLINES, Deadline, Kind
from workflows.roles import ROLES

STEP_IDS = re.compile(r"^[PTE]\d?[.-][\w.-]*\w(?:, [PTE]\d?[.-][\w.-]*\w)*\. ")
"""Ids that a modeller keeps at the head of a step's documentation; no reader needs them."""

VOICES = {"child": "the child's", "carer": "the carer's", "parent": "the parent's"}

BY_ITSELF = {
    "startEvent": "Begins here",
    "endEvent": "Ends here",
    "serviceTask": "Pepway, by itself",
    "sendTask": "Pepway, by itself",
    "businessRuleTask": "Pepway, by a decision table",
    "intermediateCatchEvent": "Pepway waits",
    "boundaryEvent": "Pepway waits",
    "callActivity": "Another flowchart",
    "subProcess": "The steps inside it",
}


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    step: TextStep
    who: str
    limit: str
    """By when, in words; of a timer: when it goes off."""
    stands_on: str
    """The sentence of the procedure or the regulation, or that it is local practice."""


@dataclass(frozen=True, slots=True)
class Flowchart:
    diagram: Diagram
    steps: Sequence[ExplainedStep]


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    release: ReleaseView
    title: str
    flowcharts: Sequence[Flowchart]
    """The procedure's own first, then those that it calls."""


@query
def procedure_page(work: Work, procedure: str) -> ProcedurePage:
    """The live release of a procedure. Raises `NotFound`."""
    release = live_release(work, procedure)
    drawn = [_flowchart(content) for content in flowcharts(work, release.id)]
    return ProcedurePage(release, drawn[0].diagram.title, drawn)


@query
def procedure_titles(work: Work) -> list[tuple[ReleaseView, str]]:
    """Every live procedure with the title of its flowchart."""
    return [
        (release, read_diagram(flowcharts(work, release.id)[0]).title)
        for release in live_releases(work)
    ]


def deadlines_by_kind() -> Mapping[Kind, Sequence[Deadline]]:
    """The table of deadlines, the most binding kind first."""
    return {kind: [each for each in DEADLINES if each.kind is kind] for kind in Kind}


def who_in_words(element: Element) -> str:
    """Who does a step: a role, or what Pepway does there."""
    if element.kind != "userTask":
        return BY_ITSELF.get(element.kind, "")
    title = ROLES[element.role].title if element.role in ROLES else element.role or ""
    voice = VOICES.get(element.voice or "")
    return f"{title}, in {voice} own words" if voice else title


def stands_on(element: Element) -> str:
    """Where a step comes from, without the modeller's ids."""
    said = STEP_IDS.sub("", element.documentation or element.source or "")
    return said.removeprefix("Stands on ")


def _flowchart(content: bytes) -> Flowchart:
    steps = [
        ExplainedStep(
            step,
            who_in_words(step.element),
            limit_in_words(step.element.due or step.element.timer),
            stands_on(step.element),
        )
        for step in read_steps(content)
    ]
    return Flowchart(read_diagram(content), steps)
