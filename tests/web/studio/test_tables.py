"""A process owner makes a decision table, tests it, and cannot publish one that fails a test."""

import pytest
from home_visit import PROCEDURE

from engine.decisions.table import read_table
from engine.drafts import open_draft, save_draft_file

DECISIONS = f"/studio/{PROCEDURE}/decisions"


@pytest.fixture
def council(sqlite_council):
    return sqlite_council


@pytest.fixture
def owner(council):
    return council.sign_in("olga").visitor


@pytest.fixture
def rules(owner):
    """The rules of a new table: how often to visit, by how good the plan is found."""
    page = owner.open(DECISIONS).follow("Make a new table").fill({
        "What does it decide?": "How often to visit",
        "First": next(each for each in options(owner, f"{DECISIONS}/new", "ask-0")
                      if each.startswith("How was the mood?")),
        "What does it give?": "Weeks between visits", "Its name in conditions": "visit_weeks",
        "What kind of thing is that?": "A number",
    })
    return page.press("Make the table")


def options(owner, address, box):
    page = owner.open(address)
    return [" ".join(each.text.split()) for each in page.tree.xpath(f"//*[@id='{box}']/option")]


def table_of(council):
    return read_table(open_draft(council.by("olga"), PROCEDURE).files["how_often_to_visit.dmn"])


def with_two_rules(rules):
    page = rules.fill({"Rule 1, if How was the mood?": "bad, mixed",
                       "Rule 1, Then Weeks between visits": "2"}).press("Save, and add a rule")
    return page.fill({"Rule 2, Then Weeks between visits": "6"}).press("Save the rules")


def test_a_table_is_made_of_what_people_typed(council, rules):
    assert rules.heading == "Rules of “How often to visit”"
    page = with_two_rules(rules)

    assert "The table is saved in the draft" in page.whole
    assert [(rule.cells, rule.gives) for rule in table_of(council).rules] == [
        (('"bad", "mixed"',), (2,)), (("-",), (6,))]
    assert "No step asks the decision" in page.section("What the check says")


def test_rules_are_moved_and_removed_and_keep_what_was_typed(council, rules):
    page = with_two_rules(rules)
    page = page.fill({"Rule 2, Why": "Unless there is cause"}).press("Move up rule 2")
    assert [rule.gives for rule in table_of(council).rules] == [(6,), (2,)]
    assert page.value("Rule 1, Why") == "Unless there is cause"
    assert "Rule 2 is never reached" in page.section("What the check says")

    page.press("Remove rule 1")
    assert [rule.gives for rule in table_of(council).rules] == [(2,)]


def test_what_cannot_be_read_comes_back_as_it_was_typed(council, rules):
    page = rules.fill({"Rule 1, Then Weeks between visits": "soon ("}).press("Save the rules")

    assert page.status == 422
    assert "Rule 1" in page.errors["rules"]
    assert page.value("Rule 1, Then Weeks between visits") == "soon ("
    assert table_of(council).rules[0].gives == (None,)


def test_a_test_that_fails_stands_in_the_way_of_publishing(council, rules):
    with_two_rules(rules)
    page = rules.visitor.open(f"{DECISIONS}/how_often_to_visit/tests").press("Add a test")
    page = page.fill({
        "Test 1, Name of the test": "A plan that is not good enough",
        "Test 1, if How was the mood?": "bad",
        "Test 1, Then Weeks between visits": "3"}).press("Save the tests")
    assert "Fails" in page.text
    assert "Visit_weeks is 2, and 3 was expected" in page.text

    studio = rules.visitor.open(f"/studio/{PROCEDURE}")
    assert "The test “A plan that is not good enough” fails" in studio.text
    assert "It cannot be published yet" in studio.text

    page = page.fill({"Test 1, Then Weeks between visits": "2"}).press("Save the tests")
    assert "Passes" in page.text
    assert "Its one test passes" in rules.visitor.open(DECISIONS).text
    assert "It can be published" in rules.visitor.open(f"/studio/{PROCEDURE}").text


def test_columns_come_and_go_and_their_cells_with_them(council, rules):
    with_two_rules(rules)
    page = rules.visitor.open(f"{DECISIONS}/how_often_to_visit/columns")
    page = page.fill({"What does it give?": "Who goes", "Its name in conditions": "visitor"})
    page = page.press("Add what it gives")
    assert [each.name for each in table_of(council).outputs] == ["visit_weeks", "visitor"]

    page = page.press("Remove How was the mood?, with its cells")
    assert [(rule.cells, rule.gives) for rule in table_of(council).rules] == [
        ((), (2, None)), ((), (6, None))]
    page = page.press("Remove Who goes, with its cells").press(
        "Remove Weeks between visits, with its cells")
    assert "gives at least one thing" in page.errors["columns"]


@pytest.mark.both_stores
def test_whoever_was_first_is_named_and_the_rules_of_the_second_stay(council, rules):
    page = rules.fill({"Rule 1, Then Weeks between visits": "9"})
    by = council.by("olga")
    draft = open_draft(by, PROCEDURE)
    save_draft_file(by, PROCEDURE, "how_often_to_visit.dmn",
                    draft.files["how_often_to_visit.dmn"] + b"\n", draft.version)

    page = page.press("Save the rules")

    assert page.status == 409
    assert "Olga" in page.errors["rules"]
    assert page.value("Rule 1, Then Weeks between visits") == "9"
    page.press("Save the rules")
    assert table_of(council).rules[0].gives == (9,)


def test_a_table_needs_a_title_something_to_look_at_and_a_name(owner):
    page = owner.open(f"{DECISIONS}/new").press("Make the table")

    assert page.errors == {
        "table-title": "Enter a title",
        "ask-0": "Choose at least one thing that the table looks at",
        "output": "Enter a name of small letters, digits and underscores, such as visit_weeks",
    }


@pytest.mark.parametrize("content", [
    b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>",
    b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'><decision id='a'>"
    b"<literalExpression><text>1</text></literalExpression></decision></definitions>",
])
def test_what_is_no_table_says_so_on_every_page(council, owner, content):
    by = council.by("olga")
    save_draft_file(by, PROCEDURE, "strange.dmn", content, 0)

    assert "It cannot be shown as a table" in owner.open(DECISIONS).text
    for part, said in (("/rules", "It cannot be shown as rules"), ("", "It cannot be drawn here"),
                       ("/tests", "It cannot be tested"), ("/columns", "It has no columns")):
        page = owner.open(f"{DECISIONS}/strange{part}")
        assert said in page.text
        assert page.status == 200
    assert "taken out" in owner.open(DECISIONS).press("Take it out of the draft: strange").whole


def test_what_is_not_there_is_not_found(owner):
    for address in ("nothing", "nothing/rules", "nothing/tests", "nothing/columns"):
        assert owner.open(f"{DECISIONS}/{address}").status == 404
