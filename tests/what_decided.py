"""What really held a plan up, reckoned from what a generated history did: no event is read."""

from collections.abc import Sequence

from generated_histories import History, Step

from workflows.calendar import working_days_until

PREPARE = frozenset({"sign_off_teacher", "sign_off_social_worker", "sign_interim_plan"})


def way_to_the_plan(history: History) -> list[Step]:
    """Each began with the end of the one before it; the signature that made the plan is last."""
    by_id = {step.id: step for step in history.took}
    way = [[step for step in history.took if step.element in PREPARE][-1]]
    while way[0].after is not None:
        way.insert(0, by_id[way[0].after])
    return way


def too_long(step: Step) -> int:
    """Working days beyond those that its own limit left it when it began."""
    if step.due_on is None:
        return 0
    given = max(0, working_days_until(step.began, step.due_on))
    return max(0, working_days_until(step.began, step.done) - given)


def decisive(way: Sequence[Step]) -> list[Step]:
    """Of the way those that went furthest beyond; more than one where they went alike."""
    most = max(too_long(step) for step in way)
    return [step for step in way if most and too_long(step) == most]
