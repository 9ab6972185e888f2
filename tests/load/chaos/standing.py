"""All that stands in a council's tables, read in one transaction and indexed to be compared."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, union_all

from engine.clock import SystemClock
from engine.domain import SYSTEM, Domain
from engine.releases import compiled
from engine.spiff import Procedure
from engine.store.base import Base
from engine.store.database import Database
from engine.work import Installation, Work
from workflows.pep.domain import PepDomain

TABLES = ("case", "task", "timer", "event", "audit", "outbox", "submission", "release",
          "record_version", "record_value", "child")


@dataclass(frozen=True)
class Standing:
    work: Work
    rows: dict[str, list[Any]]
    """By table."""
    tells_assignees: bool
    """Whether the domain tells people of the tasks that open for them."""

    def __getitem__(self, table: str) -> list[Any]:
        return self.rows[table]

    def procedure_of(self, case: Any) -> Procedure:
        return compiled(self.work, case.release_id)

    @cached_property
    def events_of_task(self) -> Counter[tuple[UUID, str]]:
        return Counter((each.task_id, each.kind) for each in self["event"] if each.task_id)

    @cached_property
    def events_of_case(self) -> Counter[tuple[UUID, str]]:
        return Counter((each.case_id, each.kind) for each in self["event"] if each.case_id)

    @cached_property
    def events_at(self) -> Counter[tuple[UUID, str, str | None]]:
        """By case, kind and element."""
        return Counter(
            (each.case_id, each.kind, each.element) for each in self["event"] if each.case_id
        )

    @cached_property
    def acts(self) -> list[Any]:
        """The audit without its views of pages."""
        return [each for each in self["audit"] if each.seen_once is None]

    @cached_property
    def by_case(self) -> dict[str, dict[UUID, list[Any]]]:
        """Tasks and timers."""
        found: dict[str, dict[UUID, list[Any]]] = {}
        for table in ("task", "timer"):
            found[table] = defaultdict(list)
            for row in self[table]:
                found[table][row.case_id].append(row)
        return found

    @cached_property
    def kept(self) -> dict[UUID, dict[str, list[Any]]]:
        """Values of the record by child and path, of every version."""
        child_of = {each.id: each.child_id for each in self["record_version"]}
        found: dict[UUID, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in self["record_value"]:
            found[child_of[row.version_id]][row.path].append(row)
        return found


OF_THE_BROWSER = frozenset({"typed_form", "web_session", "half_signed_in", "sign_in_tries"})
"""What is kept of a form on its way, and of being signed in: no part of any action."""


def row_counts(database_url: str) -> dict[str, int]:
    """How many rows each table has."""
    database = Database(database_url)
    tables = [each for each in Base.metadata.sorted_tables if each.name not in OF_THE_BROWSER]
    try:
        with database.transaction(writing=False) as session:
            found = session.execute(union_all(*(
                select(literal(each.name), func.count()).select_from(each) for each in tables
            )))
            return {name: count for name, count in found}
    finally:
        database.engine.dispose()


@contextmanager
def standing(database_url: str, domain: Domain, audit_key: bytes) -> Iterator[Standing]:
    """As a server would find it that has just been started again."""
    database = Database(database_url)
    try:
        by = Installation(database, SystemClock(), domain, audit_key).acting(SYSTEM)
        with by.begin(writing=False) as work:
            connection = work.session.connection()
            yield Standing(work, {
                name: list(connection.execute(select(Base.metadata.tables[name])))
                for name in TABLES
            }, tells_assignees=isinstance(domain, PepDomain))
    finally:
        database.engine.dispose()
