"""What really held a plan up, reckoned from what a generated history did: no event is read."""

from generated_histories import History, Step

PREPARE = frozenset({"sign_off_teacher", "sign_off_social_worker", "sign_interim_plan"})


def way_to_the_plan(history: History) -> list[Step]:
    """Each began with the end of the one before it; the signature that made the plan is last."""
    by_id = {step.id: step for step in history.took}
    way = [[step for step in history.took if step.element in PREPARE][-1]]
    while way[0].after is not None:
        way.insert(0, by_id[way[0].after])
    return way
