"""What is broken in a council's database, held against the journal of what its clients were told.

Each sentence begins with what has happened: `lost` (acknowledged, and not there), `doubled` (there
oftener than it was done), `half done` (a part of it is there), `tampered` (the audit does not
verify).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from journal import Entry, Journal
from moved_together import wrong_among
from standing import Standing, standing

from engine.domain import Domain
from engine.tampering import find_tampering
from workflows.pep.domain import PepDomain

AUDIT_KEY = "the chaos harness's key for seals, 32"

ABOUT = {
    "complete_task": "task", "claim_task": "task", "release_task": "task",
    "reassign_task": "task", "save_draft": "task", "close_case": "case",
    "retry_incident": "case", "change_placement": "case", "correct_date": "case",
    "cease_to_be_looked_after": "case", "open_case": "case",
}
"""Kind of an entry, which is the action's name in the audit, and the detail that it is about."""
MAY_REPEAT = frozenset({"save_draft", "claim_task"})
"""Sent again it saves again, and the record is the same; a task that was handed back meanwhile is
claimed by saving it too."""
ONE_FOR_SEVERAL = frozenset({"claim_task", "release_task", "reassign_task", "retry_incident"})
"""Done by the same person in two windows at once, it is done once and both are told so."""


def wrong_with(
    database_url: str,
    journal: Journal | None = None,
    *,
    domain: Domain | None = None,
    audit_key: str = AUDIT_KEY,
) -> list[str]:
    """A sentence for each promise that is broken.

    Kinds of the journal are those of `ABOUT`, with `task` or `case` among their details, and
    `propose_release` with its `notes`. `actor` says whose action it is, `nonce` that a form's nonce
    has to be kept, `answers` what has to stand in the record, value by path.
    """
    with standing(database_url, domain or PepDomain(), audit_key.encode()) as found:
        wrong = [*wrong_among(found)]
        wrong += [f"tampered: {each}" for each in find_tampering(found.work).findings]
        return [*wrong, *wrong_with_actions(found, journal.read() if journal else [])]


def wrong_with_actions(found: Standing, entries: Sequence[Entry]) -> Iterator[str]:
    """Of each action as often as it was acknowledged, at most as often as it was begun."""
    begun, acknowledged = defaultdict(set), defaultdict(set)
    details: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.details or entry.submit not in details:
            details[entry.submit] = entry.details
        which = _which(entry.kind, details[entry.submit])
        begun[which].add(entry.submit)
        if entry.acknowledged:
            acknowledged[which].add(entry.submit)
    for which, submits in begun.items():
        times = _times(found, which)
        if which[0] == "release_task" and _times_held(found, *which[1:]) >= times:
            # sent again after the same person had taken the task again in another window
            times = min(times, len(submits))
        yield from _too_few_or_many(which, times, len(acknowledged[which]), len(submits))
        for submit in submits:
            if times and (submit in acknowledged[which] or len(submits) == 1):
                yield from _not_whole(found, which, details[submit])


def _which(kind: str, details: dict[str, Any]) -> tuple[str, str, str]:
    """What is counted: the action, what it is about, whose it is."""
    if kind == "propose_release":
        return kind, str(details["notes"]), ""
    subject = ABOUT[kind]
    return kind, f"{subject}:{details[subject]}", str(details.get("actor", ""))


def _times(found: Standing, which: tuple[str, str, str]) -> int:
    """Whoever claims a task that has become theirs meanwhile has it by that."""
    kind, about, actor = which
    if kind == "claim_task":
        return _times_taken(found, about, actor)
    if kind == "propose_release":
        return sum(release.notes == about for release in found["release"])
    return sum(
        row.action == kind and row.about == about and actor in ("", str(row.actor_id))
        for row in found.acts
    )


def _times_taken(found: Standing, about: str, actor: str) -> int:
    given = {("task_claimed", actor), ("task_reassigned", actor)}
    return sum(
        (event.kind, event.data.get("new", str(event.actor_id))) in given
        for event in found["event"] if f"task:{event.task_id}" == about
    )


def _times_held(found: Standing, about: str, actor: str) -> int:
    """That it was opened for them counts too."""
    given = sum(
        (event.kind, event.data.get("assignee")) == ("task_opened", actor)
        for event in found["event"] if f"task:{event.task_id}" == about
    )
    return given + _times_taken(found, about, actor)


def _too_few_or_many(
    which: tuple[str, str, str], times: int, acknowledged: int, begun: int
) -> Iterator[str]:
    kind, about, _ = which
    if kind in MAY_REPEAT:
        times = min(times, begun)
    if kind in ONE_FOR_SEVERAL:
        acknowledged = min(acknowledged, 1)
    if times < acknowledged:
        yield f"lost: {kind} of {about} was acknowledged {acknowledged} times, {times} are there"
    if times > begun:
        yield f"doubled: {kind} of {about} was begun {begun} times, {times} are there"


def _not_whole(
    found: Standing, which: tuple[str, str, str], details: dict[str, Any]
) -> Iterator[str]:
    """What was answered stands, or somebody has answered otherwise since."""
    kind, about, actor = which
    nonce = details.get("nonce")
    if nonce and all(each.nonce != nonce for each in found["submission"]):
        yield f"half done: the nonce of {kind} of {about} was not kept"
    if "answers" not in details:
        return
    child = next(each.child_id for each in found["task"] if f"task:{each.id}" == about)
    first = min(row.at for row in found.acts
                if (row.action, row.about) == (kind, about) and actor in ("", str(row.actor_id)))
    for path, value in details["answers"].items():
        rows = found.kept[child].get(path, ())
        if not any(_says(row.value, value) or row.at > first for row in rows):
            yield f"lost: {path}, which {kind} of {about} has answered, is not in the record"


def _says(kept: Any, sent: Any) -> bool:
    """Rows of a list get ids as they are kept, and of a draft the cells that are hidden too."""
    if isinstance(kept, list) and isinstance(sent, list):
        return len(kept) == len(sent) and all(map(_has_row, kept, sent))
    return bool(kept == sent)


def _has_row(kept: Any, sent: Any) -> bool:
    if not (isinstance(kept, dict) and isinstance(sent, dict)):
        return bool(kept == sent)
    return all(kept.get(key) == cell for key, cell in sent.items() if key != "id")
