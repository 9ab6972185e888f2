"""A domain without children's law in it: what the engine's own tests run on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import true

from engine.domain import (
    ActionCall,
    Actor,
    Fact,
    Function,
    Kept,
    LooseRows,
    Misfit,
    Overload,
    RolePeople,
    Told,
    ValueType,
    Vocabulary,
)
from engine.errors import Clash, FlowFailed, ValuesChanged
from engine.store.sight import COUNCIL

CHILD = UUID(int=7)
ANN = Actor(UUID(int=1), "Ann", frozenset({"social_worker"}))
BEN = Actor(UUID(int=2), "Ben", frozenset({"designated_teacher"}))
CAT = Actor(UUID(int=3), "Cat", frozenset({"virtual_school"}))
DAN = Actor(UUID(int=4), "Dan", frozenset({"virtual_school"}))
NOBODY = Actor(UUID(int=99), "Nobody", frozenset())


def _days_after(_calendar: Any, day: date, count: int) -> date:
    return day + timedelta(days=count)


@dataclass
class PlainlyKnown:
    """What a moment's case is told from: copies, as a database would give."""

    facts_now: dict[str, Any]
    holders: dict[str, tuple[UUID, ...]]
    kept: Mapping[str, Kept]
    calendar: None = None

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        return {name: self.facts_now[name] for name in names if name in self.facts_now}

    def people_for(self, role: str) -> RolePeople:
        people = self.holders.get(role, ())
        if people:
            return RolePeople(people)
        return RolePeople(self.holders["virtual_school"], cover_role="virtual_school")


@dataclass
class PlainDomain:
    """Keeps the record in a dictionary and asks no one."""

    facts_now: dict[str, Any] = field(
        default_factory=lambda: {"placement_start": date(2026, 3, 2), "signed": False}
    )
    holders: dict[str, tuple[UUID, ...]] = field(
        default_factory=lambda: {
            "social_worker": (ANN.id,),
            "designated_teacher": (BEN.id,),
            "virtual_school": (CAT.id, DAN.id),
        }
    )
    record: dict[str, Kept] = field(default_factory=dict)
    date_told_at: str = ""
    """Place of the record whose value is the start of the placement."""
    performed: list[ActionCall] = field(default_factory=list)
    failing: bool = False

    vocabulary = Vocabulary(
        roles={
            "social_worker": "Social worker",
            "designated_teacher": "Designated teacher",
            "virtual_school": "Virtual school",
        },
        facts={
            "placement_start": Fact("placement_start", ValueType.DATE, True, "Placement start"),
            "signed": Fact("signed", ValueType.BOOL, True, "Signed"),
            "review_on": Fact("review_on", ValueType.DATE, False, "Review"),
        },
        functions=(
            Function(
                "days_after",
                (Overload((ValueType.DATE, ValueType.INT), ValueType.DATE),),
                _days_after,
            ),
        ),
        actions={"tell": "Tell someone", "fail": "Fail while `failing`"},
    )

    def known(
        self, _session: Any, _case: Any, _on: date, paths: Collection[str] = ()
    ) -> "PlainlyKnown":
        kept = {path: self.record[path] for path in paths if path in self.record}
        return PlainlyKnown(dict(self.facts_now), dict(self.holders), kept)

    def options(self, _session: Any, _case: Any, _name: str) -> Sequence[tuple[str, str]]:
        return [(str(DAN.id), DAN.name)]

    def save(self, work: Any, _case: Any, entries: Any, known: Any, *, final: bool) -> Told:
        clashes = []
        for entry in entries:
            stands = self.record.get(entry.path)
            version = stands.version if stands else 0
            stale = entry.seen is not None and entry.seen != version
            if stands and stale and stands.value != entry.value:
                clashes.append(
                    Clash(entry.key, entry.path, entry.label, entry.value, stands.value,
                          version, stands.by, stands.at)
                )
        if clashes:
            raise ValuesChanged(clashes)
        for entry in entries:
            stands = self.record.get(entry.path)
            version = (stands.version if stands else 0) + 1
            self.record[entry.path] = Kept(
                entry.path, entry.value, entry.valid, version, work.actor.id, work.now
            )
            if entry.path == self.date_told_at:
                self.facts_now["placement_start"] = date.fromisoformat(entry.value)
                known.facts_now = dict(self.facts_now)
        told = any(entry.path == self.date_told_at for entry in entries)
        return Told.FACTS if told else Told.NOTHING

    def visible(self, _work: Any, _child_id: Any) -> Any:
        return true()

    def sight(self, _actor: Any) -> str:
        return COUNCIL

    def perform(
        self, _work: Any, _case: Any, call: ActionCall, _known: Any
    ) -> Mapping[str, Any]:
        if call.name == "fail" and self.failing:
            raise FlowFailed("The letter cannot be written.", element=call.element)
        self.performed.append(call)
        return {}

    def task_opened(self, _work: Any, _case: Any, _task: Any) -> None:
        return None

    def people_changed(self, _work: Any, _case: Any, _known: Any) -> None:
        pass

    def case_ended(self, _work: Any, _case: Any) -> None:
        return None

    def release_reviewed(self, _work: Any, _event: str, _release: Any) -> None:
        return None

    def day_begins(self, _by: Any) -> None:
        return None

    def let_programs_hear(self, _by: Any, _stopping: Any) -> None:
        return None

    def message_given_up(self, _work: Any, _kind: Any, _message_id: Any) -> None:
        return None

    def carry_on(self, _by: Any, _stopping: Any) -> bool:
        return False

    def figures_follow(self, _by: Any, _stopping: Any) -> bool:
        return False

    def figures_behind(self, _work: Any) -> int:
        return 0

    def misfits(self, _work: Any, _case: Any, _tasks: Any) -> list[Misfit]:
        return []

    def loose_rows(self, _work: Any, _after: str) -> LooseRows:
        return LooseRows((), "")
