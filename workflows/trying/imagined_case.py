"""A case that is only imagined: its facts are told as those of a real one, from no database.

Facts, dates and deadlines are the domain's own (`CaseFacts`); what changes them on the way, a
signature or a review that was held, is followed here in memory. A test lets real and imagined cases
go the same way and holds them to each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from engine.domain import ActionCall, Kept, RolePeople, Told
from engine.errors import AnswersInvalid, FlowFailed
from engine.forms.answers import Entry
from engine.store.models import Case, CaseStatus
from engine.trial import Performed
from engine.work import LONDON
from workflows.children import goes_there
from workflows.council import LINKS, ChildCalendar, termly_of
from workflows.pep.actions import PASSED_TO
from workflows.pep.agreeing import must_agree
from workflows.pep.case_dates import RATING, RETURNED
from workflows.pep.choices import SCHOOLS, SCHOOLS_BY_URN, UNLISTED
from workflows.pep.deadlines import review_by
from workflows.pep.domain import DATES_OF_THE_REVIEW, PLACE_SECURED, PLANNED_REVIEW, told_at
from workflows.pep.facts import SHORT_BREAKS, CaseFacts
from workflows.pep.meetings.booking import wrong_day
from workflows.pep.plan import SIGNATURES, VersionState
from workflows.pep.reviews import StatutoryReview, why_not_after
from workflows.pep.terms import term_served
from workflows.roles import ROLES
from workflows.trying.beginning import AtSchool, Beginning, CouncilDays

NOBODY = UUID("00000000-0000-4000-8000-7e57c0de0000")
"""Stands for whoever is invented: child, case, people."""
MEETING_PLANNED = "meeting.planned_on"
NEXT_REVIEW = "next_review:"
"""Stands for a message where the next case would be opened; its limit follows."""


@dataclass(slots=True)
class _Version:
    """The case's version of the plan; the only one that an imagined case has."""

    id: UUID
    case_id: UUID
    number: int
    state: str
    opened_at: datetime
    prepared_at: datetime | None = None
    passed_at: datetime | None = None


class ImaginedFacts(CaseFacts):
    """The facts of an imagined case on one day."""

    def __init__(self, of: "ImaginedCase", on: date) -> None:
        self.case, self.on = of.case, on
        self.opened_on = of.begins.opened_at.astimezone(LONDON).date()
        begins = of.begins
        self.child = SimpleNamespace(
            id=NOBODY, born_on=begins.born_on, looked_after_on=begins.looked_after_on,
            legal_status=SHORT_BREAKS if begins.short_breaks else "",
            out_of_area=begins.out_of_area, care_period=1,
        )
        self.placements, self.enrolments = list(begins.placements), of.schools
        self._reviews = of.reviews
        self.versions, self.latest = [of.version], of.version
        self.settings = dict(of.days.settings)
        self.kept = dict(of.kept)
        self.plan_before_was_interim = begins.plan_before_was_interim
        self.calendar = _ImaginedCalendar(of.days, on, of.schools)
        self._last_plan_on = begins.last_plan_on

    @cached_property
    def term_plan_by(self) -> date | None:
        due = self.plan_due if self.makes_first_plan else None
        return term_served(self.calendar, due, self._last_plan_on, self.opened_on)

    def people_for(self, role: str) -> RolePeople:
        """One invented person for each role."""
        return RolePeople((_invented(role),))


class _ImaginedCalendar(ChildCalendar):
    def __init__(self, days: CouncilDays, today: date, schools: Sequence[AtSchool]) -> None:
        self._days, self._terms = days, days.terms
        self.today = today
        self.area = next((each.area for each in schools if goes_there(each, today)), days.area)
        self.termly = termly_of(days.settings.get("termly"))

    @cached_property
    def closures(self) -> frozenset[date]:
        return self._days.closures


