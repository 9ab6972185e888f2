"""The file itself: tagged for a screen reader (PDF/UA-1), and whole, whatever was typed."""

import json
import unicodedata
from contextlib import suppress

import pytest
import typst
from reading_pdf import Pdf
from sqlalchemy import update

from web.typesetting.displayable import _RANGES, UNKNOWN, Showing, displayable, has_letter
from web.typesetting.typesetter import typeset
from workflows.children import Child
from workflows.documents.purposes import PURPOSES

CODE = ('#panic("a") #read("/etc/passwd") $x^2$ \\ @nobody <label> *b* _i_ `c` // c /* c */ '
        '#import "@preview/a:1.0.0" = Heading #sys.inputs.data "quoted" [content] ~ -- ... {{ 1 }}')
ARABIC, HEBREW = "محمد عبد الله", "שרה לוי"


def test_each_document_is_tagged_and_says_what_it_is(sqlite_plan):
    sqlite_plan.council.do("tara", "sign_off_teacher")
    for purpose in PURPOSES:
        pdf = sqlite_plan.document("wilma", purpose, "social_worker")

        assert pdf.root["/MarkInfo"]["/Marked"].value
        assert pdf.root["/Lang"] == "en-GB"
        assert pdf.root["/ViewerPreferences"]["/DisplayDocTitle"].value
        assert ", case " in pdf.reader.metadata.title
        assert "Robin" not in str(pdf.reader.metadata)
        assert "pdfuaid:part>1<" in pdf.reader.xmp_metadata.stream.get_data().decode()
        assert pdf.headings[0] == 1
        assert pdf.headings.count(1) == 1
        assert all(after <= before + 1 for before, after in
                   zip(pdf.headings, pdf.headings[1:], strict=False))
        assert pdf.count("/THead") == pdf.count("/Table") == (
            sum(1 for row in pdf.rows if set(row) == {"/TH"}))
        assert all(set(row) in ({"/TH"}, {"/TD"}) for row in pdf.rows)
        assert pdf.count("/LI") == pdf.count("/Lbl") == pdf.count("/LBody") > 2
        assert all("/StructParents" in page for page in pdf.reader.pages)


def test_what_works_fits_on_one_page_and_loses_nothing_when_it_cannot(sqlite_plan):
    assert len(sqlite_plan.document("tara", "what-works", "carer").pages) == 1
    sqlite_plan.write({"what_works.learning": "Short tasks and a walk. " * 60})
    fuller = sqlite_plan.document("tara", "what-works", "carer")
    assert len(fuller.pages) == 1
    assert fuller.text.count("a walk.") == 60

    sqlite_plan.write({"what_works.learning": "Short tasks and a walk. " * 600})
    assert sqlite_plan.document("tara", "what-works", "carer").text.count("a walk.") == 600


def test_the_child_comes_first_in_the_meeting_pack_and_last_what_is_missing(sqlite_plan):
    text = sqlite_plan.document("viktor", "meeting-pack", "virtual_school").text

    parts = ["What the child says", "I am getting better at reading", "Attainment and attendance",
             "Targets", "Actions", "Still missing", "Pronouns"]
    at = [text.index(part) for part in parts]
    assert at == sorted(at)


def test_a_target_that_waits_for_its_judgement_is_told_with_the_last_one(sqlite_plan):
    council = sqlite_plan.council
    target = {"id": "7", "target_text": "Reads alone"}
    sqlite_plan.write({"targets[]": [{**target, "target_judgement": "not_on_track"}]})
    council.do("tara", "sign_off_teacher")
    council.do("wilma", "sign_off_social_worker")
    council.do("viktor", "assure_quality", quality_rating="green")
    council.do("viktor", "decide_pupil_premium")
    sqlite_plan.write({"targets[]": [target]})

    text = sqlite_plan.document("viktor", "meeting-pack", "virtual_school").text

    assert "Not on track (in version 1)" in text


def test_what_was_typed_is_shown_and_never_read_as_code(sqlite_plan):
    sqlite_plan.write({
        "what_works.learning": CODE, "needs.strengths": f"{ARABIC}, {HEBREW}",
        "leisure.interests": "Loves ⚽ and 👧🏽, in 中文 too\n\nA second line\ta tab\x07",
        "views.child.support": "\u202eevil\u2028next",
        "targets[]": [{"id": "1", "target_text": CODE, "target_measure": "x" * 300}],
    })
    for purpose in PURPOSES:
        pdf = sqlite_plan.document("wilma", purpose, "child")
        text = pdf.text.replace(" ", "")
        shown = [CODE.replace(" ", "")] if purpose != "meeting-pack" else []
        assert all(each in text for each in shown), purpose
        assert text.count("x") >= 300 or purpose in ("what-works", "child-friendly")
    what_works = sqlite_plan.document("wilma", "what-works", "child").text
    assert "(soccer ball)" in what_works
    assert f"in {UNKNOWN}{UNKNOWN} too" in what_works
    assert "evil next" in what_works


