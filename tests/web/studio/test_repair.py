"""A process owner puts one case right, and sees before what will happen."""

import pytest

from engine.advance import open_incident
from engine.domain import ValueType
from engine.errors import AnswersInvalid, FlowFailed
from engine.migration.repair import Settable
from engine.store.models import Case
from workflows.repair_page import value_said


@pytest.fixture
def stopped(council):
    """A case that could not go on."""
    case_id = council.gathering()
    with council.by("vera").begin() as work:
        open_incident(work, work.session.get_one(Case, case_id), FlowFailed("The letter is gone."))
    return case_id


def put_right(council):
    page = council.sign_in("olga").visitor.open("/studio")
    return page.follow("Put it right otherwise")


def elsewhere(page, step):
    [link] = [each for each in page.links if each.endswith(f": {step}")]
    return page.follow(link)


@pytest.mark.both_stores
def test_a_task_goes_back_and_it_is_undone(council, stopped):
    page = put_right(council)
    assert "The case stopped: The letter is gone." in page.text
    assert "Robin" not in page.whole

    page = elsewhere(page, "Convene the PEP meeting")
    page = page.fill({"Where does it go on?": "Record the carer's contribution"})
    page = page.press("See what would happen")
    assert "it would stop before" in page.text
    assert "Do it" not in page.buttons


def test_a_step_counts_as_done_for_a_reason(council, stopped):
    page = elsewhere(put_right(council), "Convene the PEP meeting")
    page = page.fill({
        "Where does it go on?": "It counts as done, and the case goes on behind it"})
    assert "asks for “When is the meeting?” at “Hold the PEP meeting”" in (
        page.press("See what would happen").text)
    page = elsewhere(put_right(council), "Record the carer's contribution")
    page = page.fill({
        "Where does it go on?": "It counts as done, and the case goes on behind it"})
    page = page.press("See what would happen")
    assert "“Record the carer's contribution” counts as done" in page.text

    refused = page.press("Do it")
    assert refused.errors == {"reason": "Enter why the case is put right so"}
    page = refused.fill({"Why?": "It was held already"}).press("Do it")
    assert "It is done" in page.whole
    assert "It was held already" in page.text
    story = council.sign_in("vera").visitor.open(f"/cases/{stopped}").text
    assert "A process owner let “Record the carer's contribution” count as done" in story

    page = page.press("Undo")
    assert "It is undone" in page.whole
    assert council.task("wilma", "record_carer_view")


def test_what_law_demands_is_not_skipped(council, stopped):
    page = elsewhere(put_right(council), "Record the child's views")
    page = page.fill({
        "Where does it go on?": "It counts as done, and the case goes on behind it"})
    page = page.press("See what would happen")

    assert "a step would be left out that law demands: the plan holds the child's own views" in (
        page.text)


def test_the_case_goes_by_another_answer(council, stopped):
    page = put_right(council)
    [*_, link] = page.tree.xpath("//main//a[contains(@href, '/answers/')]")
    page = page.visitor.open(link.get("href"))
    assert page.heading == "Let the case go by another answer"

    assert set(page.press("Let the case go by this answer").errors) == {"value"}


@pytest.mark.parametrize(("kind", "typed"), [
    (ValueType.INT, "9" * 30), (ValueType.INT, "-" + "9" * 5000), (ValueType.DOUBLE, "inf"),
    (ValueType.DOUBLE, "nan"), (ValueType.DOUBLE, "1e300"), (ValueType.DATE, ""),
])
def test_an_answer_that_nothing_can_count_with_is_refused_beside_its_question(kind, typed):
    asked = Settable("weeks", "How many weeks?", kind, ())

    with pytest.raises(AnswersInvalid) as refused:
        value_said(asked, {"value": typed})

    assert set(refused.value.errors) == {"value"}


def test_the_case_is_cancelled(council, stopped):
    page = put_right(council)
    assert page.press("Cancel the case").errors == {"reason": "Enter why this case is closed"}

    page = page.fill({"Why is the case cancelled?": "Opened twice"}).press("Cancel the case")

    assert "The case is cancelled" in page.whole
    with council.by("vera").begin(writing=False) as work:
        assert work.session.get_one(Case, stopped).status == "closed"


def test_a_running_case_is_found_by_its_reference(council):
    case_id = council.gathering()
    with council.by("vera").begin(writing=False) as work:
        reference = work.session.get_one(Case, case_id).reference
    page = council.sign_in("olga").visitor.open("/studio").follow("Put a running case right")

    refused = page.fill({"Reference of the case": "nobody"}).press("Continue")
    assert refused.errors == {
        "reference": "Enter the reference of a running case, for example GK5E-XK7C"}
    page = refused.fill({"Reference of the case": reference.lower().replace("-", " ")})
    assert page.press("Continue").heading == f"Put case {reference} right"


@pytest.mark.parametrize("name", ["vera", "wilma", "max"])
@pytest.mark.both_stores
def test_nobody_else_puts_a_case_right(council, stopped, name):
    assert council.sign_in(name).visitor.open(f"/studio/repair/{stopped}").status == 404
