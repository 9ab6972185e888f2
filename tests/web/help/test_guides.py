"""Guides are true: their words stand on pages, their links lead somewhere, everybody has some."""

from pathlib import Path

import pytest
from PIL import Image
from words_of_pages import words_of_pages

from web.app import create_app
from web.help.glossary import glossary
from web.help.guides import PICTURES, SHARPNESS, TEXTS, guide_to, guides, guides_for
from web.help.news import news, told_in
from web.help.searching import search
from web.layout.markdown import tokens_of
from web.settings import Settings
from workflows.roles import ROLES

ROOT = Path(__file__).parents[3]
PHONE, MOST_BYTES, MOST_OF_ALL = 360, 60_000, 400_000
LONGEST = 420
"""Words of a guide: two screens of a phone, or three."""
OF_NO_GUIDE = {
    "static", "errors.not_done", "health.healthz", "health.readyz", "metrics.metrics",
    "telling.calendar",
}
"""What is no page: files, what programs ask, and the page of what was not done."""


@pytest.fixture(scope="module")
def app():
    return create_app(None, Settings(secret_key="s" * 32, audit_key="k" * 32))


def quoted_in(text):
    """What is **bold** in it."""
    found, is_bold = [], False
    for token in tokens_of(text):
        if token.type == "strong_open":
            is_bold = True
            found.append("")
        elif token.type == "strong_close":
            is_bold = False
        elif is_bold:
            found[-1] += token.content
    return found


def links_in(text):
    return [token.attrGet("href") for token in tokens_of(text) if token.type == "link_open"]


def pictures_in(text):
    return [token.attrGet("src") for token in tokens_of(text) if token.type == "image"]


def leads_somewhere(app, address):
    """Whether a page answers there; in help, whether there is such a guide."""
    with app.test_request_context():
        endpoint, given = app.url_map.bind("localhost").match(address, method="GET")
    return endpoint != "help.one" or given["guide"] in guides()


@pytest.mark.parametrize("key", guides())
def test_every_word_that_a_guide_quotes_stands_on_a_page(key):
    quoted = quoted_in(guides()[key].text)

    assert [each for each in quoted if each not in words_of_pages()] == []
    assert len(quoted) >= 2


def test_a_word_that_is_on_no_page_would_be_seen():
    assert quoted_in("Press **Finish it**, then **Send**.") == ["Finish it", "Send"]
    assert "Finish it" not in words_of_pages()
    assert {"Send", "Complete this task", "Where the case is"} <= words_of_pages()


@pytest.mark.parametrize("key", guides())
def test_every_link_of_a_guide_leads_to_a_page(key, app):
    guide = guides()[key]

    assert all(leads_somewhere(app, address) for address in links_in(guide.text))
    assert set(guide.related) <= set(guides()) - {key}


def test_links_of_the_news_lead_to_pages(app):
    [text] = [each.html for each in news()]
    links = [part.partition('"')[0] for part in text.split('href="')[1:]]

    assert len(links) > 3
    assert all(leads_somewhere(app, address) for address in links)


def test_each_file_is_in_the_contents_and_each_role_has_guides():
    assert {path.stem for path in TEXTS.glob("*.md")} == set(guides())
    assert {role for guide in guides().values() for role in guide.roles} == set(ROLES)
    for role in ROLES:
        mine, others = guides_for({role})
        assert len(mine) >= 2, role
        assert {each.key for each in (*mine, *others)} == set(guides())


@pytest.mark.parametrize("key", guides())
def test_a_guide_is_short_and_of_one_shape(key):
    guide = guides()[key]
    headings = [line for line in guide.text.splitlines() if line.startswith("## ")]

    assert len(guide.text.split()) <= LONGEST
    assert headings[0] == "## When you need it"
    assert "<" not in guide.text


def test_every_page_has_a_guide(app):
    asked = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    without = {each for each in asked if not each.startswith(("api.", "help."))
               and guide_to(each, frozenset()) is None}

    assert without == OF_NO_GUIDE


