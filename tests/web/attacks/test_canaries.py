"""Each place of a child's plan holds a word of its own: nobody is shown one of a class not theirs.

Who is shown which class is read from the rows `field:` of `access.csv`. No title, no address and no
line of a log holds any of them, or who the child is.
"""

import csv
import logging
import re
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from lxml import html
from reading_pdf import Pdf
from sqlalchemy import delete, select
from test_who_sees_what import AROUND, Town
from visitor import where_it_leads

from engine.store.models import Audit, Outbox
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file
from workflows.attached.kinds import KINDS
from workflows.children import Child
from workflows.documents.purposes import PURPOSES
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import PLACES, field_class
from workflows.section_comments import comment_on_section
from workflows.telling.calendar_feed import make_calendar

FREE = "forms.own_question.answer"
WHO = ("robin", "testerby", "a123456789012", "2016-05-04", "4 may 2016")
"""Names, UPN and date of birth."""
CANARY = re.compile(r"qz\d+zq")
with (Path(__file__).parents[2] / "workflows" / "access.csv").open(newline="") as file:
    BY_CLASS = {row["what"].removeprefix("field: "): row for row in csv.DictReader(file)
                if row["what"].startswith("field: ")}
ROLES = {**AROUND, "vera": "virtual_school", "viktor": "virtual_school", "max": "manager",
         "sven": "social_worker", "theo": "designated_teacher", "cora": "school_colleague",
         "olga": "process_owner", "ada": "administrator"}


def shown_to(name):
    """The classes of field that this person may be shown of the one child."""
    ways = {"R", "W"} if name in AROUND else {"W"}
    return {each for each, row in BY_CLASS.items() if ways & set(row[ROLES[name]])}


class Planted:
    """Robin's plan with a canary in every place of text, every kind of file and a comment."""

    def __init__(self, council):
        self.council, self.town = council, Town(council)
        self.child_id, self.places = self.town.things["child_id"], {}
        self._plan()
        for kind in KINDS.values():
            word = self._word(kind.field_class)
            attach_file(council.by("vera"), self.child_id,
                        About(kind.key, "needs", f"About {word}", council.clock.now().date()),
                        CheckedFile(f"{word}.txt", "text/plain", word.encode()), word)
        comment_on_section(council.by("wilma"), self.town.case_id, "needs",
                           self._word("ordinary"), uuid4())

    def _word(self, which):
        word = f"qz{len(self.places)}zq"
        self.places[word] = which
        return word

    def _plan(self):
        values, rows = {}, {}
        for path, place in PLACES.items():
            if place.type != "text" or path == "views.not_shared_with":
                continue
            within, _, cell = path.partition("[].")
            if cell:
                rows.setdefault(f"{within}[]", {"id": "1"})[cell] = self._word(field_class(path))
            else:
                values[path] = self._word(field_class(path))
        values[FREE] = self._word(field_class(FREE))
        with self.council.by("vera").begin() as work:
            work.session.get_one(Child, self.child_id).upn = "A123456789012"
            version = work.session.scalar(select(RecordVersion.id).where(
                RecordVersion.child_id == self.child_id, RecordVersion.state == "open"))
            work.session.execute(delete(RecordValue).where(RecordValue.version_id == version))
            work.session.add_all(
                RecordValue(version_id=version, path=path, value=value, valid=True, version=1,
                            by=self.council.people["wilma"], at=work.now)
                for path, value in {**values, **{k: [v] for k, v in rows.items()}}.items())

    def answers(self, name):
        """Everything that this person can ask for, with each thing of the child's."""
        for address, rule in self.town.rules("GET").items():
            yield self.town.ask(name, "GET", self.town.address(rule))
            if "<section>" in address or "<purpose>" in address:
                for purpose in PURPOSES:
                    yield self.town.ask(name, "GET", self.town.address(rule, purpose=purpose))
        client, _ = self.town._browser(name)
        for at in ("/find", "/cases"):
            yield client.get(where_it_leads(client, f"{at}?search=testerby"))
            yield client.get(where_it_leads(client, f"{at}?search=A123456789012"))
        secret = make_calendar(self.council.by(name))
        yield self.council.app.test_client().get(f"/calendar/{secret}.ics")

    def unexpected(self, name, said):
        """Canaries in these words of which this person may be shown none."""
        shown = shown_to(name)
        return {word: self.places[word] for word in CANARY.findall(said)
                if self.places[word] not in shown}


def everything(answer):
    if answer.mimetype == "application/pdf":
        return Pdf(answer.get_data()).everything
    return f"{answer.get_data(as_text=True)}\n{answer.headers}"


def addresses_and_titles(answer):
    yield answer.headers.get("Location", "")
    if answer.mimetype == "text/html" and answer.get_data():
        tree = html.fromstring(answer.get_data(as_text=True))
        yield tree.findtext(".//title") or ""
        yield from tree.xpath("//@href|//@action|//@src|//@formaction|//@data-url")


@pytest.fixture
def planted(council):
    return Planted(council)


def test_no_canary_reaches_anybody_whose_it_is_not(planted, caplog):
    caplog.set_level(logging.DEBUG)
    found = {name: set() for name in ROLES}
    for name in sorted(ROLES):
        for answer in planted.answers(name):
            said = everything(answer)
            asked = answer.request.path
            assert planted.unexpected(name, said) == {}, (name, asked)
            found[name] |= set(CANARY.findall(said))
            for each in addresses_and_titles(answer):
                assert not CANARY.search(each), (name, asked, each)
                assert not [who for who in WHO if who in each.lower()], (name, asked, each)

    assert len(planted.places) >= 200
    assert {planted.places[word] for word in found["wilma"]} == shown_to("wilma") == set(BY_CLASS)
    assert {planted.places[word] for word in found["tara"]} == {"ordinary", "restricted"}
    assert not any(found[name] for name in ("max", "sven", "theo", "cora", "olga", "ada"))
    lines = "\n".join(record.getMessage() + (record.exc_text or "") for record in caplog.records)
    assert lines
    assert not CANARY.search(lines)
    assert not [who for who in WHO[2:] if who in lines.lower()]
    with planted.council.by("vera").begin(writing=False) as work:
        kept = [repr(vars(row)) for table in (Outbox, Audit)
                for row in work.session.scalars(select(table))]
    assert kept
    assert not CANARY.search("\n".join(kept))


@pytest.mark.parametrize("name", ["tara", "wilma"])
def test_no_canary_is_in_a_document_of_whoever_may_not_see_it(sqlite_council, name):
    planted = Planted(sqlite_council)
    client, token = planted.town._browser(name)
    for purpose in PURPOSES:
        answer = client.post(f"/children/{planted.child_id}/documents/{purpose}",
                             data={"csrf_token": token, "recipient": "social_worker"})
        assert answer.mimetype == "application/pdf", answer.get_data(as_text=True)[:500]
        assert planted.unexpected(name, everything(answer)) == {}, purpose


def test_a_planted_leak_is_found(sqlite_council, monkeypatch):
    """A place of social care that somebody has declared as one for everybody."""
    planted = Planted(sqlite_council)
    ours = [module for name, module in list(sys.modules.items())
            if name.startswith(("workflows", "web"))]
    for module in [each for each in ours if getattr(each, "field_class", None) is field_class]:
        monkeypatch.setattr(module, "field_class", lambda path: "ordinary")

    leaks = [planted.unexpected("tara", everything(answer)) for answer in planted.answers("tara")]

    assert any("social_care" in each.values() for each in leaks)
