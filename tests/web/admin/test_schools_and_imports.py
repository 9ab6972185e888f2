"""Schools one by one and from a file; a file is checked and shown before anything is done."""

import pytest
from files_to_import import csv_of, send

from workflows.administration.imports import KINDS
from workflows.administration.imports.reading import rows_in, text_of

FILE = ("URN,EstablishmentName,PhaseOfEducation (name),LA (name)\r\n"
        "123456,<b>St Mary</b>,Primary,Testerby\r\n")


def test_a_school_is_added_and_changed(council, ada):
    page = ada.open("/admin").follow("Schools").follow("Add a school")
    page.fill({"URN": "12345", "Name": "Hill School", "Phase": "Special",
               "In whose area?": "Testerby Council"})
    page = page.press("Add this school")
    assert page.errors["urn"] == "Enter the URN, six digits such as 123456"
    page.fill({"URN": "123456"})

    page = page.press("Add this school")
    assert "123456, Special, Testerby Council" in page.text
    page = page.follow("Hill School")
    assert page.value("Name") == "Hill School"
    assert "Hill Academy" in page.fill({"Name": "Hill Academy"}).press("Save").text

    page = ada.open("/admin/schools/add")
    page.fill({"URN": "123456", "Name": "Other", "Phase": "Primary", "In whose area?": "X"})
    assert page.press("Add this school").errors["urn"] == "Another school has this URN"
    assert "0 schools for “zz”" in ada.open("/admin/schools?search=zz").text


def test_a_file_is_checked_shown_and_imported(council, ada):
    page = send(ada, "schools", FILE.encode("utf-8-sig"))
    assert "1 new" in page.text
    assert "0 schools" in ada.open("/admin/schools").text

    page = page.press("Import")

    assert "Imported: 1 new, 0 changed, 0 the same" in page.whole
    page = ada.open("/admin/schools")
    assert "<b>St Mary</b>" in page.text
    assert "Testerby Council" in page.text


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_has_an_example_file_that_can_be_read(council, ada, kind):
    page = ada.open(f"/admin/import/{kind}")
    assert "Download an example file" in page.text

    example = page.follow("Download an example file").response

    assert example.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    rows = rows_in(text_of(example.get_data()), KINDS[kind].columns)
    assert len(rows) == 2
    assert [row.wrong for row in rows] == [[], []]


def test_the_page_says_what_each_child_begins_with(council, ada):
    sent = csv_of("children", {**KINDS["children"].example[0], "looked after since": "2026-03-25",
                               "first placement": "2026-03-25", "school": "none"})

    page = send(ada, "children", sent)

    assert "Row 2: Initial PEP; the plan is due by Fri 10 Apr 2026" in page.text
    page = page.press("Import")
    assert "Imported: 1 new, 0 changed, 0 the same" in page.whole
    assert "Robin Example" in council.sign_in("wilma").text
    assert "1 the same" in send(ada, "children", sent).text


def test_wrong_rows_are_told_and_there_is_no_way_on(council, ada):
    page = send(ada, "schools", FILE.replace("123456", "12").encode())

    assert page.status == 422
    assert page.heading == "Nothing was imported"
    assert "Row 2, URN: Write six digits" in page.text
    assert "Import" not in page.buttons


@pytest.mark.parametrize(("content", "says"), [
    (b"", "Choose a file that is not empty"), (b"a,b\n1,2\n", "The file has no columns"),
    (b"x" * 2_500_000, "larger than 2 MB"), (b"x" * 11_000_000, "larger than 2 MB"),
])
def test_what_is_no_such_file_is_said_where_it_is_chosen(council, ada, content, says):
    page = send(ada, "people", content)

    assert page.status == 422
    assert page.heading == "Import people"
    assert says in page.errors["file"]


def test_there_is_nothing_to_import_without_a_file(council, ada):
    assert ada.open("/admin/import/people/check").heading == "Import people"
    assert ada.open("/admin/import/pictures").status == 404


def test_a_school_has_a_designated_teacher_until_somebody_else_is(council, ada):
    send(ada, "schools", FILE.replace("<b>St Mary</b>", "Hill School").encode()).press("Import")
    page = ada.open("/admin/schools").follow("Designated teacher: Hill School")
    assert "Nobody is entered" in page.text
    page.fill({"Who?": "Tara Copley, tara@council.example",
               "From which day?": ("1", "9", "2025")})

    page = page.press("Add this teacher")
    assert "Tara Copley, from 1 September 2025" in page.text
    page = page.follow("Somebody else becomes designated teacher")
    page = page.fill({"Their last day in this post": ("31", "8", "2026")}).press("Save")

    assert "Tara Copley, from 1 September 2025 to 31 August 2026" in page.text
