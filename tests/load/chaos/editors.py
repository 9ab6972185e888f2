"""Two to five windows with the same task, each with what it showed when it was opened.

What happens to what they save is held against a serial oracle: a dictionary of value and version.
No update may be lost, and nobody may be asked about a value that has not changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from random import Random
from typing import Any
from uuid import uuid4

from chaos_council import ChaosCouncil
from many_at_once import at_once

from engine.errors import ValuesChanged
from engine.tasks import TaskView, save_draft, task_form
from engine.work import Acting

TASK = "complete_education_sections"
FIELDS = 4
WORDS = ("One", "Two", "Three")
"""Few, so that two often type the same."""
STEPS = 10

Record = dict[str, tuple[str, int]]
"""Value and version by field."""
Said = list[tuple[str, str, str, int]] | None
"""Of what somebody is asked about: field, what was typed, what stands, its version; None where it
was saved."""


@dataclass
class Window:
    typed: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def open(self, record: Record) -> None:
        self.typed = {key: value for key, (value, version) in record.items() if version}
        self.seen = {key: version for key, (_, version) in record.items()}

    def type(self, chance: Random) -> None:
        for key in chance.sample(sorted(self.seen), chance.randint(1, 2)):
            self.typed[key] = chance.choice(WORDS)

    def learn(self, said: Said) -> None:
        """The page that asks carries the versions that stand: sending it again is a choice."""
        for key, _, _, version in said or ():
            self.seen[key] = version


def saved(record: Record, window: Window) -> Said:
    """The oracle."""
    clashes = [
        (key, typed, value, version)
        for key, typed in window.typed.items()
        for value, version in [record[key]]
        if version and window.seen[key] != version and typed != value
    ]
    if clashes:
        return sorted(clashes)
    for key, typed in window.typed.items():
        value, version = record[key]
        if typed != value:
            record[key] = (typed, version + 1)
    return None


class Desk:
    """The task whose windows these are."""

    def __init__(self, council: ChaosCouncil) -> None:
        case_id = council.start_case(f"Desk {uuid4()}")
        council.play_until(case_id, lambda open_now: TASK in open_now)
        self._task: TaskView = council.open_tasks(case_id)[TASK]
        self._by: Acting = council.who(self._task)
        self._keys = [
            each.key for each in task_form(self._by, self._task.id).form.inputs()
            if each.kind in ("text", "textarea") and not each.hidden_when
        ][:FIELDS]

    def record(self) -> Record:
        kept = task_form(self._by, self._task.id).kept
        return {key: (kept[key].value, kept[key].version) if key in kept else ("", 0)
                for key in self._keys}

    def save(self, window: Window) -> Said:
        try:
            save_draft(self._by, self._task.id, window.typed, window.seen)
        except ValuesChanged as changed:
            return sorted((each.key, str(each.typed), str(each.current), each.version)
                          for each in changed.clashes)
        return None


def one_after_the_other(desk: Desk, seed: int) -> Iterator[str]:
    """Windows opened and saved in any order, stale as they are."""
    chance, record = Random(seed), desk.record()
    windows = [Window() for _ in range(chance.randint(2, 5))]
    for window in windows:
        window.open(record)
    for step in range(STEPS):
        window = chance.choice(windows)
        if chance.random() < 0.2:
            window.open(record)
        window.type(chance)
        expected, said = saved(record, window), desk.save(window)
        if said != expected:
            yield f"seed {seed}, step {step}: {said} instead of {expected}"
            return
        if chance.random() < 0.5:
            window.learn(said)
        if (stands := desk.record()) != record:
            yield f"seed {seed}, step {step}: {stands} instead of {record}"
            return


def all_at_once(desk: Desk, seed: int) -> Iterator[str]:
    """All press Save at the same moment: it is as if one had been after the other."""
    chance, record = Random(seed), desk.record()
    windows = [Window() for _ in range(chance.randint(2, 5))]
    for window in windows:
        window.open(record)
        window.type(chance)
    said = at_once(len(windows), lambda number: desk.save(windows[number]))
    broken = [each for each in said if isinstance(each, Exception)]
    if broken:
        yield f"seed {seed}: {broken}"
    elif not _is_serial(record, windows, said, desk.record()):
        yield f"seed {seed}: no order of {windows} gives {said} and {desk.record()}"


def _is_serial(before: Record, windows: Sequence[Window], said: list[Any], after: Record) -> bool:
    for order in permutations(range(len(windows))):
        record = dict(before)
        told = {number: saved(record, windows[number]) for number in order}
        if record == after and all(told[number] == said[number] for number in order):
            return True
    return False
