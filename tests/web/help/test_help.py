"""The pages of help, as people of each role and as who is not signed in."""

import pytest

from engine.domain import SYSTEM
from web.help.guides import guides
from workflows.people import add_person
from workflows.sessions import begin_session

BY_ROLE = {
    "social_worker": "wilma", "designated_teacher": "tara", "virtual_school": "vera",
    "reviewing_officer": "rob", "team_manager": "mona", "process_owner": "olga", "manager": "max",
    "administrator": "ada", "information_governance": "iris",
}


@pytest.fixture(scope="module")
def council(council_of_a_module):
    """Nothing is changed in it: these pages are read."""
    council_of_a_module.people["ada"] = add_person(
        council_of_a_module.installation.acting(SYSTEM), "Ada Example", "ada@council.example",
        ["administrator"], "-")
    return council_of_a_module


@pytest.fixture(scope="module")
def visitors(council):
    """By name, everybody signed in."""
    found = {}
    for name in BY_ROLE.values():
        found[name] = council.visitor()
        with found[name].client.session_transaction() as session:
            session["token"] = begin_session(
                council.installation.acting(SYSTEM), council.people[name],
                council.wall_clock.now())
            session["person"] = str(council.people[name])
    return found


def test_help_is_on_every_page_and_leads_to_the_guide_of_that_page(council):
    council.start_case()
    page = council.sign_in("wilma")
    for address, guide in (("/tasks", "do-a-task"), ("/cases", "read-a-case"),
                           ("/cases/start", "start-a-plan"), ("/absences", "somebody-is-away"),
                           ("/procedures/deadlines", "late"), ("/account", "sign-in")):
        [link] = help_link(page.visitor.open(address))
        assert link.get("href") == f"/help/{guide}", address
        assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")
        assert link.text_content() == "Help (opens a new tab)"

    [link] = help_link(page.visitor.open("/nowhere"))
    assert link.get("href") == "/help"


def test_in_help_itself_help_stays_in_its_tab(council):
    [link] = help_link(council.sign_in("wilma").visitor.open("/help/late"))

    assert link.get("href") == "/help"
    assert link.get("target") is None
    assert link.text_content() == "Help"


def test_ones_own_guides_come_first_and_all_others_are_there(council):
    page = council.sign_in("tara").visitor.open("/help")

    assert page.headings[:2] == ["Help", "For you: designated teacher"]
    own, _, others = page.text.partition("Guides for colleagues with other roles")
    assert "Do the task that is waiting for you" in own
    assert "Change a diagram" not in own
    assert "Change a diagram" in others
    assert {f"/help/{key}" for key in guides()} <= set(page.links.values())


@pytest.mark.parametrize("name", BY_ROLE.values())
def test_everybody_reads_every_guide(name, visitors):
    for guide in guides().values():
        page = visitors[name].open(f"/help/{guide.key}")
        assert (page.status, page.heading) == (200, guide.title)


@pytest.mark.parametrize("key", guides())
def test_the_links_of_a_guide_open_for_somebody_whom_it_is_for(key, visitors):
    readers = [visitors[BY_ROLE[role]] for role in guides()[key].roles if role in BY_ROLE]
    page = readers[0].open(f"/help/{key}")

    for address in page.tree.xpath("//*[contains(@class, 'pepway-guide')]//a/@href"):
        assert any(each.open(address).status == 200 for each in readers), address


def test_the_pictures_are_sent_and_have_room_kept_for_them(council):
    visitor = council.sign_in("wilma").visitor
    [first, _] = visitor.open("/help/do-a-task").tree.xpath("//main//img")

    assert int(first.get("width")) <= 360
    assert first.get("loading") == "lazy"
    assert first.get("alt").startswith("My tasks on a phone")
    answer = visitor.client.get(first.get("src"))
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    answer.close()


def test_the_flowchart_of_a_guide_is_the_one_that_is_live(council):
    page = council.sign_in("rob").visitor.open("/help/how-a-plan-comes-about")

    assert "Fit the picture to the page: Flowchart: Initial PEP" in page.links
    assert "Initiate the PEP: Social worker" in page.text
    further = page.links["Every step with its limit and its source: Initial PEP"]
    assert further == "/procedures/initial-pep"


def test_who_is_not_signed_in_reads_how_to_sign_in_and_no_more(council):
    visitor = council.visitor()
    page = visitor.open("/help")

    assert page.heading == "Help"
    assert [each for each in page.links.values() if each.startswith("/help")] == [
        "/help", "/help/sign-in"]
    [link] = help_link(visitor.open("/sign-in"))
    assert link.get("href") == "/help/sign-in"
    assert visitor.open("/help/sign-in").heading == "How to sign in"
    assert "Related guides" not in visitor.open("/help/sign-in").headings
    for address in ("/help/do-a-task", "/help/nothing", "/help/words", "/help/new"):
        assert visitor.open(address).address.startswith("/sign-in?next="), address


def test_a_guide_that_is_not_there_is_not_found(council):
    assert council.sign_in("wilma").visitor.open("/help/nothing").status == 404


def test_what_is_searched_for_stands_on_the_page_and_in_no_address(council):
    visitor = council.sign_in("tara").visitor
    page = visitor.search("placement of Robin", at="/help")

    assert "Robin" not in page.address
    assert "for “placement of Robin”" in page.text
    assert page.follow("Change a child's placement, school or social worker").status == 200
    nothing = visitor.search("qqqq", at="/help")
    assert "Nothing in help for “qqqq”" in nothing.text
    assert nothing.follow("All guides").heading == "Help"
    assert "<b>" in visitor.search("<b>late</b>", at="/help").text
    assert visitor.search("", at="/help").heading == "Help"


def test_the_words_and_what_is_new(council):
    visitor = council.sign_in("max").visitor
    words = visitor.open("/help").follow("What the words mean")
    assert "Reviewing officer (IRO, CISRO)" in words.text

    news = visitor.open("/help").follow("What is new")
    assert news.headings == ["What is new", "In this version"]
    assert news.follow("Change a diagram").heading == "Change a diagram"


def help_link(page):
    return page.tree.xpath("//header//a[starts-with(@href, '/help')]")
