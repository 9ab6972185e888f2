"""The pack holds all that is held, and of what is withheld not a word."""

import random
from uuid import uuid4

import pytest
from sample_files import docx, pdf
from sqlalchemy import insert, select, text

from engine.errors import AnswersInvalid, Refused
from workflows.attached.table import AttachedFile
from workflows.corrections import add_statement, ask_for_correction, decide_correction
from workflows.documents.contents import Table
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import PLACES
from workflows.section_comments import comment_on_section
from workflows.subject_access.pack import give_pack, pack_for
from workflows.subject_access.requests import open_request
from workflows.subject_access.withholding import (
    Burn,
    lift_withholding,
    markable,
    withheld_about,
    withhold,
)

PATHS = [path for path, place in PLACES.items() if "[]" not in path]
LISTS = sorted({path.partition("[]")[0] + "[]" for path in PLACES if "[]." in path})
THIRD, HARM = "[withheld: about somebody else]", "[withheld: could cause serious harm]"


@pytest.fixture
def asked(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    iris = small_council.by("iris")
    request = open_request(iris, case.child_id, asked_by="Robin, now 19", received_on=iris.today,
                           identity_confirmed_on=iris.today)
    return case, request


def version_of(council, case, values, number=50, state="signed"):
    """A version with these values, as if it had been signed."""
    by = council.by("vera")
    with by.begin() as work:
        identity = uuid4()
        work.session.add(RecordVersion(
            id=identity, child_id=case.child_id, case_id=case.id, number=number, state=state,
            reason="Next review", opened_at=work.now, signed_at=work.now,
            document=values if state != "open" else None,
        ))
        work.session.flush()
        work.session.execute(insert(RecordValue), [
            {"version_id": identity, "path": path, "value": value, "valid": True, "version": 1,
             "by": council.people["tara"], "at": work.now} for path, value in values.items()
        ])
    return identity


def words_of(pack):
    found = [pack.child]
    for part in pack.parts:
        found.append(part.title)
        for block in part.blocks:
            if isinstance(block, Table):
                found.extend(text for row in block.rows for cell in row for _, text in cell)
            else:
                found.extend(block)
    return "\n".join(found)


def test_of_two_hundred_generated_plans_no_value_is_missing(asked, small_council):
    """The oracle reads the rows as the database has them, and knows nothing of forms or places."""
    case, request = asked
    luck = random.Random(20260325)
    for number in range(200):
        values = {path: f"tok{luck.randrange(10**9)}w" for path in luck.sample(PATHS, 6)}
        values[luck.choice(LISTS)] = [
            {"id": str(row), "unknown_cell": f"tok{luck.randrange(10**9)}w",
             "target_text": f"tok{luck.randrange(10**9)}w"} for row in range(luck.randrange(1, 4))
        ]
        values[f"forms.any.{luck.randrange(99)}"] = [f"tok{luck.randrange(10**9)}w", "two"]
        version_of(small_council, case, values, number + 50,
                   luck.choice(["signed", "kept", "open"]))

    pack = pack_for(small_council.by("iris"), request)

    words = words_of(pack)
    with small_council.by("vera").begin(writing=False) as work:
        rows = work.session.execute(text(
            "SELECT v.number, r.path, r.value FROM record_value r "
            "JOIN record_version v ON v.id = r.version_id")).all()
    assert len(rows) > 1_500
    for number, path, raw in rows:
        raw = str(raw)
        if raw in ("null", "[]", '""', "None", ""):
            continue
        assert (number, path) in pack.told
        for token in {part.split("w")[0] for part in raw.split("tok")[1:]}:
            assert f"tok{token}w" in words, (number, path)


def test_in_life_order_and_the_childs_own_words_first(asked, small_council):
    case, request = asked
    version_of(small_council, case, {"views.child.going_well": "I like maths",
                                     "needs.strengths": "Drawing"})

    titles = [part.title for part in pack_for(small_council.by("iris"), request).parts]

    assert titles[0] == "To whoever asked"
    assert titles[1] == "What the council holds about your life"
    mine = [each for each in titles if each.startswith("Plan, version 50")]
    assert mine == ["Plan, version 50, signed on 25 March 2026: In their own words",
                    "Plan, version 50, signed on 25 March 2026: Needs and strengths"]
    assert titles.index("Plan, version 1, being worked on: The child and the people around them") \
        < titles.index(mine[0])
    assert any(each.startswith("What happened in case") for each in titles)


def test_what_is_withheld_is_in_no_text_wherever_it_was_copied(asked, small_council):
    case, request = asked
    secret = "Aunt Zelda drinks again"
    version_of(small_council, case, {"views.carer": secret, "needs.strengths": "Draws well"}, 50)
    version_of(small_council, case, {"views.carer": secret,
                                     "needs.strengths": f"as the carer says: {secret.upper()}"}, 51)
    vera, iris = small_council.by("vera"), small_council.by("iris")
    comment_on_section(vera, case.id, "views", f"Is it true? {secret}.", uuid4())
    attach(small_council, case, "note.txt", f"x {secret} x".encode(), "Note")

    withhold(vera, case.child_id, what="answer:50:views.carer", kind="serious_harm",
             reason="The carer asked for it")

    pack = pack_for(iris, request)
    words = words_of(pack)
    assert "zelda" not in words.lower()
    assert "as the carer says: " + HARM in words
    assert pack.files == []
    label = PLACES["views.carer"].label
    assert {gap.where for gap in pack.gaps} == {f"Version 50: {label}", f"Version 51: {label}",
                                                "File 1"}
    assert "Schedule 3" in words
    assert "Draws well" in words
    assert {(50, "views.carer"), (51, "views.carer")}.isdisjoint(pack.told)


def attach(council, case, name, content, title):
    with council.by("vera").begin() as work:
        work.session.add(AttachedFile(
            id=uuid4(), child_id=case.child_id, kind="other", section="needs", title=title,
            dated_on=work.today, name=name, media_type="text/plain", content=content,
            size=len(content), added_by=work.actor.id, added_at=work.now,
        ))


@pytest.mark.parametrize("typed", ["Aunt Zelda", "aunt  zelda", "AUNT\nZELDA", "Aunt\u00a0Zelda",
                                   "Aunt Z\u00adelda", "Au\u200bnt Zelda"])
def test_words_are_found_however_they_are_typed(typed):
    assert Burn({"Aunt Zelda": THIRD})(f"my {typed} said") == f"my {THIRD} said"


def test_the_longer_words_go_first_and_apostrophes_are_one():
    burn = Burn({"Ann": "[a]", "Ann O'Brien": "[b]"})

    assert burn("Ann O\u2019Brien and Ann") == "[b] and [a]"


def test_a_file_that_holds_withheld_words_is_withheld_and_others_are_in_the_pack(
    asked, small_council
):
    case, request = asked
    attach(small_council, case, "a.docx",
           docx("<w:p><w:r><w:t>Aunt Zel</w:t></w:r><w:r><w:t>da</w:t></w:r></w:p>"), "One")
    attach(small_council, case, "b.pdf", pdf(), "Two")
    attach(small_council, case, "Aunt Zelda.txt", b"Nothing", "Three")
    withhold(small_council.by("iris"), case.child_id, what="words", phrase="Aunt Zelda",
             kind="third_party", reason="Not asked")

    pack = pack_for(small_council.by("iris"), request)

    assert [each.name.rsplit(".")[-1] for each in pack.files] == ["pdf"]
    assert len(pack.gaps) == 2
    assert "zelda" not in words_of(pack).lower()


def test_a_mark_is_lifted_and_the_words_are_there_again(asked, small_council):
    case, request = asked
    iris, child = small_council.by("iris"), case.child_id
    version_of(small_council, case, {"needs.strengths": "Sings with Bert"})
    mark = withhold(iris, child, what="words", phrase="Bert", kind="third_party", reason="A friend")
    assert f"Sings with {THIRD}" in words_of(pack_for(iris, request))
    assert [each.phrase for each in withheld_about(iris, child)] == ["Bert"]

    lift_withholding(iris, child, mark)

    assert "Sings with Bert" in words_of(pack_for(iris, request))
    with pytest.raises(Refused):
        lift_withholding(iris, child, mark)


@pytest.mark.parametrize(("what", "phrase", "field"), [
    ("answer:50:no.place", "", "what"), ("file:no", "", "what"), ("words", "ab", "phrase"),
    ("words", "", "phrase"), ("answer:50:needs.strengths", "more", "phrase"),
])
def test_a_mark_that_means_nothing_is_refused(asked, small_council, what, phrase, field):
    case, _ = asked
    version_of(small_council, case, {"needs.strengths": "Sings"})

    with pytest.raises(AnswersInvalid) as wrong:
        withhold(small_council.by("iris"), case.child_id, what=what, phrase=phrase,
                 kind="third_party", reason="x")

    assert list(wrong.value.errors) == [field]
    marked = dict(markable(small_council.by("iris"), case.child_id))
    assert marked["answer:50:needs.strengths"] == f"Version 50: {PLACES['needs.strengths'].label}"


def test_corrections_stand_beside_their_answer(asked, small_council):
    case, request = asked
    vera, iris = small_council.by("vera"), small_council.by("iris")
    version_of(small_council, case, {"needs.strengths": "Never reads"})
    noted = ask_for_correction(vera, case.child_id, number=50, path="needs.strengths",
                               wrong="Never reads", right="Reads every day", asked_by="Robin",
                               asked_on=vera.today)
    decide_correction(iris, noted, decision="refused", because="The school says otherwise")
    add_statement(vera, noted, statement="I do read, at night")

    words = words_of(pack_for(iris, request))

    assert "Said to be right: Reads every day." in words
    assert "Refused on 25 March 2026 by Iris: The school says otherwise." in words
    assert "Their own statement: I do read, at night" in words
    with small_council.by("vera").begin(writing=False) as work:
        [document] = work.session.scalars(
            select(RecordVersion.document).where(RecordVersion.number == 50))
    assert document == {"needs.strengths": "Never reads"}


def test_nothing_is_given_to_somebody_unknown(small_council):
    case, iris = small_council.start(), small_council.by("iris")
    request = open_request(iris, case.child_id, asked_by="Robin", received_on=iris.today)

    with pytest.raises(Refused, match="Confirm first who asks"):
        give_pack(iris, request)
