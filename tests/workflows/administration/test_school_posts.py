"""A school's designated teacher: named where one is chosen, and followed where the post ends."""

from datetime import date, timedelta

import pytest

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, Refused
from workflows.administration.leaving import leave
from workflows.administration.school_posts import add_post, end_post, posts_at
from workflows.involvements import people_around
from workflows.people import add_person
from workflows.pep.choices import choices_named


@pytest.fixture
def ada(small_council):
    return small_council.by("ada")


@pytest.fixture
def theo(small_council):
    return add_person(small_council.installation.acting(SYSTEM), "Theo", "theo@council.example",
                      ["designated_teacher"], "-")


def parts(day):
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def at_school(council, ada, name="tara"):
    add_post(ada, council.school, {
        "person": str(council.people[name]), "starts_on": parts(date(2025, 9, 1))})
    return posts_at(ada, council.school)[-1].id


def offered(by):
    with by.begin(writing=False) as work:
        return [label for _, label in choices_named(work.session, "designated_teacher")]


def teacher_of(council, case):
    return {each.name for each in people_around(council.by("vera"), case.child_id)
            if each.role == "designated_teacher"}


def test_whoever_chooses_a_teacher_reads_at_which_school_they_are(small_council, ada, theo):
    assert offered(ada) == ["Tara", "Theo"]

    at_school(small_council, ada)

    assert offered(ada) == ["Tara, Tests' School", "Theo"]


def test_children_of_the_school_go_on_with_whoever_follows(small_council, ada, theo):
    here, elsewhere = small_council.start(), small_council.start(family_name="Other", school="")
    post_id, today = at_school(small_council, ada), small_council.clock.now().date()

    end_post(ada, post_id, {"last_day": parts(today), "successor": str(theo)})

    assert teacher_of(small_council, here) == {"Tara"}
    small_council.clock.move_on(timedelta(days=1))
    assert teacher_of(small_council, here) == {"Theo"}
    assert teacher_of(small_council, elsewhere) == {"Tara"}
    assert [post.name for post in posts_at(ada, small_council.school)] == ["Theo"]
    assert offered(ada) == ["Tara", "Theo, Tests' School"]
    with pytest.raises(Refused):
        end_post(ada, post_id, {"last_day": parts(today + timedelta(days=3))})


def test_a_day_that_is_past_is_said(small_council, ada):
    post_id, today = at_school(small_council, ada), small_council.clock.now().date()

    with pytest.raises(AnswersInvalid) as refused:
        end_post(ada, post_id, {"last_day": parts(today - timedelta(days=1))})

    assert "today or a later day" in refused.value.errors["last_day"]


def test_a_post_ends_with_whoever_leaves(small_council, ada):
    at_school(small_council, ada)

    leave(ada, small_council.people["tara"], {"last_day": parts(small_council.clock.now().date())})

    small_council.clock.move_on(timedelta(days=1))
    assert posts_at(ada, small_council.school) == []
