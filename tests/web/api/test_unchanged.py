"""What has not changed is not sent again; who looked is on record all the same."""

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.store.models import Audit


@pytest.fixture
def visit(council):
    council.home_visit()
    return council.task("wilma", "visit")


@pytest.mark.parametrize("accepts", ["identity", "gzip", "br"])
def test_it_is_sent_again_where_it_has_changed(program, visit, accepts):
    wilma = program("wilma")

    def get(path, tag=""):
        known = {"If_None_Match": tag} if tag else {}
        return wilma.ask("GET", path, Accept_Encoding=accepts, **known)

    for path in (f"/tasks/{visit}", "/tasks?mine=true", "/cases", "/openapi.json"):
        first = get(path)
        again = get(path, first.headers["ETag"])
        assert (first.status, again.status) == (200, 304), path
        assert again.body is None
        assert again.headers["Cache-Control"] == "no-store"

    tag = get(f"/tasks/{visit}").headers["ETag"]
    wilma.put(f"/tasks/{visit}/draft", {"answers": {"met": "Ann"}})
    changed = get(f"/tasks/{visit}", tag)

    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_a_look_is_on_record_though_nothing_is_sent(council, program, visit):
    wilma = program("wilma")
    tag = wilma.get(f"/tasks/{visit}").headers["ETag"]
    council.later(minutes=2)
    before = looks(council)

    assert wilma.ask("GET", f"/tasks/{visit}", If_None_Match=tag).status == 304

    assert looks(council) == before + 1
    assert program("sven").ask("GET", f"/tasks/{visit}", If_None_Match=tag).status == 404


def looks(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(Audit).where(
            Audit.action == "see_task"))
