"""Every step, end and timer of both procedures is drawn, or the README says why it is not."""

import re

import pytest
from names import ROOT, elements, known_names, named_in, rows

STEPS = {
    "initial-pep": {f"P1.{number:02}" for number in range(29)},
    "review-pep": {f"P2.{number:02}" for number in range(27)},
}
ENDS = {
    "initial-pep": {"E1-ACTIVE", "E1-NOT-IN-SCOPE", "E1-CEASED", "E1-TRANSFERRED", "E1-LATE"},
    "review-pep": {"E2-UPDATED", "E2-CEASED", "E2-SUPERSEDED", "E2-TRANSFERRED", "E2-LATE"},
}
WITHOUT_TIMER = {
    "P1.09", "P1.28",
    "P2.02", "P2.03", "P2.05", "P2.07", "P2.08", "P2.09", "P2.18", "P2.21", "P2.26",
}
"""Steps for which practice asks nothing when time runs out."""

STEP = r"\b(?:P[12]\.\d\d|E[12]-[A-Z-]*[A-Z])"
TELLING = ("sendTask", "callActivity")


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "bpmn/README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def not_drawn(readme):
    part = readme.partition("## Steps that are not drawn")[2].partition("\n## ")[0]
    return {row[0]: row[2] for row in rows(part, 3) if re.fullmatch(STEP, row[0])}


@pytest.fixture(scope="module")
def timers(readme):
    part = readme.partition("## Timers and escalations")[2]
    return {step: (named_in(drawn), otherwise) for step, _, drawn, otherwise in rows(part, 4)
            if re.fullmatch(STEP, step)}


def test_every_step_and_end_is_drawn_or_listed_as_not_drawn(pep, not_drawn):
    drawn = {step for node in pep.nodes for step in re.findall(STEP, node.documentation)}
    steps = STEPS[pep.name] | ENDS[pep.name]
    assert steps - drawn == steps & set(not_drawn)
    assert drawn <= steps


def test_what_is_not_drawn_says_why(not_drawn):
    for step, reason in not_drawn.items():
        assert len(reason) > 20, step


def test_every_step_of_which_practice_asks_for_a_timer_has_a_row(timers):
    assert set(timers) == set().union(*STEPS.values()) - WITHOUT_TIMER


def test_a_timer_is_drawn_where_the_readme_says_or_has_a_reason(timers):
    for step, (processes, otherwise) in timers.items():
        assert processes or otherwise, step
        for process in processes:
            assert _watches(process, step), (step, process)


def test_the_readme_names_only_what_exists(readme):
    tables = readme.partition("## Steps that are not drawn")[2]
    assert {name for name in named_in(tables) if not re.match(r"[A-Z]\d", name)} <= known_names()


def _watches(process, step):
    """Whether the process has a timer, a message or a call of its own for this step."""
    return any(
        step in node.documentation and (node.timer or node.kind in TELLING)
        for node in elements()[process].values()
    )