def test_names_of_any_length_and_script(sqlite_plan):
    for name in (ARABIC, HEBREW, "Zoë-Ștefania Łucja", "李小龍", "x" * 300, "Ann " * 75,
                 "#strong[x]", "👧🏽", "é\u0301\u0302\u0303"):
        with sqlite_plan.council.by("vera").begin() as work:
            work.session.execute(update(Child).where(Child.id == sqlite_plan.child_id).values(
                given_names=name, known_as=""))
        pdf = sqlite_plan.document("wilma", "child-friendly", "child")

        letters = [each for each in unicodedata.normalize("NFC", name) if each.isalpha()]
        assert all(each in pdf.text or UNKNOWN in pdf.text for each in letters), name
        assert "Testerby" in pdf.text


def test_a_full_plan_of_many_years(sqlite_plan):
    """Sixty targets, and a chronology of twenty pages."""
    sqlite_plan.write({
        "targets[]": [
            {"id": str(n), "horizon": "short", "target_text": f"Target{n}. " + "Reads on. " * 10,
             "target_baseline": "Reads short books with help.", "target_due": "2026-05-24",
             "target_measure": "Teacher listens once a week and keeps a note."}
            for n in range(60)
        ],
        "chronology.institutions[]": [
            {"id": str(n), "name": f"School{n}", "from": "2020-09-01", "to": "2021-07-20",
             "reason": "Moved again, because " + "of a long story. " * 15}
            for n in range(250)
        ],
    })
    pdf = sqlite_plan.document("wilma", "plan", "social_worker")

    assert 20 < len(pdf.pages) < 60
    assert all(f"Target{n}." in pdf.text for n in range(60))
    assert len([row for row in pdf.rows if len(row) >= 3]) > 300


PROBE = (b'#set document(title: "a")\n#set page(width: 2000mm, height: 2000mm)\n'
         b'#set text(lang: "en")\n'
         b"#for each in json(bytes(sys.inputs.data)) [#each ]")
LETTERS_KEPT = typst.Fonts(include_system_fonts=False)


def test_a_row_of_a_table_stays_on_one_page(sqlite_plan):
    sqlite_plan.write({"actions[]": [
        {"id": str(n), "text": f"Begin{n} of the homework that we agreed on", "kind": "homework",
         "owner": "Ms Wintle", "due_on": "2026-05-01",
         "milestones": "\n".join(["A chapter read"] * (n % 7) + [f"Last{n}"])}
        for n in range(40)
    ]})

    pages = sqlite_plan.document("tara", "plan", "designated_teacher").pages

    for n in range(40):
        [began] = [at for at, page in enumerate(pages) if f"Begin{n} " in page]
        assert f"Last{n}" in pages[began].split()


def can_be_shown(letters):
    try:
        typst.compile(PROBE, format="pdf", ignore_system_fonts=True, font_paths=LETTERS_KEPT,
                      pdf_standards="ua-1", timestamp=0,
                      sys_inputs={"data": json.dumps(list(letters))})
    except typst.TypstError:
        return False
    return True


def test_the_letters_that_are_kept_are_those_of_the_fonts():
    """Another version of Typst may bring others: then `letters.txt` is to be made anew."""
    assert [end for ends in _RANGES[::2] for end in ends if not can_be_shown([chr(end)])] == []
    beyond = [chr(end + 1) for _, end in _RANGES
              if unicodedata.category(chr(end + 1))[0] not in "CZ" and not has_letter(chr(end + 1))]
    assert len(beyond) > 50
    assert [letter for letter in beyond[::8] if can_be_shown([letter])] == []


@pytest.mark.parametrize("text", [
    "\u0301a", "a" + "\u0301" * 40, "ﷺ", "\u0600\u06dd", "क्षि", "\U0001d538", "1\ufe0f\u20e3",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\ufeff\ufffd\ufffe", "\U0010ffff", "\ue000",
    "-\u00ad-",
])
def test_whatever_is_typed_can_be_typeset(text):
    data = {"title": text, "file_title": text, "council": text, "about": text, "style": "plain",
            "facts": [[text, text]], "copy": text, "on": [2026, 3, 25],
            "parts": [{"title": text, "blocks": [
                {"label": text, "words": text},
                {"title": text, "columns": [text], "rows": [[[[text, text]]]]}]}]}

    with suppress(typst.TypstError):
        assert Pdf(typeset(json.dumps(displayable(data)))).headings == [1, 2]
        return
    assert Pdf(typeset(json.dumps(displayable(data, Showing.WITHOUT_MARKS)))).headings == [1, 2]


def test_the_last_try_needs_no_more_than_the_letters_of_western_europe():
    everything = "".join(map(chr, range(0x20, 0x3000)))

    assert set(displayable(everything, Showing.PLAIN)) <= {
        *map(chr, range(0x20, 0x180)), UNKNOWN, "\u200b"} | set("(abcdefghijklmnopqrstuvwxyz-)")
    assert can_be_shown(displayable(everything, Showing.PLAIN).split(" "))
