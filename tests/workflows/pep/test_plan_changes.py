"""What changed between two versions of a plan, told in words, and only to whom it may be told."""

import pytest

from engine.errors import NotFound
from workflows.plan_changes import Change, How, plan_changes

TARGETS = {
    "targets": [
        {"target_area": "english", "target_text": "Read a chapter a week", "horizon": "short"},
        {"target_area": "maths", "target_text": "Know all times tables", "horizon": "long"},
    ],
}


@pytest.fixture
def case(small_council):
    """A plan in force, whose next review has begun."""
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    return case


def changes(case, number=None, since=None, may_see=lambda _field_class: True):
    found = plan_changes(case.council.by("vera"), case.child_id, may_see, number, since)
    return {each.section.key: list(each.changes) for each in found.sections}


def test_the_review_is_told_as_what_is_new(case):
    case.do("hold_first_review", "rob", review_progress="She reads with joy")

    said = changes(case)

    assert set(said) == {"review"}
    [progress] = [each for each in said["review"] if each.now == "She reads with joy"]
    assert (progress.how, progress.before) == (How.NEW, "")


def test_the_newest_two_are_compared_unless_others_are_asked_for(case):
    case.do("hold_first_review", "rob")

    page = plan_changes(case.council.by("vera"), case.child_id, lambda _field_class: True)

    assert (page.before.number, page.now.number) == (1, 2)
    assert [version.number for version in page.versions] == [2, 1]
    assert changes(case, 1, since=2)["review"][0].how is How.REMOVED
    assert changes(case, 2, since=2) == {}


@pytest.mark.parametrize(("number", "since"), [(1, None), (7, None), (2, 7), (0, None), (-1, 1)])
def test_a_version_that_is_not_there_is_not_found(case, number, since):
    case.do("hold_first_review", "rob")
    with pytest.raises(NotFound):
        changes(case, number, since)


def test_nothing_is_compared_before_there_are_two(small_council):
    case = small_council.start()
    with pytest.raises(NotFound):
        changes(case)
    case.do("initiate_pep", "wilma")
    with pytest.raises(NotFound):
        changes(case)


def test_what_a_reader_may_not_see_is_not_told_as_changed_either(case):
    case.do("hold_first_review", "rob", review_progress="She reads with joy")

    assert changes(case, may_see=lambda _field_class: False) == {}


def test_a_changed_place_says_before_and_now(case):
    small_council = case.council
    case.do("hold_first_review", "rob")
    small_council.move_to("2026-07-01")
    review = case.next()
    review.do("confirm_review_date", "rob")
    review.do("update_social_work_sections", "wilma", leisure_interests="Now plays the cello")

    said = changes(review)["what_works"]

    [leisure] = [each for each in said if each.now == "Now plays the cello"]
    assert leisure.how is How.CHANGED
    assert leisure.before not in ("", leisure.now)


def test_a_row_is_the_same_row_whatever_of_it_changed(case):
    from workflows.plan_changes import _rows

    before = {"a": {"What": "Read", "By": "Easter"}, "b": {"What": "Count"}}
    now = {"c": {"What": "Write"}, "a": {"What": "Read", "By": "Whitsun"}}

    assert list(_rows("Targets", before, now)) == [
        Change("Targets: Write", How.NEW, cells=[Change("What", How.NEW, "", "Write")]),
        Change("Targets: Read", How.CHANGED,
               cells=[Change("By", How.CHANGED, "Easter", "Whitsun")]),
        Change("Targets: Count", How.REMOVED, cells=[Change("What", How.REMOVED, "Count", "")]),
    ]
