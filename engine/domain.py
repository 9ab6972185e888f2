"""What the engine asks of the domain that it runs procedures for.

The engine knows no children, schools or plans. `workflows` gives it one object that satisfies
`Domain`; the engine calls it inside the transaction of the action at hand.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

if TYPE_CHECKING:
    from engine.forms.answers import Entry
    from engine.store.models import Case, Release, Task
    from engine.work import Acting, Work


class ValueType(StrEnum):
    """The types that a name in an expression may have; `date` is a whole day in London."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    DATE = "date"
    DURATION = "duration"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Fact:
    """A name that expressions may read from the domain; never copied into a case's state."""

    name: str
    type: ValueType
    certain: bool
    """True where the domain promises that the fact always has a value."""
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """One calendar day passed while a date was counted; `counted` is False for a skipped day."""

    day: date
    counted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Overload:
    parameters: tuple[ValueType, ...]
    result: ValueType


@dataclass(frozen=True, slots=True)
class Function:
    """A function that expressions may call.

    `call(calendar, *arguments)` gets whatever `Domain.calendar` returned; dates are
    `datetime.date`. `explain`, where it counts days, gives every day passed, in order.
    """

    name: str
    overloads: tuple[Overload, ...]
    call: Callable[..., Any]
    explain: Callable[..., Sequence[Step]] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """A step must ask for this place of the record, where `role` is given one of that role."""

    path: str
    what: str
    """The question in words, as "the child's own view of their progress"."""
    role: str = ""
    by: str = ""
    """Fact that the step's due date must be counted from, and never after."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A timer must be counted from this fact or function."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class ProtectedRule:
    """What a procedure must keep, whoever edits it (design decision 15)."""

    key: str
    text: str
    source: str
    statutory: bool
    """Nobody can remove it; a local one somebody may set aside, with a reason."""
    procedure: str
    needs: tuple[Asks | Counts, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a diagram may name. Needs no database: `pepway check` uses it alone."""

    roles: Mapping[str, str] = field(default_factory=dict)
    """Title by key of every role that can hold a task or be told something."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    """Title by name of what a service task or send task may do."""
    paths: Mapping[str, Any] = field(default_factory=dict)
    """Declared places of the record, by path; a form field bound to another path is free."""
    protected: tuple[ProtectedRule, ...] = ()
    jargon: Mapping[str, str] = field(default_factory=dict)
    """Words of the trade that a form should not use: what to do instead, by the word."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. The system itself acts as `SYSTEM`."""

    id: UUID
    name: str
    roles: frozenset[str]


SYSTEM = Actor(UUID(int=0), "Pepway", frozenset({"system"}))


@dataclass(frozen=True, slots=True)
class RolePeople:
    """Who may do a role's tasks for one child today, by the assignment rule."""

    people: tuple[UUID, ...]
    cover_role: str | None = None
    """Set where no one holds the role and another role covers it."""
    reserve: tuple[UUID, ...] = ()
    """Others who may be given a task by name: the people of the covering role."""
    instead_of: Mapping[UUID, UUID] = field(default_factory=dict)
    """Of `people`, who stand in for somebody who is away, each with whom they stand in for."""
    away: tuple[UUID, ...] = ()
    """In whose places they stand."""

    @property
    def whether_or_not_away(self) -> tuple[UUID, ...]:
        """Whom the role belongs to, as somebody asks who plans for weeks ahead."""
        return (*(each for each in self.people if each not in self.instead_of), *self.away)

    def may_hold(self, person: UUID | None) -> bool:
        return person in self.people or person in self.reserve

    def stood_in_for(self, person: UUID | None) -> UUID | None:
        """In whose place this person has a task, or, of one that waits, whoever takes it."""
        if person is not None:
            return self.instead_of.get(person)
        away = {self.instead_of.get(each) for each in self.people}
        return away.pop() if len(away) == 1 else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A value of the record as it stands, with who put it there."""

    path: str
    value: Any
    valid: bool
    version: int
    by: UUID | None
    at: datetime | None


class Told(Enum):
    """What answers say beyond themselves."""

    NOTHING = "nothing"
    FACTS = "facts"
    """Facts that the record tells."""
    ROWS = "rows"
    """What facts, or who may be given tasks, are told from: it is to be read anew."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something of a case that does not fit together, in a process owner's words."""

    kind: str
    message: str
    element: str | None = None
    """The step that it is about."""


