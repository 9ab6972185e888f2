"""What a recipient may not see is not in the file: nowhere in it, seen or not.

The table below is the rule once more, in words of its own.
"""

import pytest
from reading_pdf import marks

from workflows.documents.purposes import PURPOSES
from workflows.pep.record import PLACES

ALL = {"ordinary", "social_care", "placement_address", "restricted"}
SCHOOL = {"ordinary", "restricted"}
READS = {
    "social_worker": ALL, "virtual_school": ALL, "reviewing_officer": ALL,
    "designated_teacher": SCHOOL,
    "carer": {"ordinary"}, "parent": {"ordinary"}, "child": {"ordinary"},
}
GIVES = {"wilma": ALL, "tara": SCHOOL}
NEVER_FOR = {
    "carer": {"views.parent"},
    "parent": {"views.carer", "meeting.place", "meeting.video_link", "meeting.written_input",
               "meeting.notes", "care.area_authority",
               "changes.consultation", "meeting.attendees[].name", "carer_role.others[].name",
               "carer_role.others[].part"},
    "child": set(),
}
LISTS = {
    "targets[]": {"target_text": "targets[].text", "target_evidence": "targets[].evidence"},
    "meeting.attendees[]": {"attendee_name": "meeting.attendees[].name"},
    "carer_role.others[]": {"name": "carer_role.others[].name",
                            "part": "carer_role.others[].part"},
}
FREE = "forms.own_question.answer"


@pytest.fixture
def marked(sqlite_plan):
    """Every place of text holds a word of its own; in cells of lists too."""
    texts = [path for path, place in PLACES.items()
             if place.type == "text" and "[]" not in path and path != "views.not_shared_with"]
    cells = [path for keys in LISTS.values() for path in keys.values()]
    mark = {path: f"qz{number}zq" for number, path in enumerate([*texts, *cells, FREE])}
    sqlite_plan.write({
        **{path: f"Something {mark[path]} here" for path in [*texts, FREE]},
        **{path: [{"id": "1", **{key: mark[cell] for key, cell in keys.items()}}]
           for path, keys in LISTS.items()},
    })
    return sqlite_plan, {word: path for path, word in mark.items()}


def class_of(path):
    return PLACES[path].field_class if path in PLACES else "social_care"


def may(giver, recipient, path):
    return (class_of(path) in GIVES[giver] & READS[recipient]
            and path not in NEVER_FOR.get(recipient, set()))


@pytest.mark.parametrize("giver", GIVES)
def test_both_must_be_allowed_to_see_what_a_document_holds(marked, giver):
    plan, places = marked
    on_page = marks(plan.council.sign_in(giver).visitor.open(
        f"/children/{plan.child_id}/plan").text)
    for recipient in READS:
        allowed = {word for word, path in places.items() if may(giver, recipient, path)}
        for purpose in PURPOSES:
            pdf = plan.document(giver, purpose, recipient)
            found = marks(pdf.text)

            assert {places[word] for word in found - allowed} == set(), recipient
            assert marks(pdf.everything) == found
            assert ("9 Hidden Lane" in pdf.everything) is False
            if purpose == "plan":
                assert {places[word] for word in allowed & on_page - found} == set(), recipient
                assert {class_of(places[word]) for word in found} == (
                    GIVES[giver] & READS[recipient])


def test_what_was_said_in_confidence_goes_to_nobody_who_may_be_the_one(sqlite_plan):
    """Whoever may not read “not to be shared with” may be meant by it."""
    sqlite_plan.write({"views.carer": "Sleeps badly before contact",
                       "views.not_shared_with": "Uncle Mortimer"})
    for recipient, classes in READS.items():
        pdf = sqlite_plan.document("wilma", "plan", recipient)

        is_told = "social_care" in classes
        assert ("Sleeps badly" in pdf.text) == is_told, recipient
        assert ("Mortimer" in pdf.everything) == is_told, recipient
