"""The generator of large councils: what it writes, the product takes for its own."""

import re

import pytest
from council_pages import CouncilPages
from large_council import SIZES, load
from lives import A_FEW_LIVES, tell_lives
from sqlalchemy import func, select
from visitor import Visitor

from engine.releases import compiled
from engine.spiff import Flow
from engine.store.models import RUNNING, Case, Event, Task, TaskStatus
from engine.tampering import find_tampering
from engine.tasks import complete_task, task_form
from workflows.children import Child
from workflows.demonstration.answers import answers_for

pytestmark = pytest.mark.xdist_group("large council")

SHARE = SIZES["large"].of_share(0.001)


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    file = tmp_path_factory.mktemp("lives") / "lives.db"
    tell_lives(file, A_FEW_LIVES)
    return file


@pytest.fixture
def council(migrated_url, lives):
    load(migrated_url, SHARE, 7, lives)
    pages = CouncilPages(migrated_url)
    yield pages
    pages.close()


def _count(council, *what):
    with council.system.begin(writing=False) as work:
        return work.session.scalar(select(func.count()).where(*what))


def test_a_stamped_council_has_the_cases_of_its_share_and_their_events(council):
    cases = _count(council, Case.id.is_not(None))

    assert SHARE.cases <= cases < SHARE.cases + 20
    assert _count(council, Case.status.in_(RUNNING)) == SHARE.children
    assert _count(council, Event.seq > 0) > 60 * cases


def test_every_row_and_the_whole_chain_hold_before_the_audit(council):
    verdict = find_tampering(council.system)

    assert verdict.rows > 5_000
    assert (verdict.count, verdict.unsealed) == (0, 0)


def test_every_running_case_can_be_read_and_its_open_tasks_done(council):
    with council.system.begin(writing=False) as work:
        for case in work.session.scalars(select(Case).where(Case.status.in_(RUNNING))):
            flow = Flow.decode(compiled(work, case.release_id), case.state)
            tokens = set(work.session.scalars(select(Task.token).where(
                Task.case_id == case.id, Task.status == TaskStatus.OPEN
            )))
            assert {task.token for task in flow.open_tasks} == tokens

    open_tasks = council.open_tasks()
    assert open_tasks
    for task_id, holder in open_tasks:
        by = council.by(holder)
        asked = task_form(by, task_id)
        raw = answers_for(asked.form, asked.facts, by.today, {}, asked.kept)
        assert complete_task(by, task_id, raw).task.status == "completed"


def test_its_pages_open_for_whoever_works_there(council):
    for role in ("social_worker", "designated_teacher", "virtual_school", "manager"):
        person = council.busiest(role)
        visitor = Visitor(council.signed_in(person.id))

        assert visitor.open("/tasks").heading == "My tasks"
        assert visitor.open("/cases").status == 200
        assert "The case was opened" in visitor.open(f"/cases/{person.case_id}").text
        if role in ("virtual_school", "manager"):
            running = re.findall(r"(\d+) running case", visitor.open("/board").text)
            assert sum(map(int, running)) == SHARE.children


def test_the_same_seed_makes_the_same_council(tmp_path, lives):
    def children(name, seed):
        url = f"sqlite:///{tmp_path / name}.db"
        load(url, SHARE, seed, lives)
        pages = CouncilPages(url)
        with pages.system.begin(writing=False) as work:
            found = set(work.session.execute(select(Child.id, Child.reference, Child.born_on)))
        pages.close()
        return found

    assert children("first", 7) == children("second", 7)
    assert children("first-again", 7) != children("third", 8)
