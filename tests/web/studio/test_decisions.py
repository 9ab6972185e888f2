"""A process owner reads the decision tables of a procedure, and takes them along as files."""

import pytest
from home_visit import FILES, PROCEDURE
from tables import table

from engine.releases import load_folder

HOW_OFTEN = table(
    [{"name": "rating", "label": "How good is the plan?", "allowed": '"red", "green"'}, "age"],
    [{"name": "weeks", "default": "12"}, {"name": "from_then", "type": "date"}],
    ('"red"', "[3..6]", "2", 'date("2026-04-01")'),
    ('not("red")', "-", "6", ""),
    policy="FIRST",
)


@pytest.fixture
def page(council):
    files = {**FILES, "how-often.dmn": HOW_OFTEN, "who-visits.dmn": b"<no-dmn/>"}
    load_folder(council.by("olga"), PROCEDURE, files)
    overview = council.sign_in("olga").visitor.open("/studio")
    begun = overview.press(next(name for name in overview.buttons if "Start a draft" in name))
    return begun.visitor.open(f"/studio/{PROCEDURE}")


def test_a_decision_table_is_read_in_the_studio_as_a_table(page):
    [shown] = page.tree.xpath("//table[caption='Rules of How often']")

    def headers(scope):
        return [" ".join(" ".join(each.itertext()).split())
                for each in shown.xpath(f".//th[@scope='{scope}']")]

    assert headers("colgroup") == ["If", "Then"]
    assert headers("col") == ["Rule", 'How good is the plan? rating One of "red", "green"', "age",
                              "weeks", "from_then"]
    assert headers("row") == ["1", "2", "Where no rule applies"]
    rows = [[cell.text_content() for cell in row.xpath("td")] for row in shown.xpath("tbody/tr")]
    assert rows == [
        ['"red"', "[3..6]", "2", "1 April 2026"],
        ['not("red")', "any", "6", "nothing"],
        ["12", "nothing"],
    ]
    assert "The first rule that applies counts, from the top." in page.section("Decision tables")


def test_a_decision_table_is_downloaded_as_it_is(page):
    answer = page.visitor.client.get(page.links["Download how-often.dmn"])

    assert answer.get_data() == HOW_OFTEN
    assert answer.headers["Content-Disposition"] == 'attachment; filename="how-often.dmn"'
    elsewhere = page.links["Download how-often.dmn"].replace("how-often", "how-seldom")
    assert page.visitor.open(elsewhere).status == 404


def test_what_is_no_decision_table_says_why_and_can_be_downloaded(page):
    said = page.section("Decision tables")

    assert "It cannot be shown as a table. The file is XML but not DMN" in said
    assert page.visitor.client.get(page.links["Download who-visits.dmn"]).get_data() == b"<no-dmn/>"


def test_a_procedure_without_decisions_says_nothing_of_them(council):
    assert "Decision tables" not in council.sign_in("olga").visitor.open(
        "/studio/initial-pep").headings
