"""Cases that are over, as trials: what was done in them and when, and nobody's name.

Read are dates, choices and whether something was answered at all: nothing that somebody wrote
leaves the database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.forms import Field
from engine.releases import compiled
from engine.spiff import Flow, Procedure
from engine.store.models import Case, CaseStatus, Event
from engine.trial import Act, WasDone, Woken
from engine.work import LONDON, Work, query
from workflows.pep.case_dates import day_of
from workflows.pep.domain import FOLLOWED
from workflows.pep.facts import SHORT_BREAKS, TOLD_AT, CaseFacts
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.quality import RATED_AT
from workflows.trying.beginning import (
    AtSchool,
    Beginning,
    PlacementBegun,
    ReviewAhead,
)

REPLAYED = frozenset({"task_completed", "timer_woken"})
CHANGED_MEANWHILE = frozenset({
    "date_corrected", "review_brought_forward", "placement_changed", "school_changed",
    "incident_opened", "plan_reopened", "case_moved",
})
"""Events after which a case went on from other facts than it began with."""
_COMPARED = ("task_opened", "task_completed", "action_performed", "case_ended")
_CHOSEN = frozenset({"date", "radio", "select", "checkbox", "checkboxes", "number"})
"""Kinds of question whose answers are no words of anybody's."""


@dataclass(frozen=True, slots=True)
class PastCase:
    reference: str
    ended_on: date | None
    release_id: UUID
    begins: Beginning
    acts: tuple[Act, ...]
    ways: tuple[tuple[str, ...], ...]
    """Of each act the elements and arrows that the case went through because of it."""
    went: tuple[tuple[str, str], ...]
    """Kind and element of all that happened, sorted: what a replay is held to."""
    changed_meanwhile: bool


@dataclass(frozen=True, slots=True)
class PastCases:
    cases: Sequence[PastCase]
    """The one that ended last first."""
    finished: int
    """Of this procedure, in all."""


@query
def past_cases(
    work: Work, procedure: str, also: Procedure, limit: int
) -> PastCases:
    """The cases of a procedure that ended last. `also` is what they are to be replayed in, whose
    questions may be others than those that they were asked."""
    with work.for_the_council("finished cases are dates and choices, and none is named"):
        ended = (Case.procedure == procedure, Case.status == CaseStatus.ENDED)
        finished = work.session.scalar(select(func.count()).select_from(Case).where(*ended)) or 0
        rows = list(work.session.scalars(
            select(Case).where(*ended).order_by(Case.ended_at.desc(), Case.id).limit(limit)
        ))
        events = _events(work, [row.id for row in rows])
        return PastCases([_past(work, row, events[row.id], also) for row in rows], finished)


def _past(work: Work, case: Case, events: Sequence[Event], also: Procedure) -> PastCase:
    own = compiled(work, case.release_id)
    recorded = _recorded(work, case, own, also)
    outcomes = Flow.decode(own, case.state).outcomes
    acts, ways = [], []
    for act, way in _acts(events):
        acts.append(_with_answers(act, own, also, recorded, outcomes))
        ways.append(way)
    return PastCase(
        case.reference,
        day_of(case.ended_at) if case.ended_at else None,
        case.release_id,
        _beginning(work, case),
        tuple(acts),
        tuple(ways),
        tuple(sorted((each.kind, each.element or "") for each in events
                     if each.kind in _COMPARED)),
        any(each.kind in CHANGED_MEANWHILE for each in events),
    )


def _events(work: Work, case_ids: Sequence[UUID]) -> Mapping[UUID, list[Event]]:
    wanted = {*REPLAYED, *CHANGED_MEANWHILE, *_COMPARED, "path_taken"}
    found: dict[UUID, list[Event]] = defaultdict(list)
    for row in work.session.scalars(
        select(Event).where(Event.case_id.in_(case_ids), Event.kind.in_(wanted))
        .order_by(Event.seq)
    ):
        found[row.case_id or UUID(int=0)].append(row)
    return found


