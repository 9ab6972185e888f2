"""The same acts lead a real case and a trial the same way: steps, days, and the end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.domain import SYSTEM
from engine.releases import compiled
from engine.store.models import Case, Event
from engine.tasks import task_form
from engine.timers import fire_due_timers
from engine.trial import Done, Waited, try_out
from engine.trial.budget import Budget
from engine.work import LONDON
from workflows.demonstration.answers import answers_for
from workflows.pep.actions import ACTIONS
from workflows.trying import imagined_case
from workflows.trying.beginning import (
    AtSchool,
    Beginning,
    PlacementBegun,
    ReviewAhead,
    council_days,
)
from workflows.trying.imagined_case import ImaginedCase

WHO = {"social_worker": "wilma", "designated_teacher": "tara", "virtual_school": "vera",
       "reviewing_officer": "rob", "team_manager": "mona", "manager": "max"}
KINDS = {"task_opened", "task_completed", "task_cancelled", "timer_started", "timer_fired",
         "timer_cancelled", "timer_moved", "due_moved", "action_performed", "case_ended",
         "path_taken", "incident_opened"}


class BothWays:
    """A real case, and the acts of its trial."""

    def __init__(self, council, case):
        self.council, self.case = council, case
        with council.by("vera").begin(writing=False) as work:
            row = work.session.get_one(Case, case.id)
            self.procedure, self.began = compiled(work, row.release_id), row.opened_at
        self.acts = []

    def do(self, element, **chosen):
        """Whoever the step is for does it now, in both."""
        task = self.case.open()[element]
        by = self.council.by(WHO[task.role])
        asked = task_form(by, task.id)
        chosen = {"caseworker": str(self.council.people["vera"]), **chosen}
        answers = answers_for(asked.form, asked.facts, by.today, chosen, asked.kept)
        self.case.do(element, WHO[task.role], **{**chosen, **answers})
        invented = {"caseworker": next(iter(dict(_somebody("virtual_school"))))}
        answers |= {key: value for key, value in invented.items() if key in answers}
        self.acts.append(Done(element, self.council.clock.now(), answers))

    def on(self, day, *elements, **chosen):
        self.wait_until(day)
        for element in elements:
            self.do(element, **chosen)

    def wait_until(self, day):
        """Each day comes, as it does where Pepway runs."""
        wanted = date.fromisoformat(day)
        while (today := self.council.clock.now().date()) < wanted:
            self.council.move_to((today + timedelta(days=1)).isoformat())
        self.acts.append(Waited(self.council.clock.now()))

    def trial(self, begins):
        days = council_days(self.council.by("olga"))
        return try_out(self.procedure, ImaginedCase(begins, days), begins.opened_at, self.acts,
                       Budget(60))

    def events(self):
        with self.council.by("vera").begin(writing=False) as work:
            rows = work.session.query(Event).filter(Event.case_id == self.case.id).order_by(
                Event.seq).all()
            return [_told(row) for row in rows if row.kind in KINDS]


def _somebody(role):
    return ImaginedCase(_EMERGENCY, None).options(role)


def _told(happened):
    """What happened on which day; in what order on one day is compared where it is one act."""
    due = happened.data.get("due") or happened.data.get("new") or ""
    return (happened.at.astimezone(LONDON).date(), happened.kind, happened.element or "",
            str(due)[:10], str(happened.data.get("passed", "")))


def _same(both, begins):
    run = both.trial(begins)

    assert run.refused is None
    told = [_told(each) for each in run.course.story if each.kind in KINDS]
    real = both.events()
    assert sorted(set(told) - set(real)) == []
    assert sorted(set(real) - set(told)) == []
    assert sorted(told) == sorted(real)
    return run


_EMERGENCY = Beginning(
    "initial-pep", datetime(2026, 3, 25, 9, tzinfo=UTC), date(2015, 5, 4), date(2026, 3, 25),
    placements=[PlacementBegun(date(2026, 3, 25), planned=False)],
    schools=[AtSchool(date(2026, 3, 25), None, "A")],
    review=ReviewAhead(1, date(2026, 4, 24)),
)


@pytest.fixture
def both(small_council):
    council = small_council
    council.move_to("2026-03-25")
    case = council.start()
    council.move_to("2026-03-25")
    return BothWays(council, case)


def test_an_initial_plan_goes_the_same_way_to_its_end(both):
    both.do("initiate_pep")
    both.on("2026-03-26", "allocate_caseworker")
    both.on("2026-04-01", "complete_social_work_sections", "complete_education_sections",
            "record_child_views", "record_carer_view", "convene_meeting")
    both.on("2026-04-07", "hold_pep_meeting", "set_targets_and_actions")
    both.on("2026-04-08", "sign_off_teacher", "sign_off_social_worker")
    both.on("2026-04-09", "assure_quality", "decide_pupil_premium", quality_rating="green")
    both.on("2026-04-20")
    print(sorted(both.case.open()))
    both.do("hold_first_review")
    print(sorted(both.case.open()))
    both.on("2026-04-22", "distribute_copies")

    run = _same(both, _EMERGENCY)

    assert run.course.ended == "plan_in_force"
