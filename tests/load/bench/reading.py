"""Pages of a council that is full of twenty years, and the same at one hundredth of its size.

Each page is rendered through the Flask application for someone who is signed in, and notes in the
audit that it was looked at. Both sizes take turns, so that the machine's noise falls on both.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

from bench_stores import postgres, postgres_council, sqlite_council
from council_pages import CouncilPages
from figures import Figure, milliseconds, p95
from large_council import SIZES
from lives import MORNING
from visitor import where_it_leads

from workflows.board.live_map import boards

SMALL = 0.01
ROUNDS, WARMING = 40, 8
GOAL_MS, GOAL_RATIO, NATIONAL_MS = 50, 1.5, 100

Reading = Callable[[], object]


def figures(share: float) -> Iterator[Figure]:
    large = SIZES["large"]
    yield from _compare("sqlite", sqlite_council(large, SMALL), sqlite_council(large, share),
                        GOAL_MS)
    with postgres(kept=True) as server:
        small, full = (postgres_council(server, large, each) for each in (SMALL, share))
        yield from _compare("postgresql", small, full, GOAL_MS)


def national_figures(share: float) -> Iterator[Figure]:
    """All England against one hundredth of a large council, on PostgreSQL."""
    with postgres(kept=True) as server:
        small = postgres_council(server, SIZES["large"], SMALL)
        full = postgres_council(server, SIZES["national"], share)
        yield from _compare("postgresql", small, full, NATIONAL_MS, ratio=None)


def _compare(
    store: str, small: str, full: str, goal: float, ratio: float | None = GOAL_RATIO
) -> Iterator[Figure]:
    with closing(CouncilPages(small)) as one, closing(CouncilPages(full)) as other:
        readings = zip(_readings(one).items(), _readings(other).values(), strict=True)
        for (name, at_small), at_full in readings:
            took = _take_turns((one, at_small), (other, at_full))
            medians = [statistics.median(each) for each in took]
            times, value = medians[1] / medians[0], p95(took[1])
            bound = f", <= {ratio:g} x 1 %" if ratio else ""
            yield Figure(name, store, value, "ms", medians[0], times,
                         f"p95 <= {goal:g} ms{bound}",
                         value <= goal and (ratio is None or times <= ratio))


def _take_turns(*sides: tuple[CouncilPages, Reading]) -> list[list[float]]:
    took: list[list[float]] = [[] for _ in sides]
    for round_ in range(WARMING + ROUNDS):
        for (pages, reading), spent in zip(sides, took, strict=True):
            pages.clock.move_on(timedelta(minutes=1))
            ms = milliseconds(reading)
            if round_ >= WARMING:
                spent.append(ms)
    return took


def _readings(pages: CouncilPages) -> dict[str, Reading]:
    """By what is read; each by the person of that role who has most to do."""
    worker, virtual, manager = (
        pages.busiest(role) for role in ("social_worker", "virtual_school", "manager")
    )
    as_worker, as_virtual, as_manager = (
        pages.signed_in(each.id) for each in (worker, virtual, manager)
    )
    counting = pages.by(manager.id)
    step = pages.fullest_step()

    def open_page(client: Any, address: str) -> Reading:
        def reading() -> None:
            assert client.get(address).status_code == 200, address

        return reading

    return {
        "My tasks, social worker": open_page(as_worker, "/tasks"),
        "My tasks, virtual school": open_page(as_virtual, "/tasks"),
        "case list, social worker": open_page(as_worker, "/cases"),
        "case list, virtual school": open_page(as_virtual, "/cases"),
        "case list, finished too": open_page(as_virtual, "/cases?status=all"),
        "case list, late": open_page(as_virtual, "/cases?due=late"),
        "case list, four filters": open_page(
            as_virtual, "/cases?due=late&role=social_worker&stage=key-stage-2&area=in"),
        "case list, by last moved": open_page(as_virtual, "/cases?sort=moved"),
        "case list, by school": open_page(as_virtual, "/cases?sort=school"),
        "case list, by who has it": open_page(as_virtual, "/cases?sort=holder"),
        "why a case is late": open_page(as_manager, f"/cases/{worker.case_id}/why-late"),
        "case list, a name searched": open_page(
            as_virtual, where_it_leads(as_virtual, "/cases?search=ash&ended=1")),
        "case page": open_page(as_worker, f"/cases/{worker.case_id}"),
        "board": open_page(as_manager, "/board"),
        "board, the fullest step": open_page(as_manager, f"/board/{step[0]}/{step[1]}"),
        "board, one team": open_page(as_manager, f"/board?team={pages.team_of(worker.id)}"),
        "board, four weeks ago": open_page(
            as_manager, f"/board?day={MORNING.date() - timedelta(weeks=4)}"),
        "children without a plan": open_page(as_virtual, "/board/children"),
        "late soon": open_page(as_virtual, "/board/late-soon"),
        "limits by month": open_page(as_manager, "/board/deadlines"),
        "limits by month, of one": open_page(as_virtual, "/board/deadlines/T7"),
        "times and ways": open_page(as_manager, "/board/times"),
        "quality": open_page(as_manager, "/board/quality"),
        "workload": open_page(as_manager, "/workload"),
        "workload, the busiest worker": open_page(as_manager, f"/workload/{worker.id}"),
        "absences": open_page(as_manager, "/absences"),
        "manager's counts": lambda: boards(counting),
    }
