"""Many cases at once: copies of one that waits for a date, made by the database itself.

The two stores make random ids and dates in ways of their own.
"""

from uuid import UUID

from sqlalchemy import text

from engine.store.database import Database

SQLITE_CASES = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO "case" (id, reference, procedure, release_id, child_id, status, version, state,
                    opened_at, moved_at)
SELECT lower(hex(randomblob(16))), hex(randomblob(8)), procedure, release_id,
       child_id, status, version, state, opened_at, moved_at
FROM "case", numbers WHERE id = :original
"""
SQLITE_TIMERS = """
INSERT INTO timer (id, case_id, child_id, procedure, token, element, expression, due_at, status,
                   started_at)
SELECT lower(hex(randomblob(16))), "case".id, "case".child_id, "case".procedure, token, element,
       expression, due_at, timer.status, started_at
FROM timer, "case" WHERE timer.case_id = :original AND "case".id <> :original
"""
CASES = """
INSERT INTO "case" (id, reference, procedure, release_id, child_id, status, version, state,
                    opened_at, moved_at)
SELECT gen_random_uuid(), substr(md5(random()::text || n), 1, 16), procedure, release_id,
       child_id, status, version, state, opened_at, moved_at
FROM "case", generate_series(1, :count) AS n WHERE id = :original
"""
TIMERS = """
INSERT INTO timer (id, case_id, child_id, procedure, token, element, expression, due_at, status,
                   started_at)
SELECT gen_random_uuid(), "case".id, "case".child_id, "case".procedure, token, element,
       expression, due_at + make_interval(secs => 60 * random()), timer.status, started_at
FROM timer, "case" WHERE timer.case_id = :original AND "case".id <> :original
"""


def copy_case(database: Database, original: UUID, count: int) -> None:
    """`count` more cases whose timers come due within a minute of the original's."""
    cases, timers = CASES, TIMERS
    of: UUID | str = original
    if database.is_sqlite:
        cases, timers, of = SQLITE_CASES, SQLITE_TIMERS, original.hex
    with database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text(cases), {"original": of, "count": count})
        connection.execute(text(timers), {"original": of})
