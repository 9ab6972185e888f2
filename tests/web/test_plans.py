"""How SQLite finds what the lists and the board ask for: in an index, and no more than they show.

PostgreSQL plans by how many rows there are, so that a small council's plans say nothing of it.
"""

import re

from sqlalchemy import event
from visitor import where_it_leads

LARGE = ("case", "task", "timer", "child", "event", "audit", "involvement", "enrolment",
         "name_ending", "placement", "record_version", "record_value")
"""Tables that grow with the council or with the years."""
WHOLE = re.compile(rf"SCAN ({'|'.join(LARGE)})(?! USING)")
ANY_SCAN = re.compile(rf"SCAN ({'|'.join(LARGE)})\b")
READ = re.compile(rf"(SCAN|SEARCH) ({'|'.join(LARGE)}) ")


class Plans:
    """By statement, each step of how it was carried out."""

    def __init__(self, database):
        self.found = {}
        event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, connection, _cursor, statement, parameters, *_more):
        if statement.startswith("SELECT"):
            raw = connection.connection.dbapi_connection
            steps = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            self.found[statement] = [step[3] for step in steps]

    def of(self, client, address):
        self.found.clear()
        assert client.get(address).status_code == 200
        return dict(self.found)


def _plans(council, name, address):
    client = council.sign_in(name).visitor.client
    return Plans(council.installation.database).of(client, where_it_leads(client, address))


FIND = ("/find", "/find?search=robin", "/find?search=rob+st+school", "/find?search=A123456789012",
        "/find?search=ABCD-EFGH")
FILTERED = tuple(f"/cases?{asked}" for asked in (
    "due=late", "status=waiting", "holder=nobody", "mine=yes", "team=none", "worker=nobody",
    "school=none", "stage=key-stage-2", "area=out", "still=28&sort=moved", "sort=school",
    "sort=holder",
))


def test_planned_actions_are_found_by_whose_children_they_are(sqlite_council):
    council = sqlite_council
    council.gathering()
    for name in ("wilma", "tara", "vera"):
        for address in ("/actions", "/tasks"):
            for statement, steps in _plans(council, name, address).items():
                if "record_" in statement or "involvement" in statement:
                    assert not [step for step in steps if ANY_SCAN.match(step)], statement


def test_finding_goes_by_its_words_and_along_no_index_whole(sqlite_council):
    """An index is read whole as well where it is only scanned in its order."""
    council = sqlite_council
    council.gathering()
    for name in ("wilma", "vera"):
        for address in FIND:
            for statement, steps in _plans(council, name, address).items():
                assert not [step for step in steps if ANY_SCAN.match(step)], (address, statement)


def test_no_page_reads_a_table_that_grows_from_end_to_end(sqlite_council):
    council = sqlite_council
    council.gathering()
    for name, addresses in {
        "wilma": ("/tasks", "/actions", "/cases", "/cases?search=robin", *FIND),
        "vera": ("/tasks", "/cases", "/cases?status=all", "/cases?search=robin&ended=1", *FIND),
        "max": (*FIND,"/board", "/board/initial-pep/complete_education_sections",
                "/board/initial-pep/complete_education_sections?late=1"),
    }.items():
        for address in addresses:
            for statement, steps in _plans(council, name, address).items():
                assert not [step for step in steps if WHOLE.search(step)], (address, statement)


def test_no_filter_or_order_of_the_list_reads_such_a_table_either(sqlite_council):
    council = sqlite_council
    council.gathering()
    for name in ("wilma", "vera"):
        for address in FILTERED:
            for statement, steps in _plans(council, name, address).items():
                assert not [step for step in steps if WHOLE.search(step)], (address, statement)


def test_my_tasks_and_a_step_go_along_their_index_and_stop(sqlite_council):
    """What is due on one day is put in order, never the whole list."""
    council = sqlite_council
    council.gathering()
    for name, address, index in (
        ("vera", "/tasks", "ix_task_mine"),
        ("max", "/board/initial-pep/complete_education_sections", "ix_task_standing"),
    ):
        lists = [steps for statement, steps in _plans(council, name, address).items()
                 if "FROM task" in statement and "ORDER BY task.due_on" in statement]
        covered = [steps for steps in lists if "ix_task_stands_in" in steps[0]]
        assert len(covered) <= 1  # the few that somebody else has while their holder is away
        others = [steps for steps in lists if steps not in covered]
        assert others
        for steps in others:
            assert index in steps[0]
            assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_what_is_counted_is_counted_in_an_index_alone(sqlite_council):
    """But for the few cases that need a process owner, whose trouble is read."""
    council = sqlite_council
    council.gathering()
    for name, address in (("max", "/board"), ("vera", "/cases"), ("vera", "/cases?status=all"),
                          ("max", "/board/initial-pep/complete_education_sections")):
        counts = [steps for statement, steps in _plans(council, name, address).items()
                  if "count(" in statement and "JSON_" not in statement
                  and re.search(r'FROM (task|timer|"case")', statement)]
        assert counts
        for steps in counts:
            read = [step for step in steps if READ.match(step)]
            assert read
            assert all("COVERING INDEX" in step for step in read), read