class ImaginedCase:
    """Satisfies `engine.trial.Imagined` for Personal Education Plans."""

    def __init__(self, begins: Beginning, days: CouncilDays) -> None:
        self.begins, self.days = begins, days
        self.case = Case(
            id=NOBODY, procedure=begins.procedure, child_id=NOBODY, opened_at=begins.opened_at,
            status=CaseStatus.OPEN,
        )
        self.schools: list[AtSchool] = list(begins.schools)
        self.reviews = _reviews_of(begins)
        self.version = _Version(NOBODY, NOBODY, 1, VersionState.OPEN, begins.opened_at)
        self.kept: dict[str, Kept] = {
            path: Kept(path, value, True, 1, None, begins.opened_at)
            for path, value in begins.on_record.items()
        }
        self._known: ImaginedFacts | None = None

    def known(self, now: datetime) -> ImaginedFacts:
        on = now.astimezone(LONDON).date()
        if self._known is None or self._known.on != on:
            self._known = ImaginedFacts(self, on)
        return self._known

    def options(self, name: str) -> Sequence[tuple[str, str]]:
        if name == SCHOOLS:
            return [(str(_invented("school")), "A school (invented)")]
        if name == SCHOOLS_BY_URN:
            return [("100001", "A school (invented)"), UNLISTED]
        if name in LINKS or name not in ROLES:
            return []
        return [(str(_invented(name)), f"{ROLES[name].title} (invented)")]

    def save(
        self, entries: Sequence[Entry], now: datetime, keys: Mapping[str, str], *, strict: bool
    ) -> Told:
        if strict:
            must_agree(entries, now.astimezone(LONDON).date())
            self._must_be_lawful(entries, now)
            self._must_fit(entries, now, keys)
        for entry in entries:
            before = self.kept.get(entry.path)
            if before is not None or entry.value not in (None, "", []):
                self.kept[entry.path] = Kept(entry.path, entry.value, entry.valid,
                                             before.version + 1 if before else 1, NOBODY, now)
        self._follow({each.path: each.value for each in entries if each.value is not None}, now)
        self._known = None
        return told_at({each.path for each in entries})

    def perform(self, call: ActionCall, now: datetime) -> Performed:
        done = PERFORMED[call.name](self, call, now)
        self._known = None if done.changed else self._known
        return done

    def _follow(self, said: Mapping[str, Any], now: datetime) -> None:
        """What answers mean beyond the record, as `PepDomain.save` follows them."""
        if not said.keys().isdisjoint(SIGNATURES):
            self._stamp_prepared(now)
        for path, column in DATES_OF_THE_REVIEW.items():
            if path in said and self.reviews:
                setattr(self.reviews[0], column, date.fromisoformat(said[path]))
        if said.get(RATING) == RETURNED:
            self._clear_signatures(now)
        self._put_on_roll({name: said[path] for path, name in PLACE_SECURED.items()
                           if said.get(path)})

    def _stamp_prepared(self, now: datetime) -> None:
        """The stamp of the first time stays."""
        signed = [self.kept[path].value for path in SIGNATURES if path in self.kept]
        if self.version.prepared_at is None and signed == [True] * len(SIGNATURES):
            self.version.prepared_at = now

    def _clear_signatures(self, now: datetime) -> None:
        for path in self.kept.keys() & set(SIGNATURES):
            self.kept[path] = replace(self.kept[path], value=False, at=now)

    def _put_on_roll(self, secured: Mapping[str, str]) -> None:
        if {"urn", "from_on"} <= secured.keys() and secured["urn"] != UNLISTED[0]:
            self.schools.append(
                AtSchool(date.fromisoformat(secured["from_on"]), None, self.days.area)
            )

    def _must_be_lawful(self, entries: Sequence[Entry], now: datetime) -> None:
        planned = next((each for each in entries
                        if each.path == PLANNED_REVIEW and each.value and each.valid), None)
        known = self.known(now)
        if planned is None or known.review is None:
            return
        day = date.fromisoformat(str(planned.value))
        if why_not := why_not_after(known.review_before, known.review, day, known.on):
            raise AnswersInvalid({planned.key: why_not})

    def _must_fit(self, entries: Sequence[Entry], now: datetime, keys: Mapping[str, str]) -> None:
        said = {each.path: each for each in entries if each.valid and each.value}
        problems = wrong_day(said, keys, self.known(now)) if MEETING_PLANNED in said else {}
        if problems:
            raise AnswersInvalid(problems)


def _reviews_of(begins: Beginning) -> list[StatutoryReview]:
    """The one that the case prepares, then the one before, where there was one."""
    ahead = begins.review
    if ahead is None:
        return []
    own = StatutoryReview(
        case_id=NOBODY, care_period=1, number=ahead.number, limit_on=ahead.limit_on,
        asked_for_by=ahead.asked_for_by, planned_on=ahead.planned_on, held_on=None,
    )
    if begins.last_review_on is None:
        return [own]
    before = StatutoryReview(
        case_id=_invented("case before"), care_period=1, number=ahead.number - 1,
        limit_on=begins.last_review_on, held_on=begins.last_review_on,
    )
    return [own, before]


def _invented(what: str) -> UUID:
    return uuid5(NOBODY, what)


def _pass_on(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    case.version.passed_at = case.version.passed_at or now
    return Performed({}, [(role, "plan_passed_on") for role in PASSED_TO], changed=True)


def _escalate(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    return Performed({}, [(call.to or "virtual_school", call.message or "late")])


def _tell_of_new_case(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    roles = ("designated_teacher", "virtual_school", "reviewing_officer")
    return Performed({}, [(role, "new_case") for role in roles])


def _remind(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    roles = ("designated_teacher", "social_worker")
    return Performed({}, [(role, "signature_due") for role in roles])


def _tell(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    return Performed({}, [(call.to or "social_worker", call.message or "news")])


def _open_next_review(case: ImaginedCase, call: ActionCall, now: datetime) -> Performed:
    review = case.known(now).review
    if review is None:
        msg = "This case prepares no statutory review, so no next one can be worked out."
        raise FlowFailed(msg, element=call.element)
    held = review.held_on or now.astimezone(LONDON).date()
    limit = review_by(review.number + 1, held)
    return Performed({}, [("", f"{NEXT_REVIEW}{limit.isoformat()}")], changed=True)


PERFORMED: Mapping[str, Callable[[ImaginedCase, ActionCall, datetime], Performed]] = {
    "pass_plan_on": _pass_on,
    "open_next_review": _open_next_review,
    "escalate": _escalate,
    "tell_of_new_case": _tell_of_new_case,
    "remind_of_signatures": _remind,
    "tell": _tell,
}
"""By name of the action: what it would do. A test holds it to `ACTIONS`."""
