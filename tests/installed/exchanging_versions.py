"""People work on while a later version takes the place of this one, and while this one comes back.

Two web processes, people at browsers and at verbs, cases in flight. `pepway migrate` of the later
version, then one process after the other; then one back, so that both work beside each other.
"""

import time
from random import Random

import pytest
from browsers import Browser
from chaos_council import ChaosCouncil
from clerks import Clerks
from environments import Environment, make_dist
from journal import Journal
from next_version import next_version
from oracle import wrong_with
from over_http import Either
from processes import Processes, readyz

from engine.demo_clock import clock_ahead
from engine.store.schema import is_current, serve_this_version

pytestmark = pytest.mark.xdist_group("installed")

WITHOUT_WORKER = (200, "ready, but no worker runs: start `pepway worker`\n")


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """The next version, installed beside this one."""
    folder = tmp_path_factory.mktemp("later")
    wheel = make_dist(folder / "dist", next_version(folder / "sources"))
    return Environment(folder / "venv", wheel)


@pytest.fixture
def url(postgres):
    url = postgres.new_database()
    yield url
    postgres.drop(url)


@pytest.fixture
def council(url):
    council = ChaosCouncil(url)
    yield council
    council.close()


@pytest.fixture
def two_versions(url, installed, later, tmp_path):
    """The processes of this version and of the next."""
    pair = []
    for name, environment in (("this", installed), ("next", later)):
        (tmp_path / name).mkdir()
        pair.append(Processes(url, tmp_path / name, environment.pepway))
    yield pair
    for each in pair:
        each.kill()


@pytest.fixture
def clerks(council, tmp_path):
    seed = Random().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to be seen where the test fails
    clerks = Clerks(council, Journal(tmp_path / "journal"), seed)
    yield clerks
    clerks.stop()


def test_nobody_notices_that_versions_are_exchanged(url, council, two_versions, clerks):
    this, following = two_versions
    ports = [this.serve(), this.serve()]
    browsers = [Browser(clerks, "wilma", Either(ports[0], other=ports[1]), clerks.seed),
                Browser(clerks, "tara", Either(ports[1], other=ports[0]), clerks.seed)]
    council.installation.clock.set_ahead(clock_ahead(council.installation.database))
    clerks.start(1)
    for each in browsers:
        each.start()
    try:
        clerks.first_answer_after(time.monotonic())
        assert following.run("migrate") == 0
        assert [readyz(port) for port in ports] == [WITHOUT_WORKER] * 2, "this version goes on"
        exchange(this, following, ports, clerks)
        assert this.run("migrate") == 0, "there is nothing to do"
        exchange(following, this, ports[:1], clerks)
    finally:
        for each in browsers:
            each.stop()
        clerks.stop()

    database = council.installation.database
    assert (is_current(database), serve_this_version(database)) == (False, True)
    assert clerks.never == []
    assert this.faults() + following.faults() == []
    assert wrong_with(url, clerks.journal) == []
    assert len(clerks.answered_at) > 5


def exchange(leaving, coming, ports, clerks):
    """One process after the other; between them something is acknowledged."""
    for port in ports:
        assert leaving.stop_serving(port) == 0
        coming.serve(port)
        clerks.first_answer_after(time.monotonic())
