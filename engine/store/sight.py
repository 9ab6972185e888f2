"""Whose rows are whose: every table, and which of its rows a person has in sight.

The one declaration that both PostgreSQL's policies and the guard of the audit are told from. What
it says of people is `workflows/access.py`'s `decide`, less the class of a field: the first wall is
finer, and the two are held against each other by tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection

COUNCIL = "council"
"""What works for the council sees every row: Pepway itself, and a verb, which `decide` has let in
and which must write on after it has ended its actor's own involvement."""
NOBODY = ""
"""Sees no child: so does whoever says nothing."""

_LOOKING = "(SELECT looking_person())"
_IS_COUNCIL = "(SELECT sees_everything())"


def _seen(column: str, thing: str, wide: str = "cases") -> str:
    """By everybody who sees the council's `cases` or `plans`, less those set apart from them; and
    by whoever has the thing in sight, which is asked last: of whoever sees all it need not be."""
    return (
        f"{_IS_COUNCIL} OR ("
        f"(SELECT sees_{wide}()) AND {column} NOT IN (SELECT {thing}_apart_ids()))"
        f" OR {column} IN (SELECT {thing}_in_sight_ids())"
    )


@dataclass(frozen=True, slots=True)
class Whose:
    """Which rows of a table are in sight, and whether they are a child's record."""

    in_sight: str
    """A condition on a row. What it asks of the person is asked once for a statement."""
    childs: bool = True
    """False for what says of a child no more than that somebody did something."""


CASE = Whose(_seen("child_id", "child"))
"""Of the case: for those round the child, and for whoever sees the cases of the whole council."""
PLAN = Whose(_seen("child_id", "child", "plans"))
"""What stands in the plan: not for managers."""
_OF_THE_VERSION = Whose(_seen("version_id", "version", "plans"))
_OF_THE_CASES_PLAN = Whose(_seen("case_id", "case", "plans"))
_TASK = f"SELECT id FROM task WHERE {_seen('child_id', 'child')}"
_MEETING = f"SELECT id FROM meeting WHERE {_seen('case_id', 'case', 'plans')}"
_GOVERNS = "(SELECT sees_governance())"

TABLES: Mapping[str, Whose | None] = {
    "attached_file": PLAN,
    "attachment": PLAN,
    "care_period": CASE,
    "case": CASE,
    "case_move": CASE,
    "case_standing": CASE,
    "child": Whose(_seen("id", "child")),
    "clock": CASE,
    "contribution": PLAN,
    "copy": PLAN,
    "correction": Whose(f"{_GOVERNS} OR {PLAN.in_sight}"),
    "delegation": Whose(f"person_id = {_LOOKING} OR task_id IN ({_TASK})"),
    "disposal_item": CASE,
    "enrolment": CASE,
    "event": Whose(f"child_id IS NULL OR {CASE.in_sight}"),
    "held_file": _OF_THE_VERSION,
    "involvement": CASE,
    "lacking": CASE,
    "legal_hold": CASE,
    "meeting": _OF_THE_CASES_PLAN,
    "meeting_invitation": Whose(f"meeting_id IN ({_MEETING})"),
    "name_ending": CASE,
    "placement": CASE,
    "plan_figures": CASE,
    "plan_filing": PLAN,
    "premium_use": CASE,
    "record_value": _OF_THE_VERSION,
    "record_version": PLAN,
    "section_comment": _OF_THE_CASES_PLAN,
    "section_rating": CASE,
    "statutory_review": CASE,
    "task": CASE,
    "timer": CASE,
    "withholding": Whose(f"{_GOVERNS} OR {PLAN.in_sight}"),
    "audit": Whose(
        f"{_IS_COUNCIL} OR actor_id = {_LOOKING} OR (SELECT sees_plans())"
        f" OR {_GOVERNS}",
        childs=False,
    ),
    "conflict_of_interest": Whose(f"person_id = {_LOOKING} OR {CASE.in_sight}", childs=False),
    "emergency_access": Whose(f"person_id = {_LOOKING} OR {CASE.in_sight}", childs=False),
    "outbox": Whose(
        f"person_id = {_LOOKING} OR case_id IS NULL OR {_seen('case_id', 'case')}", childs=False
    ),
    # Which records are restricted everyone must know, to be kept from them; the reason is shown to
    # whoever may see the child.
    "restriction": Whose("true", childs=False),
    "subject_access_request": Whose(f"{_IS_COUNCIL} OR {_GOVERNS}", childs=False),
    "sent_request": Whose(f"{_IS_COUNCIL} OR person_id = {_LOOKING}", childs=False),
    "long_import": Whose(f"{_IS_COUNCIL} OR sent_by = {_LOOKING}", childs=False),
    "typed_form": Whose(f"{_IS_COUNCIL} OR person_id = {_LOOKING}", childs=False),
    **dict.fromkeys((
        "absence", "account_link", "alembic_version", "api_token", "calendar_feed", "came_true",
        "case_system", "closure", "council_setting", "default_view", "demo_clock",
        "destruction_certificate",
        "digest_line", "disposal_approval", "disposal_list", "draft", "draft_file", "example",
        "figures_position", "half_signed_in", "identity", "identity_invitation", "leaving",
        "limit_count", "look_over", "move", "notice_read", "person", "person_role", "recalculation",
        "recovery_code", "release", "release_file", "report_commentary", "saved_view", "school",
        "school_post", "school_term", "school_word", "sealed_batch", "second_factor",
        "section_count", "sign_in_tries", "sign_on_attempt", "standing_count", "standing_day",
        "step_time", "stood_alike", "submission", "team", "telling_choice", "told_once", "trial",
        "unusual_opening", "variant", "web_session", "webhook",
        "webhook_delivery",
    )),
}
"""None: nothing of a child's is in it, and everyone's work may need it."""