def test_every_page_that_a_guide_names_is_one(app):
    named = {page for guide in guides().values() for page in guide.pages}
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert [page for page in named if page not in endpoints
            and not any(page.endswith(".*") and each.startswith(page[:-1])
                        for each in endpoints)] == []


def test_the_nearer_guide_and_that_for_ones_role_comes_first():
    assert guide_to("studio.changes", frozenset()).key == "publish"
    assert guide_to("studio.steps_of", frozenset()).key == "change-a-diagram"
    assert guide_to("board.late_soon", frozenset({"manager"})).key == "late-soon"
    assert guide_to("health.healthz", frozenset()) is None


def test_pictures_are_small_each_is_shown_and_each_is_described():
    shown = [(token.attrGet("src"), token.content) for guide in guides().values()
             for token in tokens_of(guide.text) if token.type == "image"]
    files = sorted(PICTURES.iterdir())

    assert sorted(name for name, _ in shown) == [path.stem for path in files]
    assert all(len(said) > 20 for _, said in shown)
    assert all(path.stat().st_size <= MOST_BYTES for path in files)
    assert sum(path.stat().st_size for path in files) <= MOST_OF_ALL
    for path in files:
        with Image.open(path) as picture:
            assert picture.width / SHARPNESS <= PHONE


def test_each_picture_is_one_that_the_browser_tests_take():
    kept = {path.stem for path in (ROOT / "tests/e2e/shown_in_help").iterdir()}

    assert kept == {path.stem for path in PICTURES.iterdir()}


def test_the_glossary_is_in_one_place_and_has_no_word_twice():
    words = [name.casefold() for term in glossary() for name in (term.word, *term.also)]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, below = readme.partition("## Glossary")

    assert len(set(words)) == len(words) > 40
    assert len({term.id for term in glossary()}) == len(glossary())
    assert all(len(term.meaning.split()) <= 50 for term in glossary())
    assert "web/help/glossary.toml" in below.partition("\n## ")[0]
    assert "| word |" not in readme


@pytest.mark.parametrize(
    ("typed", "guide"),
    [
        ("holiday", "somebody-is-away"), ("How do I sign a plan?", "sign-a-plan"),
        ("exlusion", "change-a-case"), ("PLACMENT", "start-a-plan"),
        ("lost password", "sign-in"), ("late", "late"), ("csv", "people-and-schools"),
    ],
)
def test_a_guide_is_found_by_a_word_a_question_or_nearly(typed, guide):
    found, _ = search(typed, frozenset())

    assert found[0].key == guide


def test_a_short_name_finds_its_word_and_nonsense_finds_nothing():
    assert [term.word for term in search("what is an IRO", frozenset())[1]] == ["Reviewing officer"]
    assert search("qqqq", frozenset()) == ([], [])
    assert search("", frozenset()) == ([], [])


def test_the_guides_of_ones_own_role_come_first():
    assert search("move", frozenset({"social_worker"}))[0][0].key == "change-a-case"
    assert search("move", frozenset({"process_owner"}))[0][0].key == "publish"


def test_what_is_new_is_what_the_changelog_says_to_people_who_use_it():
    changelog = (
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A table.\n\n"
        "## [0.2.0] - 2026-05-04\n\n### For people who use it\n\n- A new page.\n\n"
        "### Added\n\n- Another table.\n\n## [0.1.0] - 2026-04-01\n\n### For people who use it\n\n"
        "- The first.\n"
    )
    told = told_in(changelog)

    assert [(each.version, each.day) for each in told] == [("0.2.0", "2026-05-04"),
                                                           ("0.1.0", "2026-04-01")]
    assert "A new page." in told[0].html
    assert "table" not in told[0].html
    [this] = news()
    assert this.version == ""
    assert "Help is on every page" in this.html
    assert "migration" not in this.html
