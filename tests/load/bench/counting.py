"""What the board says of a council, number by number, against plain SQL on its tables.

The SQL is written here by hand and knows nothing of the board's own questions; it is asked on a
connection of its own, as the owner of the tables.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench_stores import postgres, postgres_council, sqlite_council
from council_pages import CouncilPages
from figures import Figure
from large_council import SIZES
from lives import MORNING
from lxml import etree
from sqlalchemy import text

from engine.work import Acting
from workflows.board.late_soon import Which, late_soon_counts
from workflows.board.live_map import boards
from workflows.board.narrowing import Narrowed
from workflows.board.quality import quality_page
from workflows.board.statutory import Outcome, statutory_page
from workflows.board.without_a_plan import without_counts

BPMN = Path(__file__).parents[3] / "bpmn"
TODAY = MORNING.date()
EARLIER = TODAY - timedelta(weeks=4)
DAYS = {"today": TODAY.isoformat(), "day_after": (EARLIER + timedelta(days=1)).isoformat()}
STEPS = """
SELECT procedure || ' ' || element, count(DISTINCT case_id) FROM task
WHERE status = 'open' GROUP BY procedure, element"""
LATE_STEPS = """
SELECT procedure || ' ' || element, count(DISTINCT case_id) FROM task
WHERE status = 'open' AND due_on < :today GROUP BY procedure, element"""
STOOD = """
SELECT procedure || ' ' || element, count(DISTINCT case_id) FROM task
WHERE opened_at < :day_after
  AND (ended_at IS NULL OR ended_at >= :day_after)
GROUP BY procedure, element"""
RUNNING = """
SELECT procedure, count(*) FROM "case" WHERE status IN ('open', 'incident') GROUP BY procedure"""
IN_CARE = """
SELECT 'in care', count(*) FROM child c WHERE NOT EXISTS (
  SELECT 1 FROM care_period p WHERE p.child_id = c.id AND p.number = c.care_period)"""
LIMITS = """
SELECT deadline || ' ' || CASE
    WHEN met_on <= due_on THEN 'on time'
    WHEN met_on IS NULL AND ended_on <= due_on THEN 'ended before its limit'
    WHEN met_on IS NULL AND due_on >= :today THEN 'to come'
    WHEN explained THEN 'late, with the reason'
    ELSE 'late, no reason given' END, count(*)
FROM clock
WHERE due_on >= '2025-04-01' AND due_on < '2026-04-01'
  AND deadline IN ('T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8')
GROUP BY 1"""
LATE_NOW = """
SELECT 'late', count(*) FROM clock
WHERE met_on IS NULL AND ended_on IS NULL AND due_on < :today
  AND deadline IN ('T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8')"""
AT_RISK = """
SELECT 'at risk', count(*) FROM clock
WHERE met_on IS NULL AND ended_on IS NULL AND due_on BETWEEN :today AND '2026-04-24'
  AND deadline IN ('T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8')
  AND coalesce(at_pace_on, at_limits_on) > due_on"""
THIS_WEEK = """
SELECT 'this week', count(*) FROM clock
WHERE met_on IS NULL AND ended_on IS NULL AND due_on BETWEEN :today AND '2026-04-01'
  AND deadline IN ('T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8')"""
SECTIONS = """
SELECT rating, count(*) FROM section_rating WHERE month >= '2025-04-01' GROUP BY rating"""
DRAWN = ".//{*}intermediateCatchEvent[{*}timerEventDefinition]"
DATES = "', '".join(sorted(
    element.attrib["id"] for file in BPMN.glob("*/*.bpmn")
    for element in etree.parse(file).iterfind(DRAWN)
))
"""That a case waits for, as they are drawn; all other timers watch a step."""
WAITING = f"""
SELECT procedure || ' ' || element, count(DISTINCT case_id) FROM timer
WHERE status = 'pending' AND element IN ('{DATES}') GROUP BY procedure, element"""  # noqa: S608 - ids from our own diagrams

Numbers = Mapping[str, int]


def figures(share: float) -> Iterator[Figure]:
    large = SIZES["large"]
    yield _compare("sqlite", sqlite_council(large, share))
    with postgres(kept=True) as server:
        yield _compare("postgresql", postgres_council(server, large, share))


def national_figures(share: float) -> Iterator[Figure]:
    with postgres(kept=True) as server:
        yield _compare("postgresql", postgres_council(server, SIZES["national"], share))


def _compare(store: str, url: str) -> Figure:
    with closing(CouncilPages(url)) as pages:
        by = pages.by(pages.busiest("manager").id)
        with pages.database.as_owner() as owner, owner.connect() as connection:
            pairs = [(said(by), dict(map(tuple, connection.execute(text(plain), DAYS))))
                     for said, plain in COMPARED.items()]
    told = sum(len(ours.keys() | theirs.keys()) for ours, theirs in pairs)
    different = sum(
        ours.get(key, 0) != theirs.get(key, 0)
        for ours, theirs in pairs for key in ours.keys() | theirs.keys()
    )
    return Figure("numbers other than in plain SQL", store, different, f"of {told}", None, None,
                  "0", different == 0)


def _steps(by: Acting, day: date | None = None, *, late: bool = False) -> Numbers:
    return {
        f"{board.procedure} {step.element}": step.late if late else step.cases
        for board in boards(by, Narrowed(day=day)) for step in board.steps if not step.waits
    }


def _waiting(by: Acting) -> Numbers:
    return {f"{board.procedure} {step.element}": step.cases
            for board in boards(by) for step in board.steps if step.waits}


def _sections(by: Acting) -> Numbers:
    found: Counter[str] = Counter()
    for section in quality_page(by).sections:
        found.update(section.ratings)
    return found


def _limits(by: Acting) -> Numbers:
    return {
        f"{each.measure.deadline} {outcome}": each.whole.counts[outcome]
        for each in statutory_page(by).figures for outcome in Outcome
        if each.whole.counts[outcome]
    }


COMPARED: Mapping[Callable[[Acting], Any], str] = {
    _steps: STEPS,
    lambda by: _steps(by, late=True): LATE_STEPS,
    lambda by: _steps(by, EARLIER): STOOD,
    lambda by: {board.procedure: board.running for board in boards(by)}: RUNNING,
    lambda by: {"in care": without_counts(by).in_care}: IN_CARE,
    _limits: LIMITS,
    lambda by: {"late": late_soon_counts(by)[Which.LATE]}: LATE_NOW,
    lambda by: {"at risk": late_soon_counts(by)[Which.RISK]}: AT_RISK,
    lambda by: {"this week": late_soon_counts(by)[Which.WEEK]}: THIS_WEEK,
    _waiting: WAITING,
    _sections: SECTIONS,
}
