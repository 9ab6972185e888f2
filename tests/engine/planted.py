"""Faults to plant into a worker, so that the tests are seen to catch them."""

from sqlalchemy import select

import engine.background.distributed as distributed
from engine.advance import CaseWorld, lock_case, step
from engine.store.models import Timer, TimerStatus


def marks_as_fired_first():
    """The timer is marked as fired in one transaction, and the step is made in the next."""

    def fire(by, case_ids):
        return sum(fire_one(by, case_id) for case_id in case_ids)

    def fire_one(by, case_id):
        with by.begin() as work:
            timer = work.session.scalar(select(Timer).where(Timer.case_id == case_id))
            if timer.status != TimerStatus.PENDING:
                return 0
            timer.status = TimerStatus.FIRED
        with by.begin() as work:
            case = lock_case(work, case_id)
            work.event(case, "timer_fired", element=timer.element)
            step(CaseWorld(work, case), {"fire": str(timer.token)}, "planted")
            return 1

    distributed.fire_taken_up = fire
    distributed.fire_in_doubt = lambda by, case_id, until: fire_one(by, case_id)


PLANTED = {"marks_as_fired_first": marks_as_fired_first}
