"""What the check says: findings as sentences, a verdict for each file, and the rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.spiff.flow import MOST_STEPS

ERROR, WARNING, NOTE = "error", "warning", "note"

MOST_ALIKE = 10
"""So often the same is said of one shape after the other; of more of them it is said together."""
_SAID_OF = re.compile("“([^”]*)”")
LONGEST_NAME = 200
"""Of a name or an expression, so much stands in a sentence."""

RULES = {
    "unreadable": "A file can be read as BPMN 2.0, a form-js form or DMN",
    "too-complex": "A file is small and flat enough to be checked within 60 seconds and 1 GB",
    "too-large": "A diagram has at most 2,000 elements",
    "element-not-allowed": "Only elements that Pepway can run safely are used",
    "not-yet": "Elements that Pepway will run in a later version are not used yet",
    "vendor-attribute": "Attributes of other tools are kept but never executed",
    "part-unread": "Parts of shapes that Pepway does not read are named",
    "attribute-unknown": "Every pepway: attribute is one that Pepway knows",
    "id-missing": "Every element has an id",
    "id-duplicate": "No two elements of a procedure have the same id",
    "process-missing": "The folder has a process with the folder's name as its id",
    "process-not-executable": "A process is marked as executable",
    "one-pool": "A diagram has one pool",
    "lane-nested": "Lanes do not lie inside lanes",
    "start-one": "A process has exactly one start event, without timer or message",
    "end-missing": "A process has an end event",
    "flow-dangling": "Every arrow leads from one shape to another in the same process",
    "arrows": "A shape has the arrows that its kind needs",
    "unreachable": "Every shape can be reached from the start",
    "cannot-end": "From every shape the case can still come to an end",
    "deadlock": "No case stops before a parallel gateway for something that never comes",
    "ever-more": "What goes on beside a step does not open more of it without end",
    "loop-without-wait": "No loop goes round without a person or a date in it",
    "too-much-at-once": f"At most {MOST_STEPS} steps follow each other without a person or a date",
    "fork-too-wide": "At most 256 ways are open side by side",
    "way-too-long": "At most 350 shapes follow each other in one process",
    "condition-missing": "Arrows out of an exclusive gateway have conditions, or are the default",
    "default-missing": "An exclusive gateway has a default arrow, or its conditions leave no gap",
    "condition-not-allowed": "Conditions stand only on arrows out of an exclusive gateway",
    "expression": "Every condition, timer and due date can be worked out",
    "name-uncertain": "A name in an expression has a value on every path to it",
    "name-clash": "A field's key has one meaning in a procedure",
    "role-missing": "Every user task stands in a lane with a role",
    "role-unknown": "Every role is one that people can hold",
    "form-missing": "Every user task has a form",
    "form-not-found": "Every form that a task names is in the folder",
    "form-unused": "Every form in the folder is used by a task",
    "due-missing": "A user task says when it is due",
    "voice-unknown": "A voice is child, carer or parent",
    "timer": "Every timer has one date or one duration",
    "action-unknown": "Every service or send task names an action that Pepway has",
    "call": "A called process is in the folder and does not call itself",
    "protected-rule": "A procedure keeps what law and the procedure's source demand of it",
    "local-rule": "A procedure keeps the council's own protected rules, or is approved without",
    "decision-missing": "Every business rule task names a decision that is in the folder",
    "decision-unused": "Every decision in the folder is asked by a business rule task",
    "decision-table": "A .dmn file has one decision, a table that Pepway runs",
    "decision-cell": "Every cell of a decision table can be compared with its column's name",
    "decision-overlap": "Rules of a decision table do not contradict each other",
    "decision-gap": "Some rule of a decision table applies, whatever is asked",
    "decision-rule-unused": "Every rule of a decision table can apply",
    "decision-test": "A decision table gives what its tests expect of it",
    "decision-too-large": "A decision table is small enough to be looked through",
    "form-words": "A required field says what to do when it is empty",
    "condition-in-form": "Conditions in forms are of the kind that Pepway understands",
    "rule-in-form": "A rule between questions of a form is about what the form asks",
}


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    severity: str
    element: str | None
    message: str
    way: tuple[str, ...] = ()
    """Where a case can go wrong: the steps and arrows by which it comes to that, in order."""


@dataclass(frozen=True, slots=True)
class FileReport:
    file: str
    procedure: str | None
    verdict: str
    """`unusable`, `refused` or `sound`."""
    findings: tuple[Finding, ...]


def report(
    file: str, procedure: str | None, findings: Sequence[Finding], *, readable: bool = True
) -> FileReport:
    refused = any(finding.severity == ERROR for finding in findings)
    verdict = ("refused" if refused else "sound") if readable else "unusable"
    said = (replace(each, message=_SAID_OF.sub(_in_short, each.message)) for each in findings)
    return FileReport(file, procedure, verdict, tuple(said))


def _in_short(quoted: re.Match[str]) -> str:
    name = quoted[1]
    return quoted[0] if len(name) <= LONGEST_NAME else f"“{name[: LONGEST_NAME - 1]}…”"


def alike_once(findings: Sequence[Finding]) -> list[Finding]:
    """Where more than `MOST_ALIKE` differ in names only: the first three, and one for the rest."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        sentence = _SAID_OF.sub("", finding.message)
        alike.setdefault((finding.rule, sentence), []).append(finding)
    return [finding for group in alike.values() for finding in _together(group)]


def _together(group: Sequence[Finding]) -> Iterator[Finding]:
    many = len(group) > MOST_ALIKE
    yield from group[:3] if many else group
    if many:
        first, rest = group[0], group[3:]
        names = [_name_in(each) for each in rest[:MOST_ALIKE]]
        more = " and others" if len(rest) > MOST_ALIKE else ""
        yield Finding(first.rule, first.severity, None, f"The same is to be said of {len(rest)} "
                      f"more: {', '.join(names)}{more}.")


def _name_in(finding: Finding) -> str:
    named = _SAID_OF.search(finding.message)
    return named[0] if named else finding.element or "one without a name"
