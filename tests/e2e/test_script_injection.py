"""Six hundred texts that would run a script, in every place that people write in: none runs.

They stand in names, answers, comments, files, reasons, diagrams and forms; every page is then
opened in a browser. What a page has taken for its own is seen by the script that runs, by what the
content policy refuses, and by elements and attributes that no page of Pepway has.
"""

import json
import re
import threading
from html import escape
from itertools import cycle, islice
from uuid import uuid4

import pytest
from home_visit import FILES, PROCEDURE
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import update
from tables import table
from test_canaries import Planted
from vectors import VECTORS
from waitress import create_server

from engine.cases import open_case
from engine.drafts import begin_draft_from
from engine.releases import load_folder
from tests.web.conftest import council_in
from workflows.attached.table import AttachedFile
from workflows.children import Child, School
from workflows.council import CouncilSetting
from workflows.people import Person, Team
from workflows.pep.plan import RecordValue
from workflows.pep.record import SECTIONS
from workflows.retention.table import LegalHold
from workflows.section_comments import SectionComment

WHO = ("vera", "wilma", "olga", "ada", "iris")
ALL = "\n".join(VECTORS)
IN_XML = [each for each in VECTORS
          if all(sign in "\t\n" or ord(sign) >= 32 for sign in each) and "\ufeff" not in each]
READ = ("label", "dateLabel", "title", "suffixAdorner", "govuk.error.required")
"""What of a form people read."""
FOREIGN = """() => {
  const found = [];
  if (top.ran) found.push('ran');
  for (const each of document.querySelectorAll('*')) {
    const tag = each.localName.toLowerCase();
    const says = [...each.attributes].map(({ name, value }) => [name.toLowerCase(), value]);
    if (/^(iframe|object|embed|base|marquee|foreignobject|math|animate|set|xss|image)$/.test(tag)
      || tag === 'script' && !each.nonce && each.type !== 'application/json'
      || says.some(([name, value]) => /^on|^srcdoc$/.test(name)
        || /^(href|src|action|formaction|xlink:href|data)$/.test(name)
          && /^[\\0-\\x20]*(javascript|vbscript|data):/i.test(value)
          && !value.startsWith('data:image/png')))
      found.push(each.outerHTML.slice(0, 200));
  }
  return found;
}"""
TYPED_IN = "textarea, input[type=text], input[type=search]"
FORMS = f"""() => [...document.querySelectorAll('main form')].filter(each =>
  each.method === 'post' && each.querySelector('{TYPED_IN}')).length"""
