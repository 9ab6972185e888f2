"""A folder becomes a release; a changed one the next; what the check refuses never goes live."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from diagrams import two_signatures
from plain_domain import ANN, CHILD, DAN
from publishing import propose, publish

from engine.cases import open_case
from engine.errors import DiagramRefused, NotFound
from engine.releases import get_release, live_release, load_folder, releases_of
from engine.review import approve_release


def test_the_same_folder_is_one_release_however_often_it_is_loaded(council):
    first = load_folder(council.by(ANN), "letter", two_signatures())
    again = load_folder(council.by(ANN), "letter", two_signatures())

    assert first == again
    assert (first.number, first.state) == (1, "live")


def test_running_cases_stay_on_their_release_and_new_ones_use_the_next(council):
    council.load("letter")
    old = council.case(open_case(council.by(ANN), "letter", CHILD))
    changed = two_signatures()
    changed["letter.bpmn"] = changed["letter.bpmn"].replace(b'name="Write"', b'name="Draft"')

    release = publish(council, "letter", changed, "Clearer name")
    new = council.case(open_case(council.by(ANN), "letter", CHILD))

    assert release.number == 2
    assert (old.task("write").name, new.task("write").name) == ("Write", "Draft")
    assert [view.state for view in releases_of(council.by(ANN), "letter")] == ["live", "retired"]


def test_a_folder_changed_on_disk_after_a_studio_release_waits_in_review(council):
    council.load("letter")
    studio = {**two_signatures(), "extra.form": two_signatures()["check.form"]}
    publish(council, "letter", studio)
    disk = two_signatures()
    disk["letter.bpmn"] += b"\n"

    waiting = load_folder(council.by(ANN), "letter", disk)

    assert waiting.state == "in_review"
    assert live_release(council.by(ANN), "letter").number == 2


def test_what_the_check_refuses_is_not_published_and_says_where(council):
    broken = two_signatures()
    broken["letter.bpmn"] = broken["letter.bpmn"].replace(b'pepway:form="check"', b"")

    with pytest.raises(DiagramRefused) as refused:
        publish(council, "letter", broken)

    assert "check" in {finding.element for finding in refused.value.findings}
    with pytest.raises(NotFound):
        live_release(council.by(ANN), "letter")


def test_an_unknown_release_is_not_found(council):
    with pytest.raises(NotFound):
        get_release(council.by(ANN), CHILD)


def at_once(times, do):
    """Do it in as many threads, which begin together."""
    together = Barrier(times)

    def begin(number):
        together.wait()
        return do(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))


def test_loaded_by_several_processes_at_once_a_folder_is_one_release(council):
    files = two_signatures()

    loaded = at_once(6, lambda _: load_folder(council.by(ANN), "letter", files))

    assert len({view.id for view in loaded}) == 1
    assert [view.number for view in releases_of(council.by(ANN), "letter")] == [1]


def test_approved_by_several_owners_at_once_one_is_live(council):
    council.load("letter")
    waiting = []
    for number in range(1, 6):
        files = two_signatures()
        files["letter.bpmn"] += b"\n" * number
        waiting.append(propose(council.by(ANN), "letter", files))
    assert [view.number for view in waiting] == [2, 3, 4, 5, 6]

    at_once(5, lambda at: approve_release(council.by(DAN), waiting[at].id))

    states = sorted(view.state for view in releases_of(council.by(ANN), "letter"))
    assert states == ["live", *["retired"] * 5]