@dataclass(frozen=True, slots=True)
class LooseRows:
    """Rows that belong to nothing, in one piece of a table."""

    rows: Sequence[str]
    """Table and id of each."""
    upto: str
    """Where the next piece begins; empty after the last."""


@dataclass(frozen=True, slots=True)
class ActionCall:
    """One service or send task that the flow has reached."""

    name: str
    element: str
    to: str | None
    message: str | None


class Known(Protocol):
    """What the domain knows of one case on one day, as it stood when it was asked for."""

    @property
    def calendar(self) -> Any:
        """What functions of expressions count with: closures, term dates, this day."""

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        """Values of these facts; one without a value is left out. Dates are `date`."""

    @property
    def kept(self) -> Mapping[str, Kept]:
        """The record's values at the paths that were asked for, where there are any."""

    def people_for(self, role: str) -> RolePeople:
        """Who may be given a task of this role for the case's child."""


class Domain(Protocol):
    vocabulary: Vocabulary

    def known(
        self, session: Session, case: "Case", on: date, paths: Collection[str] = ()
    ) -> Known:
        """Read what is known of the case now; `paths` are places of the record."""

    def options(self, session: Session, case: "Case", name: str) -> Sequence[tuple[str, str]]:
        """Value and label of each choice of a field whose options the domain gives."""

    def save(
        self,
        work: "Work",
        case: "Case",
        entries: Sequence["Entry"],
        known: Any,
        *,
        final: bool,
    ) -> "Told":
        """Write entries to the open version of the record, and tell what else they say.

        `known` is what this domain's `known` gave for their paths, and still so; what the record
        itself tells it knows afterwards. A draft (`final=False`) keeps invalid values as typed, and
        what it tells is told again when it is completed. Raises `ValuesChanged` where an entry's
        `seen` version is no longer the one that stands and the value differs.
        """

    def visible(
        self, work: "Work", child_id: InstrumentedAttribute[Any]
    ) -> ColumnElement[bool]:
        """A condition that keeps only the children whom the actor may see."""

    def sight(self, actor: Actor) -> str:
        """Whose rows the database itself shows where this actor reads: their own id, or
        `engine.store.sight.COUNCIL`."""

    def perform(
        self, work: "Work", case: "Case", call: ActionCall, known: Any
    ) -> Mapping[str, Any]:
        """Do what a service or send task names; returns the names that it gives a value.

        `known` is what this domain's `known` gave, and still so.
        """

    def task_opened(self, work: "Work", case: "Case", task: "Task") -> None:
        """Told of each new task, in its transaction."""

    def people_changed(self, work: "Work", case: "Case", known: "Known") -> None:
        """Told when the people round a case may be others, in the transaction that gives them its
        tasks."""

    def case_ended(self, work: "Work", case: "Case") -> None:
        """Told when a case has come to its end, in its transaction."""

    def release_reviewed(self, work: "Work", event: str, release: "Release") -> None:
        """A release was proposed, approved or returned: `event` is how that is called."""

    def day_begins(self, by: "Acting") -> None:
        """Told once on each day in London, and when Pepway starts; outside any transaction."""

    def let_programs_hear(self, by: "Acting", stopping: Callable[[], bool]) -> None:
        """Write messages for whoever is told of events. Outside any transaction."""

    def message_given_up(self, work: "Work", kind: str, message_id: UUID) -> None:
        """Told when a message will not be tried again by itself, in that transaction."""

    def carry_on(self, by: "Acting", stopping: Callable[[], bool]) -> bool:
        """Go on, a little at a time, with long work that a person has left to the background;
        whether more waits. Outside any transaction."""

    def figures_follow(self, by: "Acting", stopping: Callable[[], bool]) -> bool:
        """Let what is counted beside the cases follow what has happened, a little at a time;
        whether more waits. Outside any transaction."""

    def figures_behind(self, work: "Work") -> int:
        """How many events they have still to follow."""

    def misfits(
        self, work: "Work", case: "Case", tasks: "Sequence[Task]"
    ) -> Sequence[Misfit]:
        """What of a running case does not fit together in the domain: whether each of these open
        tasks has an owner who may see it, and the case its record. Changes nothing."""

    def loose_rows(self, work: "Work", after: str) -> LooseRows:
        """Rows of the domain that belong to nothing, among some that come after these."""
