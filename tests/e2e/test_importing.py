"""An administrator takes in children in care from a file, on a telephone, without JavaScript."""

from looking import NARROW, follow, photograph
from playwright.sync_api import expect

COLUMNS = ("number,given names,family name,born on,looked after since,first placement,planned,"
           "other area,last review")
CHILD = "E-1,Ines,Imported,2016-05-04,2024-01-08,2024-01-08,no,no,none"


def sent(page, *rows):
    page.goto("/admin/import/children")
    page.get_by_label("Choose the file").set_input_files({
        "name": "children.csv", "mimeType": "text/csv",
        "buffer": "\n".join([COLUMNS, *rows]).encode()})
    follow(page.get_by_role("button", name="Check the file"))


def test_a_file_is_put_right_shown_and_taken_in(signed_in_page):
    page = signed_in_page("administrator", width=NARROW, javascript=False)
    page.goto("/admin/import")
    follow(page.get_by_role("link", name="Import children in care"))
    faults = photograph(page, "import children")
    with page.expect_download() as example:
        page.get_by_role("link", name="Download an example file").click()
    assert example.value.suggested_filename == "children.csv"

    sent(page, CHILD.replace("2016-05-04", "4.5.2016"))
    expect(page.get_by_text("Row 2, born on: Write the day as")).to_be_visible()
    faults += photograph(page, "import children wrong")
    sent(page, CHILD)
    expect(page.get_by_text("Row 2: Initial PEP; the plan was due by Mon 22 Jan 2024")
           ).to_be_visible()
    faults += photograph(page, "import children checked")
    follow(page.get_by_role("button", name="Import"))
    expect(page.get_by_text("Imported: 1 new")).to_be_visible()

    assert not faults, "\n".join(faults)
