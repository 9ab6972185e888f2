"""The child leaves care, is taken over, dies, or returns: what runs ends, the record stays."""

import pytest
from sqlalchemy import select

from engine.background import Embedded
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.store.models import Case
from workflows.access import decide
from workflows.children import get_child
from workflows.pep.changes.outcome import Group
from workflows.pep.plan import VersionState, kept_values, latest_version
from workflows.pep.starting import start_case
from workflows.resources import case_resource
from workflows.timeline import timeline_of

CEASED = {"on": "2026-03-25", "outcome": "home", "reason": "The court discharged the order"}
BACK = {
    "became_looked_after_on": "2026-06-01", "first_placement_on": "2026-06-01",
    "entry": "emergency", "lives_out_of_area": "no", "reason": "The carers asked for help",
}


def may_see(changing, name):
    by = changing.council.by(name)
    return decide(by.actor, "see_case", case_resource(by, changing.case.id)).allowed


def back(changing, **answers):
    people = changing.council.people
    around = {"social_worker": people["sven"], "designated_teacher": people["tara"],
              "reviewing_officer": people["rob"], "school": changing.council.school}
    return changing.change("vera", "return_to_care", **BACK, **{**around, **answers})


def deliver(changing):
    sent = []
    Embedded(changing.council.installation, sent.append).one_round()
    return sent


def test_care_ends_and_nothing_is_left_to_do_while_the_record_is_kept(gathering):
    done = gathering.change("wilma", "cease_to_be_looked_after", **CEASED)

    assert gathering.status() == "closed"
    assert (gathering.case.open(), gathering.timers()) == ({}, {})
    assert [(line.before, line.after) for line in done.of(Group.CASES)] == [("runs", "")]
    assert all(line.after == "" for line in done.of(Group.TASKS))
    with gathering.council.by("vera").begin(writing=False) as work:
        version = latest_version(work.session, gathering.case.child_id)
        assert version.state == VersionState.KEPT
        assert version.document["virtual_school.caseworker_id"]
    assert any("looked after until Wed 25 Mar 2026" in line.text
               for line in timeline_of(gathering.council.by("vera"), gathering.case.id))


def test_those_around_the_child_read_until_the_day_ends_and_the_virtual_school_goes_on(gathering):
    gathering.change("wilma", "cease_to_be_looked_after", **CEASED)
    assert may_see(gathering, "wilma")
    assert may_see(gathering, "tara")

    gathering.move_to("2026-03-26")

    assert [name for name in ("wilma", "tara", "rob", "mona", "vera") if may_see(gathering, name)
            ] == ["vera"]


def test_another_council_takes_over_and_everyone_is_told(gathering):
    done = gathering.change("mona", "transfer_to_other_council", on="2026-03-25",
                            council="Hull", reason="The family has moved")

    assert {line.what for line in done.of(Group.MESSAGES)} >= {"Wilma", "Tara", "Rob", "Vera"}
    assert any(line.text.startswith("Hull looks after the child from Wed 25 Mar 2026")
               for line in timeline_of(gathering.council.by("vera"), gathering.case.id))
    assert gathering.status() == "closed"


@pytest.mark.parametrize(
    ("on", "says"), [("2026-03-26", "in the future"), ("2026-03-24", "became looked after on")]
)
def test_care_ends_on_a_day_that_can_be(changing, on, says):
    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("wilma", "cease_to_be_looked_after", **{**CEASED, "on": on})

    assert says in problem.value.errors["on"]


def test_a_death_is_recorded_in_silence(gathering):
    assert gathering.messages()

    done = gathering.change("vera", "record_death", on="2026-03-25", reason="The hospital")

    assert gathering.messages() == []
    assert all(line.after == "" for line in done.of(Group.MESSAGES))
    assert (gathering.case.open(), gathering.timers()) == ({}, {})
    gathering.move_to("2026-07-01")
    assert deliver(gathering) == []
    assert gathering.offered("vera") == []
    with pytest.raises(Refused):
        start_case(gathering.council.by("vera"), "initial-pep", gathering.case.child_id)
    assert gathering.nothing_is_altered()


def test_only_the_team_manager_and_the_virtual_school_record_a_death(changing):
    for name in ("wilma", "tara", "rob", "max", "sven"):
        with pytest.raises(NotFound):
            changing.preview(name, "record_death", on="2026-03-25", reason="The hospital")


def test_a_return_to_care_is_a_new_first_plan_on_the_same_record(gathering):
    gathering.case.do("complete_social_work_sections", "wilma", leisure_interests="Swimming")
    gathering.change("wilma", "cease_to_be_looked_after", **CEASED)
    gathering.move_to("2026-06-01")
    assert gathering.offered("vera") == ["return_to_care"]
    assert gathering.offered("wilma") == []

    done = back(gathering)

    assert done.case_id != gathering.case.id
    again = type(gathering)(type(gathering.case)(gathering.council, done.case_id))
    with gathering.council.by("vera").begin(writing=False) as work:
        case = work.session.get_one(Case, done.case_id)
        assert (case.procedure, case.previous_id) == ("initial-pep", gathering.case.id)
        kept = kept_values(work.session, case.child_id)
    assert kept["leisure.interests"].value == "Swimming"
    found = again.deadlines()
    assert found["First statutory review within 20 working days"].isoformat() == "2026-06-29"
    assert found["Plan prepared within 10 working days"].isoformat() == "2026-06-15"
    assert again.holder("initiate_pep") == "sven"
    child = get_child(gathering.council.by("vera"), gathering.case.child_id)
    assert (child.looked_after_on.isoformat(), child.school) == ("2026-06-01", "Tests' School")


def test_after_a_return_reviews_count_anew(waiting):
    waiting.change("vera", "cease_to_be_looked_after", **{**CEASED, "on": "2026-04-24"})
    waiting.move_to("2026-06-01")

    done = back(waiting)

    again = type(waiting)(type(waiting.case)(waiting.council, done.case_id))
    assert "First statutory review within 20 working days" in again.deadlines()
    with waiting.council.by("vera").begin(writing=False) as work:
        running = work.session.scalars(select(Case.id).where(Case.status == "open")).all()
    assert running == [done.case_id]


def test_a_child_who_has_not_left_does_not_return(changing):
    assert "return_to_care" not in changing.offered("vera")
    with pytest.raises(NotFound):
        changing.preview("vera", "return_to_care", **BACK,
                         social_worker=changing.council.people["sven"])


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"became_looked_after_on": "2026-03-25"}, "became_looked_after_on",
         "The time in care before ended on Wed 25 Mar 2026"),
        ({"first_placement_on": "2026-05-31"}, "first_placement_on", "before the child became"),
        ({"first_placement_on": "2034-05-31"}, "first_placement_on", "18 or older"),
        ({"became_looked_after_on": "2027-05-31", "first_placement_on": "2027-05-31"},
         "became_looked_after_on", "more than 90 days ahead"),
    ],
)
def test_a_return_that_cannot_be_is_refused(changing, answers, field, says):
    changing.change("wilma", "cease_to_be_looked_after", **CEASED)
    changing.move_to("2026-06-01")

    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("vera", "return_to_care", **{**BACK, **answers},
                         social_worker=changing.council.people["sven"])

    assert says in problem.value.errors[field]


def test_a_case_of_a_child_who_left_is_not_opened_by_another_way(changing):
    changing.change("wilma", "cease_to_be_looked_after", **CEASED)

    with pytest.raises(Refused, match="left care"):
        start_case(changing.council.by("vera"), "initial-pep", changing.case.child_id)
