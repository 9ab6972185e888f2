"""The legal status changes while the child stays in care."""

from datetime import date

import pytest

from engine.errors import AnswersInvalid
from workflows.children import Child
from workflows.pep.changes.standing import standing
from workflows.timeline import timeline_of

ORDER = {"legal_status": "interim_care_order", "from_on": "2026-03-25",
         "reason": "The court decided"}


def status_of(changing):
    with changing.council.by("vera").begin(writing=False) as work:
        return work.session.get_one(Child, changing.case.child_id).legal_status


def test_a_new_legal_status_moves_no_date_and_the_story_does_not_say_which(begun):
    child = begun(legal_status="section_20")
    before = child.deadlines()

    done = child.change("wilma", "change_legal_status", **ORDER)

    assert list(done.lines) == []
    assert (status_of(child), child.deadlines()) == ("interim_care_order", before)
    story = [line.text for line in timeline_of(child.council.by("tara"), child.case.id)]
    assert story[0] == "The legal status changed on Wed 25 Mar 2026. Reason: The court decided"
    [told] = child.case.events("legal_status_changed")
    assert "order" not in str(told.data)
    assert child.audited("change_legal_status") == 1
    assert standing(child.council.by("wilma"), child.case.id, ("legal_status",)) == [
        ("Legal status", "Interim care order")
    ]


@pytest.mark.parametrize(("was", "answers", "field", "says"), [
    ("care_order", {"legal_status": "care_order"}, "legal_status", "stands now"),
    ("", {"legal_status": "short_breaks"}, "legal_status", "two times in care"),
    ("short_breaks", {}, "legal_status", "Say that the child is no longer looked after"),
    ("", {"legal_status": "adopted"}, "legal_status", ""),
    ("", {"from_on": "2026-03-26"}, "from_on", "in the future"),
    ("", {"from_on": "2026-03-24"}, "from_on", "became looked after on Wed 25 Mar 2026"),
    ("", {"reason": " "}, "reason", "Enter why"),
])
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_changes(
    begun, was, answers, field, says,
):
    child = begun(legal_status=was)

    with pytest.raises(AnswersInvalid) as problem:
        child.preview("vera", "change_legal_status", **{**ORDER, **answers})

    assert says in problem.value.errors[field]
    assert status_of(child) == was


def test_after_short_breaks_both_clocks_count_anew(begun):
    """As its sentence says: care ends and begins again, and this time a plan is needed."""
    child = begun(legal_status="short_breaks")
    assert child.case.open() == {}
    child.move_to("2026-05-05")
    child.change("vera", "cease_to_be_looked_after", on="2026-05-04", outcome="other",
                 reason="The short breaks have ended")

    back = child.change(
        "vera", "return_to_care", became_looked_after_on="2026-05-05",
        first_placement_on="2026-05-05", entry="planned", lives_out_of_area="no",
        legal_status="section_20", social_worker=child.council.people["wilma"],
        reason="The child stays with the carers now",
    )

    child.case = type(child.case)(child.council, back.case_id)
    assert "initiate_pep" in child.case.open()
    assert child.review().limit_on == date(2026, 6, 3)