CHILDS = frozenset(name for name, whose in TABLES.items() if whose and whose.childs)
"""Tables that are a child's record: who reads one of them is to be found in the audit."""



def _holds(*roles: str) -> str:
    named = ", ".join(f"'{role}'" for role in roles)
    return (f"EXISTS (SELECT FROM looking l JOIN person_role r USING (person_id)"
            f" WHERE r.role IN ({named}))")


_NOT_RESTRICTED = """NOT EXISTS (
  SELECT FROM restriction x WHERE x.child_id = i.child_id AND x.lifted_at IS NULL)"""
_IN_FORCE = "i.starts_on <= l.today AND (i.ends_on IS NULL OR i.ends_on >= l.today)"
_VIEWS = {
    "looking": """
SELECT p.id AS person_id, nullif(current_setting('pepway.today', true), '')::date AS today,
       nullif(current_setting('pepway.now', true), '')::timestamptz AS now
FROM person p
WHERE p.active
  AND p.id = nullif(nullif(current_setting('pepway.person', true), ''), 'council')::uuid""",
    "council_in_sight": f"""
SELECT coalesce(current_setting('pepway.person', true) = 'council', false) AS everything,
       {_holds('virtual_school', 'manager', 'information_governance')} AS cases,
       {_holds('virtual_school')} AS plans,
       {_holds('information_governance')} AS governs""",
    "child_apart": """
SELECT c.child_id FROM looking l
JOIN conflict_of_interest c ON c.person_id = l.person_id AND c.ended_at IS NULL
UNION ALL
SELECT r.child_id FROM restriction r, council_in_sight s
WHERE r.lifted_at IS NULL AND NOT s.governs""",
    "child_in_sight": f"""
SELECT near.child_id FROM (
SELECT i.child_id
FROM looking l
JOIN involvement i ON i.person_id = l.person_id AND {_IN_FORCE}
JOIN person_role r ON r.person_id = i.person_id AND r.role = i.role
UNION ALL
SELECT i.child_id
FROM looking l
JOIN absence a ON a.cover_id = l.person_id AND a.ended_at IS NULL AND a.starts_on <= l.today
  AND (a.ends_on IS NULL OR a.ends_on >= l.today)
JOIN involvement i ON i.person_id = a.person_id AND {_IN_FORCE}
JOIN person_role r ON r.person_id = l.person_id AND r.role = i.role
WHERE {_NOT_RESTRICTED} AND NOT EXISTS (
  SELECT FROM conflict_of_interest x
  WHERE x.person_id = a.person_id AND x.child_id = i.child_id AND x.ended_at IS NULL)
UNION ALL
SELECT i.child_id
FROM looking l
JOIN task t ON t.assignee_id = l.person_id AND t.status = 'open' AND t.assigned_by = 'claim'
  AND t.stands_in_for IS NOT NULL
JOIN involvement i ON i.person_id = t.stands_in_for AND i.child_id = t.child_id
  AND i.role = coalesce(t.covered_by, t.role) AND {_IN_FORCE}
JOIN person_role r ON r.person_id = l.person_id AND r.role = i.role
WHERE {_NOT_RESTRICTED}
UNION ALL
SELECT t.child_id
FROM looking l
JOIN person_role r ON r.person_id = l.person_id AND r.role = 'school_colleague'
JOIN delegation d ON d.person_id = l.person_id AND d.taken_back_at IS NULL
  AND (d.until IS NULL OR d.until >= l.today)
JOIN task t ON t.id = d.task_id AND t.status = 'open'
  AND d.given_by IN (t.assignee_id, t.stands_in_for)
JOIN involvement i ON i.child_id = t.child_id AND i.person_id = d.given_by
  AND i.role = 'designated_teacher' AND {_IN_FORCE}
UNION ALL
SELECT t.child_id
FROM looking l
JOIN person_role r ON r.person_id = l.person_id
  AND r.role IN ('process_owner', 'manager', 'administrator')
JOIN task t ON t.status = 'open' AND r.role IN (t.role, t.covered_by)
  AND (t.assignee_id = l.person_id OR t.assignee_id IS NULL)
UNION ALL
SELECT e.child_id
FROM looking l
JOIN person_role r ON r.person_id = l.person_id
  AND r.role IN ('social_worker', 'team_manager', 'virtual_school')
JOIN emergency_access e ON e.person_id = l.person_id AND e.ends_at > l.now
UNION ALL
SELECT s.child_id
FROM looking l
JOIN person_role r ON r.person_id = l.person_id AND r.role = 'information_governance'
JOIN subject_access_request s ON s.closed_at IS NULL
) near
WHERE NOT EXISTS (
  SELECT FROM looking l
  JOIN conflict_of_interest c ON c.person_id = l.person_id
  WHERE c.child_id = near.child_id AND c.ended_at IS NULL)""",
    "case_in_sight": """
SELECT c.id AS case_id FROM child_in_sight s JOIN "case" c ON c.child_id = s.child_id""",
    "version_in_sight": """
SELECT v.id AS version_id FROM child_in_sight s JOIN record_version v ON v.child_id = s.child_id""",
    "case_apart": """
SELECT c.id AS case_id FROM child_apart s JOIN "case" c ON c.child_id = s.child_id""",
    "version_apart": """
SELECT v.id AS version_id FROM child_apart s JOIN record_version v ON v.child_id = s.child_id""",
}
"""Of the owner's, so that they read past the policies. In order: one is told from those before.

The children are those of an involvement in force whose role the person holds; of a colleague who
is away and for whom they stand in, and of a task that they have begun in a colleague's place; of
sections that a designated teacher gave to a colleague; of open tasks of a role of the whole
council; of an emergency; of a request for access. None of them where a conflict of interest is
declared.
"""