def _acts(events: Sequence[Event]) -> Iterator[tuple[Act, tuple[str, ...]]]:
    """Each with the way that the case took because of it."""
    for number, each in enumerate(events):
        if each.kind in REPLAYED:
            at = each.at
            act: Act = (WasDone(each.element or "", at, {}) if each.kind == "task_completed"
                        else Woken(each.element or "", at))
            way = next((tuple(later.data["passed"]) for later in events[number + 1:]
                        if later.kind == "path_taken"), ())
            yield act, way


def _with_answers(
    act: Act,
    own: Procedure,
    also: Procedure,
    recorded: Mapping[str, Any],
    outcomes: Mapping[str, Any],
) -> Act:
    """What was answered, as far as a way or a date may depend on it."""
    if not isinstance(act, WasDone):
        return act
    said: dict[str, Any] = {}
    for field in (*_fields(own, act.element), *_fields(also, act.element)):
        value = recorded.get(field.path)
        kept = outcomes.get(field.key)
        if field.kind in _CHOSEN:
            given = value if value is not None else _plain(kept)
        else:
            given = _something(field) if value is not None or kept is not None else None
        if given is not None:
            said[field.path] = given
    return WasDone(act.element, act.at, said)


def _fields(procedure: Procedure, element: str) -> list[Field]:
    found = procedure.elements.get(element)
    form = procedure.forms.get(found.form or "") if found else None
    return list(form.inputs()) if form else []


def _something(field: Field) -> Any:
    """Stands for what somebody wrote."""
    return [{}] if field.kind == "list" else "answered"


def _plain(kept: Any) -> Any:
    return kept.isoformat() if hasattr(kept, "isoformat") else kept


def _recorded(
    work: Work, case: Case, own: Procedure, also: Procedure
) -> dict[str, Any]:
    """By place: a choice as it stands, and of words only that there are any."""
    fields = [field for procedure in (own, also) for form in procedure.forms.values()
              for field in form.inputs()]
    read = frozenset({*own.outcome_names, *also.outcome_names})
    wanted = [field for field in fields if field.key in read or field.path in _TELLING]
    chosen = {field.path for field in wanted if field.kind in _CHOSEN}
    words = {field.path for field in wanted} - chosen
    return {**dict.fromkeys(_paths(work, case, words), True), **_values(work, case, chosen)}


_TELLING = frozenset({*FOLLOWED, *TOLD_AT, *RATED_AT})


def _values(work: Work, case: Case, paths: Collection[str]) -> dict[str, Any]:
    rows = work.session.execute(
        select(RecordValue.path, RecordValue.value)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.case_id == case.id, RecordValue.path.in_(paths), RecordValue.valid)
        .order_by(RecordVersion.number)
    )
    return {row.path: row.value for row in rows if row.value is not None}


def _paths(work: Work, case: Case, paths: Collection[str]) -> list[str]:
    return list(work.session.scalars(
        select(RecordValue.path)
        .join(RecordVersion, RecordVersion.id == RecordValue.version_id)
        .where(RecordVersion.case_id == case.id, RecordValue.path.in_(paths), RecordValue.valid)
        .distinct()
    ))


def _beginning(work: Work, case: Case) -> Beginning:
    known = CaseFacts(work.session, case, case.opened_at.astimezone(LONDON).date())
    review, before = known.review, known.review_before
    return Beginning(
        procedure=case.procedure,
        opened_at=case.opened_at,
        born_on=known.child.born_on,
        looked_after_on=known.in_care_since,
        short_breaks=known.child.legal_status == SHORT_BREAKS,
        out_of_area=known.child.out_of_area,
        placements=tuple(PlacementBegun(each.starts_on, each.planned)
                         for each in known.placements),
        schools=tuple(AtSchool(each.starts_on, each.ends_on, each.area)
                      for each in known.enrolments),
        review=ReviewAhead(review.number, review.limit_on, review.asked_for_by) if review else None,
        last_review_on=before.held_on if before else None,
        last_plan_on=_last_plan(work, case),
        plan_before_was_interim=known.plan_before_was_interim,
    )


def _last_plan(work: Work, case: Case) -> date | None:
    prepared = work.session.scalar(
        select(func.max(RecordVersion.prepared_at)).where(
            RecordVersion.child_id == case.child_id, RecordVersion.case_id != case.id,
            RecordVersion.prepared_at < case.opened_at,
        )
    )
    return day_of(prepared) if prepared else None
