"""A file of many children, sent to a real web process and taken in by real workers, one of which
dies in the midst of a row: every child is in once, and the page says so."""

from contextlib import contextmanager
from io import BytesIO

import pytest
from chaos_council import PASSWORD, ChaosCouncil, email_of
from files_to_import import csv_of
from from_case_system import ROW, how_many
from oracle import wrong_with
from over_http import Http
from processes import Processes, until
from sqlalchemy import select, text
from visitor import Visitor
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from engine.domain import SYSTEM
from engine.store.models import Case, Outbox
from workflows.accounts.passwords import hash_password
from workflows.administration.imports.long_import import ENDED, ROWS_IN_A_PART, long_imports
from workflows.children import Child
from workflows.involvements import Involvement
from workflows.people import Person, add_person

CHILDREN = 105
"""In five parts."""


@pytest.fixture
def url(postgres):
    url = postgres.new_database()
    yield url
    postgres.drop(url)


@pytest.fixture
def council(url):
    council = ChaosCouncil(url)
    council.people["ada"] = add_person(council.installation.acting(SYSTEM), "Ada Jessop",
                                       email_of("ada"), ["administrator"], hash_password(PASSWORD))
    yield council
    council.close()


@pytest.fixture
def processes(url, council, tmp_path):
    processes = Processes(url, tmp_path)
    yield processes
    processes.kill()


def test_a_worker_dies_while_children_are_taken_in_and_each_is_in_once(url, council, processes):
    ada = Visitor(Http(processes.serve()))
    ada.sign_in(email_of("ada"))
    page = checked(ada, csv_of("children", *map(row, range(CHILDREN)))).press("Import")
    assert page.heading == "The rows are being imported"
    assert f"0 of {CHILDREN} rows are in" in page.text

    processes.worker()
    until(lambda: rows_in(council) > 0)
    with kept_from_going_on(council):
        processes.kill_worker(0)
    before = rows_in(council)
    assert before % ROWS_IN_A_PART == 0
    assert 0 < before < CHILDREN
    until(lambda: ada.open(page.address).heading == "All rows are imported", 120)

    page = page.follow("Look again")
    assert f"{CHILDREN} new" in page.text
    assert f"{CHILDREN} of" not in page.text
    by = council.installation.acting(SYSTEM)
    assert how_many(by, Outbox, Outbox.kind == ENDED) == 1
    assert numbers(council) == sorted(f"C-{n}" for n in range(CHILDREN))
    assert how_many(by, Case) == CHILDREN
    assert how_many(by, Involvement, Involvement.role == "social_worker") == CHILDREN
    assert processes.all_live()
    assert processes.faults() == []
    assert wrong_with(url) == []


def row(number):
    """Every tenth is given a plan, which takes a test's time; of the others a case says why not."""
    return {**ROW, "number": f"C-{number}", "family name": f"Quennell{number}", "school": "none",
            "short breaks": "yes" if number % 10 else ""}


def checked(visitor, content):
    """The page of a file that was sent."""
    address = "/admin/import/children"
    form = visitor.open(address)
    file = FileStorage(BytesIO(content), "children.csv")
    boundary, body = encode_multipart({"csrf_token": form.token, "file": file})
    answer = visitor.client.ask("POST", form.address, body,
                                f"multipart/form-data; boundary={boundary}")
    return visitor.open(answer.headers["Location"])


def rows_in(council):
    [found] = long_imports(council.installation.acting(SYSTEM))
    return found.done


@contextmanager
def kept_from_going_on(council):
    """The worker stands in the midst of a row: who the child's social worker is cannot be said."""
    with council.installation.acting(SYSTEM).begin() as work:
        held = select(Person.id).where(Person.id == council.people["wilma"]).with_for_update()
        work.session.execute(held)
        waits = text("SELECT count(*) FROM pg_stat_activity"
                     " WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        until(lambda: work.session.scalar(waits))
        yield


def numbers(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return sorted(work.session.scalars(select(Child.council_number)))