def views() -> dict[str, str]:
    return dict(_VIEWS)


@cache
def functions() -> dict[str, tuple[str, str]]:
    """By name what each returns, and what it is told from. The policies ask these, and not the
    views, which PostgreSQL would plan anew for each statement: some 2 ms, more than most take.

    Each keeps its answer until somebody looks anew: a page asks some forty tables, for whom a
    third of a millisecond each time would be a sixth of its time. That who looks may see more or
    less in the midst of their transaction does not happen: what changes it is done as the council.
    """
    ids = {f"{view}_ids": ("SETOF uuid", f"SELECT {view.partition('_')[0]}_id FROM {view}")
           for view in _VIEWS if view.endswith(("_in_sight", "_apart"))
           and view != "council_in_sight"}
    return {
        "looking_person": ("uuid", "SELECT person_id FROM looking"),
        "sees_everything": ("boolean", "SELECT everything FROM council_in_sight"),
        "sees_cases": ("boolean", "SELECT cases FROM council_in_sight"),
        "sees_plans": ("boolean", "SELECT plans FROM council_in_sight"),
        "sees_governance": ("boolean", "SELECT governs FROM council_in_sight"),
        **ids,
    }


@cache
def policies() -> dict[str, str]:
    """By table, the condition under which the application reads or writes a row of it."""
    return {name: whose.in_sight for name, whose in TABLES.items() if whose}


@cache
def _looks() -> str:
    says = (f"set_config('pepway.{name}', %s, true)" for name in ("person", "today", "now"))
    forgets = (f"set_config('pepway.{name}', '', true)" for name in functions())
    return f"SELECT {', '.join((*says, *forgets))}"


def look(connection: Connection, person: str, today: date, now: datetime) -> None:
    """From here to the end of the transaction whoever `person` is has in sight what is theirs."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_looks(), (person, today.isoformat(), now.isoformat()))
