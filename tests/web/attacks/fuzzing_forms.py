"""Every form that somebody is shown, sent back with what nobody should type in it.

`Forms` is a council whose people have opened every page that they can get to; `send_hostile` posts
to the forms on them and returns what was wrong, each with what was sent.
"""

import io
from collections import Counter
from dataclasses import dataclass
from random import Random

from hostile import BUTTONS, KEYS, word
from lxml import html
from put_back import standing
from test_who_sees_what import AROUND, PAGES, Town
from werkzeug.exceptions import HTTPException

PEOPLE = (*sorted(AROUND), "vera", "max", "olga", "ada", "iris", "viktor")
NOT_SENT = ("/sign-out", "/end", "/end-others", "/leaving", "/take", "/account/", "/reset",
            "/roles")
"""Forms by which people would lose what the other requests need."""
LINKS_NOT_FOLLOWED = ("/static/", "/documents/", "mailto:", "http", "#", "/demo", ".svg", ".ics")
OFTEN = {"tasks.see_task": 4, "cases.changing.change": 9, "attached.attach": 2}
"""Pages whose form is another one each time; any other is opened once by each person."""
TYPED = "Quillfeather"
"""What one box of a form holds: where the form comes back, it is still there."""
SHOWS_NO_FORM = (404, 405, 413, 429)
FILES_GIVEN = frozenset({"application/pdf", "application/zip", "application/xml"})
"""What some forms are answered with: no page that could lose a word."""
FILES = (
    ("a.txt", b""), ("../../x.bpmn", b"<?xml version='1.0'?><a/>"), ("CON.txt", b"MZ\x90\x00"),
    ("n" * 300 + ".pdf", b"%PDF-1.7\n"), ("a.pdf.exe", b"PK\x03\x04"), ("a.csv", b"\xff\xfe<\x00"),
    ("a.svg", b"<svg onload='alert(1)'/>"), ("a.csv", b"email,role\n=1+1,\x00\n"),
    ("a\r\nX: y.csv", b"urn,name\n1,2,3,4\n"), ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    ("b.bpmn", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
)


@dataclass(frozen=True)
class Form:
    who: str
    address: str
    fields: tuple[tuple[str, str], ...]
    boxes: frozenset[str]
    """Names of what is typed in by hand."""
    files: tuple[str, ...]
    way: str
    """How its fields are sent."""


class Forms:
    def __init__(self, council, people=PEOPLE):
        self.town = Town(council)
        council.home_visit()
        council.start_case(family_name="Otherby")
        self.all = [form for name in people for form in self._shown_to(name)]
        self.ids = [str(each) for each in self.town.things.values()]

    def _shown_to(self, name):
        """By opening every page that the pages of this person lead to."""
        client, _ = self.town._browser(name)
        to_open = ["/", "/tasks", *(
            self.town.address(self.town.rules("GET")[rule])
            for rule, allowed in PAGES.items() if name in allowed)]
        opened, known = Counter(), set()
        while to_open:
            address = to_open.pop(0)
            page = self._endpoint(address, "GET")
            if opened[page] == OFTEN.get(page, 1) or any(
                    each in address for each in LINKS_NOT_FOLLOWED):
                continue
            opened[page] += 1
            answer = client.get(address, follow_redirects=True)
            if answer.status_code >= 400 or answer.mimetype != "text/html":
                continue
            tree = html.fromstring(answer.get_data(as_text=True))
            to_open += [each.partition("#")[0] for each in tree.xpath("//main//a/@href")
                        if each.startswith("/")]
            for form in tree.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
                found = self._read(name, form, answer.request.full_path.rstrip("?"))
                kind = (self._endpoint(found.address, "POST"),
                        frozenset(name for name, _ in found.fields))
                if kind not in known and not any(
                        each in found.address for each in NOT_SENT):
                    known.add(kind)
                    yield found

    def _endpoint(self, address, method):
        adapter = self.town.council.app.url_map.bind("localhost")
        try:
            return adapter.match(address.partition("?")[0], method=method)[0]
        except HTTPException:
            return ""

    def _read(self, name, form, page):
        named = form.xpath(".//*[@name]")
        typed = form.xpath(".//textarea[@name]|.//input[@name and (not(@type) or @type='text' "
                           "or @type='search' or @type='email')]")
        fields = [*form.form_values(), *((each.get("name"), each.get("value")) for each in named
                                         if each.get("type") != "file")]
        return Form(
            name, form.get("action") or page,
            tuple(dict.fromkeys((each, value or "") for each, value in fields
                                if each != "csrf_token")),
            frozenset(each.get("name") for each in typed),
            tuple(each.get("name") for each in form.xpath(".//input[@type='file']")),
            form.get("enctype") or "application/x-www-form-urlencoded",
        )

    def send(self, chance):
        """One form with something of everything. Returns what is wrong, or nothing."""
        form = chance.choice(self.all)
        sent, kept = self._filled(form, chance)
        client, token = self.town._browser(form.who)
        data = {"csrf_token": [token]}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        files = {name: [_file(chance)] for name in form.files if chance.random() < 0.8}
        answer = client.post(form.address, data={**data, **files}, content_type=(
            "multipart/form-data" if files or form.files else form.way), follow_redirects=True)
        wrong = self._wrong(answer, kept)
        return f"{form.who} {form.address}: {wrong} after {str(sent)[:1500]}" if wrong else ""

    def _filled(self, form, chance):
        """Pairs of name and value; and whether the one plain word is among them."""
        sent = [pair for name, value in form.fields for pair in self._changed(name, value, chance)]
        if any(name == "do" for name, _ in form.fields) or chance.random() < 0.1:
            sent = [pair for pair in sent if pair[0] != "do"]
            sent.append(("do", chance.choice(BUTTONS)))
        for _ in range(chance.choice((0, 0, 1, 3))):
            value = chance.choice((word(chance), chance.choice(self.ids)))
            sent.append((chance.choice(KEYS), value))
        box = chance.choice(sorted(form.boxes)) if form.boxes else None
        if box and chance.random() < 0.7:
            sent = [pair for pair in sent if pair[0] != box]
            sent.insert(0, (box, TYPED))
            return sent, True
        return sent, False

    def _changed(self, name, value, chance):
        """A field as it was, with something else, twice, or left out."""
        lot = chance.random()
        if lot < 0.35:
            return [(name, word(chance))]
        if lot < 0.42:
            return [(name, chance.choice(self.ids))]
        if lot < 0.5:
            return [(name, value), (name, word(chance))]
        return [(name, value)] if lot < 0.85 else []

    def _wrong(self, answer, kept):
        if answer.mimetype in FILES_GIVEN:
            answer.close()
            return ""
        said = answer.get_data(as_text=True)
        if answer.status_code >= 500 or "Traceback" in said:
            return f"{answer.status_code} at {answer.request.path}"
        if answer.mimetype == "application/json" and answer.request.path.endswith("/draft"):
            return "" if answer.get_json()["message"] else "says nothing"
        if answer.status_code < 400:
            return ""
        if not in_house_style(said):
            return f"{answer.status_code} is no page of ours: {answer.mimetype} {said[:300]}"
        if kept and answer.status_code not in SHOWS_NO_FORM and TYPED not in said:
            return f"{answer.status_code} at {answer.request.path} has lost what was typed"
        return ""


def in_house_style(said):
    tree = html.fromstring(said)
    return (
        tree.get("lang") == "en" and len(tree.xpath("//h1")) == 1
        and tree.xpath("//main[@id='main-content']") != []
        and tree.findtext(".//title").endswith(" - Pepway")
        and len(tree.xpath("string(//main)").split()) > 5
    )


def _file(chance):
    name, content = chance.choice(FILES)
    return io.BytesIO(content), name


def send_hostile(forms, number, requests):
    """What was wrong, of so many requests."""
    chance = Random(number)
    answers = [forms.send(chance) for _ in range(requests)]
    return [f"request {at} of {number}: {wrong}" for at, wrong in enumerate(answers) if wrong]


def send_a_thousand(number):
    """For `make soak`. Raises `AssertionError` with the first that was wrong."""
    wrong = send_hostile(standing(Forms).as_it_was(), number, 1000)
    assert not wrong, wrong[0]
    return 1000
