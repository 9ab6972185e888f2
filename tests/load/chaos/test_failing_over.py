"""The database crashes, or is lost with its machine, while people work: nothing that was answered
is lost or done twice, and Pepway goes on without a restart."""

import gc
import json
import time
from contextlib import suppress
from datetime import datetime
from random import Random
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
from chaos_council import ChaosCouncil, email_of
from clerks import Clerks
from cluster import Cluster
from journal import Journal
from oracle import wrong_with
from over_http import Http
from processes import AWAY, READY, Processes, readyz, until
from sqlalchemy import func, select
from strikes import SOON, strike
from visitor import Visitor

from engine.background.handing_over import living_workers
from engine.demo_clock import move_demo_clock
from engine.domain import SYSTEM
from engine.due import is_due
from engine.store.models import Event

pytestmark = [
    pytest.mark.xdist_group("cluster"),
    # of a connection whose server has died in the midst of an answer
    pytest.mark.filterwarnings("ignore:<psycopg.Connection:ResourceWarning"),
]

@pytest.fixture(scope="module")
def pair():
    cluster = Cluster()
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(pair):
    pair.add_standby()
    yield pair
    gc.collect()


@pytest.fixture
def url(cluster):
    return cluster.new_database()


@pytest.fixture
def council(url):
    council = ChaosCouncil(url)
    yield council
    council.close()


@pytest.fixture
def clerks(council, tmp_path):
    seed = Random().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to be seen where the test fails
    clerks = Clerks(council, Journal(tmp_path / "journal"), seed)
    yield clerks
    clerks.stop()


def test_strikes_under_people_at_work_lose_and_double_nothing(cluster):
    struck = strike(cluster, Random().randrange(10**6), stops=2, promotions=1, kills=2)

    print(struck)  # noqa: T201 - the seed, to be seen where the test fails
    assert struck.wrong == []
    assert struck.acknowledged > 0
    assert struck.fired > 0


def test_a_standby_that_was_not_waited_for_loses_and_this_is_noticed(cluster, url, clerks):
    cluster.wait_for_no_standby()
    cluster.standby.halt()
    clerks.start(2)
    clerks.first_answer_after(time.monotonic())
    time.sleep(1)
    clerks.stop()

    cluster.primary.kill()
    cluster.standby.resume()
    cluster.promote()

    assert any(each.startswith("lost: ") for each in wrong_with(url, clerks.journal))


def test_a_lost_primary_that_starts_by_itself_acknowledges_nothing(cluster):
    cluster.fail_over()
    lost = cluster.standby
    lost.resume()
    connection = psycopg.connect(lost.url("postgres"), autocommit=True)
    answers = []

    def write():
        with suppress(psycopg.OperationalError):
            answers.append(connection.execute("CREATE TABLE parted ()"))

    writing = Thread(target=write)
    writing.start()
    writing.join(1)
    lost.kill()
    writing.join(10)
    connection.close()

    assert answers == []


@pytest.fixture
def processes(url, council, tmp_path):
    processes = Processes(url, tmp_path)
    yield processes
    processes.kill()


def test_web_processes_and_workers_go_on_with_the_standby(cluster, url, council, processes):
    case_id = council.start_case("Quennell")
    ports = [processes.serve(), processes.serve()]
    processes.worker()
    processes.worker()
    until(lambda: living_workers(council.installation.acting(SYSTEM), 30) == 2)
    form = open_first_task(council, case_id, ports[0])
    form.fill({"What is the reference of the Care Plan?": "CP 2026/17"})

    cluster.primary.kill()
    page = form.press("Continue")
    assert (page.status, page.heading) == (503, "Pepway cannot reach its records for a moment")
    assert "CP 2026/17" in page.answers.values()
    assert "Wait half a minute, then try again" in page.text
    assert {readyz(port) for port in ports} == {AWAY}
    with pytest.raises(HTTPError) as refusal:
        urlopen(Request(f"http://127.0.0.1:{ports[1]}/api/v1/cases",
                        headers={"Authorization": "Bearer any"}))
    with refusal.value as said:
        assert (said.code, said.headers["Retry-After"]) == (503, "10")
        assert json.load(said)["title"] == "The records cannot be reached for a moment"

    cluster.promote()
    until(lambda: [readyz(port) for port in ports] == [READY] * 2, SOON)
    page = page.press("Try again")
    assert page.heading == "Initiate the PEP"
    assert page.value("What is the reference of the Care Plan?") == "CP 2026/17"

    move_demo_clock(council.installation.acting(SYSTEM), datetime(2026, 3, 27, 9))  # noqa: DTZ001
    until(lambda: fired(council) and not due(council), SOON)
    assert processes.all_live()
    assert processes.faults() == []
    assert wrong_with(url) == []


def open_first_task(council, case_id, port):
    visitor = Visitor(Http(port))
    visitor.sign_in(email_of("wilma"))
    return visitor.open(f"/tasks/{council.open_tasks(case_id)['initiate_pep'].id}")


def fired(council):
    return count(council, select(func.count()).where(Event.kind == "timer_fired"))


def due(council):
    return count(council, select(func.count()).where(is_due(council.installation.clock.now())))


def count(council, statement):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalar(statement)