FILL_AND_SEND = f"""([number, texts]) => {{
  const form = [...document.querySelectorAll('main form')].filter(each =>
    each.method === 'post' && each.querySelector('{TYPED_IN}'))[number];
  for (const each of form.querySelectorAll('{TYPED_IN}'))
    each.value = texts.pop();
  form.noValidate = true;
  form.requestSubmit();
}}"""
SHOWN = """() => [document.body.textContent,
  ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value),
  ...[...document.querySelectorAll('script[type="application/json"]')].map(each =>
    JSON.parse(each.textContent).xml ?? '')].join('\\n')"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    with council_in(tmp_path_factory.mktemp("hostile")) as council:
        planted = Planted(council)
        plant(planted)
        server = create_server(council.app, host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        planted.url = f"http://127.0.0.1:{server.effective_port}"
        yield planted
        server.close()


def plant(planted):
    """Every text in a place of its own where there are many places, else all of them in one."""
    council, town = planted.council, planted.town
    files = hostile_procedure()
    assert load_folder(council.by("olga"), PROCEDURE, files).state == "live"
    files["how-often.dmn"] = hostile_table()
    begin_draft_from(council.by("olga"), load_folder(council.by("olga"), PROCEDURE, files).id)
    town.things["procedure"] = PROCEDURE
    case_id = open_case(council.by("vera"), PROCEDURE, planted.child_id)
    planted.also = {"case_id": case_id, "task_id": council.task("wilma", "visit")}
    with council.by("vera").begin() as work:
        session = work.session
        session.add_all(School(urn=f"{number:06}", name=each, phase="primary", area="Testerby")
                        for number, each in enumerate(VECTORS))
        session.add_all(Person(name=each, email=f"p{number}@council.example", password_hash="-")
                        for number, each in enumerate(VECTORS))
        session.add_all(
            SectionComment(id=uuid4(), case_id=town.case_id, section=list(SECTIONS)[n % 3],
                           text=each, by=council.people["tara"], at=work.now)
            for n, each in enumerate(VECTORS))
        for column in (Child.given_names, Child.family_name, Child.known_as, Team.name,
                       AttachedFile.title, AttachedFile.name, LegalHold.reason,
                       LegalHold.authority):
            text = plain(ALL) if column is AttachedFile.name else ALL
            session.execute(update(column.class_).values({column.key: text}))
        session.execute(update(CouncilSetting).where(CouncilSetting.name == "name")
                        .values(value=VECTORS[0]))
        words = iter(VECTORS * 9)
        for value in session.query(RecordValue):
            if isinstance(value.value, str):
                value.value = next(words)
            elif isinstance(value.value, list):
                [row] = value.value
                value.value = [{**row, "id": str(n), **{k: next(words) for k in row if k != "id"}}
                               for n in range(1, 12)]


def hostile_procedure():
    """Names, documentation, guidance, and the words of forms."""
    files, words = dict(FILES), iter(IN_XML * 9)
    diagram = files["home-visit.bpmn"].decode()
    for name in ("Social worker", "School", "Virtual school", "Visit the home", "Asked", "Filed",
                 "Agree with the school", "Side by side", "Both in", "File the visit",
                 "Go there and listen."):
        diagram = diagram.replace(f'"{name}"', f'"{escape(next(words))}"')
    notes = "".join(f'<bpmn:textAnnotation id="note_{n}"><bpmn:text>{escape(each)}</bpmn:text>'
                    "</bpmn:textAnnotation>" for n, each in enumerate(IN_XML))
    diagram = diagram.replace("  </bpmn:process>", f"{notes}</bpmn:process>")
    diagram = diagram.replace("</bpmn:definitions>", f"{drawn(diagram)}</bpmn:definitions>")
    return {
        name: with_other_words(content, words) if name.endswith(".form") else content
        for name, content in {**files, "home-visit.bpmn": diagram.encode()}.items()
    }


def hostile_table():
    columns = [{"name": f"in_{n}", "label": escape(each)} for n, each in enumerate(IN_XML)]
    rule = ["-"] * len(columns) + [f'"{IN_XML[0]}"']
    return table(columns, ["weeks"], rule).replace(b"How often", escape(IN_XML[0]).encode())


def drawn(diagram):
    """A picture of it for the studio: everything in a grid, one below the other."""
    nodes = re.findall(r'<bpmn:(?:\w+Event|\w+Gateway|userTask|textAnnotation) id="(\w+)"', diagram)
    flows = re.findall(r'<bpmn:sequenceFlow id="(\w+)"', diagram)
    bounds = '<dc:Bounds x="{}" y="{}" width="100" height="80"/>'.format
    shapes = "".join(
        f'<di:BPMNShape id="{node}_di" bpmnElement="{node}">'
        f"{bounds(number % 20 * 150, number // 20 * 120)}</di:BPMNShape>"
        for number, node in enumerate(nodes))
    edges = "".join(
        f'<di:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><dd:waypoint x="0" y="0"/>'
        '<dd:waypoint x="9" y="9"/></di:BPMNEdge>' for flow in flows)
    return (
        '<di:BPMNDiagram id="drawn" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:dd="http://www.omg.org/spec/DD/20100524/DI">'
        '<di:BPMNPlane id="plane" bpmnElement="c"><di:BPMNShape id="pool_di" bpmnElement="pool"'
        f' isHorizontal="true"><dc:Bounds x="-100" y="-100" width="3200" height="4000"/>'
        f"</di:BPMNShape>{shapes}{edges}</di:BPMNPlane></di:BPMNDiagram>")


def with_other_words(content, words):
    """The form, with a text in place of whatever people read in it."""
    def changed(part):
        if isinstance(part, list):
            return [changed(each) for each in part]
        if isinstance(part, dict):
            return {key: next(words) if key in READ and value else changed(value)
                    for key, value in part.items()}
        return part

    return json.dumps(changed(json.loads(content))).encode()


def addresses(planted):
    """Each page with somebody to whom it is shown; also with the hostile procedure's case."""
    town = planted.town
    for rule in town.rules("GET").values():
        if rule.rule.startswith("/api/") or rule.rule == "/demo":
            continue
        variants = {town.address(rule), town.address(rule, **planted.also)}
        for address in sorted(variants):
            for name in WHO:
                answer = town.ask(name, "GET", address)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    yield name, address
                    break


