"""The assurance pack of a term: each limit of each child with its evidence, and the sums.

For whoever asks the authority how it knows. Nothing of a restricted record leaves with it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.store.models import Case, Event
from engine.work import Acting, Work, query, verb
from workflows.access import visible
from workflows.board.statutory import BY_DEADLINE, Outcome, Tally, outcome_of
from workflows.calendar import months, working_days_until
from workflows.children import Child, School
from workflows.days import long_date, moment_in_words
from workflows.figures.tables import Clock
from workflows.people import Team
from workflows.pep.reviews import StatutoryReview
from workflows.sight.standing import set_apart

ACTION = "export_assurance_pack"
TERMS = ((9, "Autumn"), (1, "Spring"), (5, "Summer"))
"""First month and name: September to December, January to April, May to August."""
MONTHS = 4
OFFERED = 4
NOTED_AT_ONCE = 500
"""Children in one row of the audit."""
NO_EVIDENCE = "Nothing on record"
HEADINGS = ("Child", "Case", "What", "Source", "Limit", "Met on", "Outcome", "Working days late",
            "Evidence", "School on that day", "Team on that day")
SUMS = ("What", "On time", "Late, with the reason", "Late, no reason given", "To come",
        "Ended before its limit", "On time in %", "What is counted", "Source")


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    """Its first day, as an address says it."""
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Pack:
    term: Term
    children: Sequence[Sequence[str]]
    """Headings, then a row for each limit."""
    authority: Sequence[Sequence[str]]
    """Headings, then a row for each measure: the sums of `children`."""


def terms(today: date) -> list[Term]:
    """This one and those before it, the newest first."""
    found: list[Term] = []
    end = today
    while len(found) < OFFERED:
        month, name = next(each for each in TERMS if each[0] == _first_month(end))
        first = date(end.year, month, 1)
        last = months(None, first, MONTHS) - timedelta(days=1)
        found.append(Term(first.isoformat(), f"{name} {first.year}", first, last))
        end = first - timedelta(days=1)
    return found


def assurance_pack(by: Acting, term: Term) -> Pack:
    """Who takes it is on record before it leaves, with every child in it."""
    pack, limits_of = _pack(by, term)
    _note(by, term, limits_of)
    return pack


@query
def _pack(work: Work, term: Term) -> tuple[Pack, Mapping[UUID, int]]:
    rows = _rows(work, term)
    evidence = _Evidence(work, {clock.case_id for clock, *_ in rows})
    counted: dict[str, Counter[Outcome]] = {}
    for clock, outcome, *_ in rows:
        counted.setdefault(clock.deadline, Counter())[Outcome(outcome)] += 1
    schools, teams = _names(work, School), _names(work, Team)
    children = [
        (reference, case_reference, BY_DEADLINE[clock.deadline].title,
         BY_DEADLINE[clock.deadline].source, clock.due_on.isoformat(),
         clock.met_on.isoformat() if clock.met_on else "", outcome,
         _days_late(clock, Outcome(outcome), work.today), evidence.of(clock),
         schools.get(clock.school_id, ""), teams.get(clock.team_id, ""))
        for clock, outcome, reference, case_reference in rows
    ]
    return (Pack(term, [HEADINGS, *children], [SUMS, *_sums(counted)]),
            Counter(clock.child_id for clock, *_ in rows))


@verb
def _note(work: Work, term: Term, limits_of: Mapping[UUID, int]) -> None:
    children = sorted(limits_of.items())
    for at in range(0, max(len(children), 1), NOTED_AT_ONCE):
        named = {str(child): limits for child, limits in children[at:at + NOTED_AT_ONCE]}
        work.audit(ACTION, about=f"term:{term.key}", children=named)


def _rows(work: Work, term: Term) -> Sequence[Any]:
    wanted = [Clock.due_on >= term.first, Clock.due_on <= term.last,
              Clock.deadline.in_(list(BY_DEADLINE)),
              visible(work, Clock.child_id, "export_cases")]
    if restricted := set_apart(work).restricted:
        wanted.append(Clock.child_id.not_in(restricted))
    return work.session.execute(
        select(Clock, outcome_of(work.today), Child.reference, Case.reference)
        .join(Child, Child.id == Clock.child_id)
        .join(Case, Case.id == Clock.case_id)
        .where(*wanted).order_by(Child.reference, Clock.due_on, Clock.deadline)
    ).all()


class _Evidence:
    """What says when a limit was met: the event in the chain, or the review as it was entered."""

    def __init__(self, work: Work, cases: set[UUID]) -> None:
        self._prepared: dict[UUID, Event] = {}
        self._passed: dict[UUID, Event] = {}
        for event in work.session.scalars(
            select(Event)
            .where(Event.case_id.in_(cases), Event.kind.in_(["plan_prepared", "action_performed"]))
            .order_by(Event.seq)
        ):
            assert event.case_id is not None  # noqa: S101 (it was asked for by it)
            if event.kind == "plan_prepared":
                self._prepared.setdefault(event.case_id, event)
            elif event.data.get("action") == "pass_plan_on":
                self._passed.setdefault(event.case_id, event)
        self._reviews = {row.case_id: row for row in work.session.scalars(
            select(StatutoryReview).where(StatutoryReview.case_id.in_(cases)))}

    def of(self, clock: Clock) -> str:
        if clock.met_on is None:
            return NO_EVIDENCE
        if clock.deadline in ("T3", "T5", "T6"):
            review = self._reviews[clock.case_id]
            return f"Review {review.number}, entered as held on {long_date(clock.met_on)}"
        passed = clock.deadline in ("T4", "T7")
        event = (self._passed if passed else self._prepared).get(clock.case_id)
        if event is None:
            return NO_EVIDENCE
        said = "Plan passed on" if passed else "Both had signed the plan"
        return f"{said} {moment_in_words(event.at)} (event {event.seq})"


def _sums(counted: Mapping[str, Counter[Outcome]]) -> Iterator[Sequence[str]]:
    for deadline, measure in BY_DEADLINE.items():
        counts = counted.get(deadline, Counter())
        share = Tally(counts).share
        yield (measure.title, *(str(counts[each]) for each in Outcome),
               "" if share is None else str(share),
               measure.definition, measure.source)


def _days_late(clock: Clock, outcome: Outcome, today: date) -> str:
    if outcome not in (Outcome.LATE, Outcome.EXPLAINED):
        return ""
    return str(max(0, working_days_until(clock.due_on, clock.met_on or today)))


def _names(work: Work, table: Any) -> Mapping[UUID | None, str]:
    return dict(work.session.execute(select(table.id, table.name)).all())


def _first_month(day: date) -> int:
    return max(month for month, _ in TERMS if month <= day.month)