class Looking:
    """A person's browser, which notes whatever ran or tried to."""

    def __init__(self, browser, planted, name):
        client, _ = planted.town._browser(name)
        cookie = client.get_cookie("pepway", domain="localhost")
        self.context = browser.new_context(base_url=planted.url)
        self.context.add_cookies([{"name": "pepway", "value": cookie.value, "url": planted.url}])
        self.page, self.faults = self.context.new_page(), []
        self.page.on("console", lambda said: self.note(said.text, said.type == "error"))
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.page.on("dialog", lambda dialog: (self.note("dialog"), dialog.dismiss()))
        self.page.on("request", lambda asked: self.note(
            asked.url, not asked.url.startswith((planted.url, "data:", "blob:"))
            or asked.url.endswith("/ran")))

    def note(self, fault, wrong=True):
        if wrong and "status of 4" not in fault:
            self.faults.append(fault[:300])

    def at(self, address):
        """What was wrong at this page, and all that it shows."""
        self.faults.clear()
        self.page.goto(address, wait_until="load")
        if "/draw/" in address:
            self.page.locator("#canvas .djs-shape").first.wait_for()
        found = self.page.evaluate(FOREIGN)
        if self.page.title() == "ran":
            found.append("title")
        return [*self.faults, *found], self.page.evaluate(SHOWN)


    def sent_back(self, number, texts):
        """What was wrong where the page's form of that number came back, full of the texts."""
        self.faults.clear()
        with self.page.expect_navigation(wait_until="load"):
            self.page.evaluate(FILL_AND_SEND, [number, texts])
        return [*self.faults, *self.page.evaluate(FOREIGN)], self.page.evaluate(SHOWN)


def plain(text):
    return " ".join(text.replace("\0", "").replace("\ufffd", "").split())


def test_no_text_that_anybody_typed_runs_on_any_page(browser, planted):
    """Neither where it is shown nor where a form comes back with it."""
    looking = {name: Looking(browser, planted, name) for name in WHO}
    to_type, wrong, shown, back = cycle(VECTORS), [], [], []
    pages = list(addresses(planted))
    for name, address in pages:
        by = looking[name]
        found, said = by.at(address)
        shown.append(plain(said))
        for number in range(by.page.evaluate(FORMS)):
            typed = list(islice(to_type, 30))
            also, said = by.sent_back(number, typed)
            found += also
            back.append(any(plain(each) in plain(said) for each in typed))
            by.page.goto(address)
        wrong += [f"{name} {address}: {each}" for each in found]
    everything = "\n".join(shown)

    assert len(VECTORS) >= 500
    assert wrong == []
    assert len(pages) >= 50
    assert back.count(True) >= 15
    assert [each for each in VECTORS if plain(each) not in everything] == []


def test_a_hole_is_caught(browser, planted):
    """A template that lets a comment through as it is."""
    environment = planted.council.app.jinja_env
    name, kept = "sections/comments.html", environment.loader
    source, *_ = kept.get_source(environment, name)
    environment.loader = ChoiceLoader([
        DictLoader({name: source.replace("{{ each.text }}", "{{ each.text|safe }}")}), kept])
    environment.cache.clear()

    found, _ = Looking(browser, planted, "vera").at(f"/cases/{planted.town.case_id}/sections")

    environment.loader = kept
    environment.cache.clear()
    assert any("Content Security Policy" in each for each in found), found
    assert any(each.startswith("<img") for each in found)


def test_the_texts_do_run_where_a_page_takes_them_for_its_own(browser):
    """In frames without a policy: those that need neither a click nor an attribute to be in."""
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.set_content("".join(
        f'<iframe srcdoc="{escape(each.replace(chr(0), ""))}"></iframe>'
        for each in VECTORS if "top.ran=1" in each and "src=javascript" not in each))
    page.wait_for_timeout(1_500)
    ran = page.evaluate("top.ran")
    page.close()

    assert ran == 1
