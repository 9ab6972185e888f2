"""Requests that people may make, with the ids of others in them: nothing of others comes back.

`Neighbours` is a council with children of whom each person may see one and not the others: a
stranger's, one that was theirs until yesterday, one whose record is restricted. `swap` makes a
request out of a seed and raises where the answer says too much.
"""

import re
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from lxml import html
from sqlalchemy import func, select
from test_who_sees_what import AROUND, STRANGERS, Town

from engine.store.models import Audit, Case, Event, Task
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file, remove_attached
from workflows.involvements import Involvement, end_involvement, people_around
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.pep.record import PLACES
from workflows.resources import case_resource
from workflows.section_comments import comment_on_section
from workflows.sight.restrictions import restrict_record

CANARIES = {"foreign": "Quorntangle", "ended": "Zwibbelford", "restricted": "Xylanthorpe"}
"""A word that is in every name and every answer of a child, and nowhere else."""
CHILDS = ("case_id", "child_id", "task_id", "event_id", "file_id", "attachment_id", "link_id",
          "involvement_id")
HIDDEN_FROM = {
    **{name: ("foreign", "ended", "restricted", "gone", "unknown")
       for name in (*AROUND, "cora", "olga", "ada")},
    **{name: ("restricted", "gone", "unknown") for name in ("vera", "max")},
}
SHAPES = (str, str, lambda i: str(i).upper(), lambda i: f"{{{i}}}", lambda i: i.hex,
          lambda i: f"urn:uuid:{i}", lambda i: f" {i}", lambda i: f"{i}%00", lambda i: f"{i}/",
          lambda i: f"{i};x=1")
NOT_SENT = ("/sign-out", "/release", "/end", "/documents/", "/restriction", "/discard", "/publish")
"""Forms that would change what the other requests need, or that a PDF is made for."""
HEADERS = ("Idempotency-Key", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override",
           "If-None-Match", "Referer", "X-Child", "Cookie2")
LISTS = ("/tasks", "/cases", "/find", "/actions", "/board", "/protected-records", "/api/v1/cases",
         "/api/v1/children", "/api/v1/tasks", "/api/v1/records", "/api/v1/events")
NAMES_IN_QUERIES = ("case", "child", "task", "id", "from", "after", "form-id", "next", "person",
                    "case_id", "child_id", "page", "version")
ALSO_POSTED = ("child", "child_id", "case_id", "task_id", "id", "to", "person", "form-id", "nonce",
               "file_id", "promises-0-id", "targets-0-id", "social_worker", "social_worker-id")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Leaked(AssertionError):
    """What came back that should not have."""


class Neighbours:
    def __init__(self, council):
        self.council = council
        council.app.extensions["pepway_rates"].most = 10**9
        self.town = Town(council)
        self.own = {name: self.town.things[name] for name in CHILDS}
        theirs = {role: council.people[name] for name, role in STRANGERS.items()}
        self.others = {
            "foreign": self._child("foreign", theirs, "sven"),
            "restricted": self._child("restricted", theirs, "sven"),
            "ended": self._child(
                "ended", {role: council.people[name] for name, role in AROUND.items()}, "wilma"),
        }
        council.clock.move_on(timedelta(days=1))
        vera, yesterday = council.by("vera"), council.by("vera").today - timedelta(days=1)
        for each in people_around(vera, self.others["ended"]["child_id"]):
            end_involvement(vera, each.id, yesterday)
        restrict_record(council.by("milo"), self.others["restricted"]["child_id"],
                        {"reason": "A relative of staff", "named": [str(council.people["viktor"])]})
        self.others["gone"] = {**{name: uuid4() for name in CHILDS}, "file_id": self._removed()}
        self.rules = [
            (method, rule) for rule in council.app.url_map.iter_rules()
            for method in sorted(rule.methods & {"GET", "POST", "PUT"})
            if set(CHILDS) & set(rule.arguments) and not rule.rule.endswith("/started")
            and "/studio/incidents/" not in rule.rule
        ]
        self.forms = {name: list(self._forms(name)) for name in sorted(HIDDEN_FROM)}
        self.untouched = self._touched()

    def _child(self, which, around, worker):
        """Every answer of the plan in words, a file and a comment hold the child's own word."""
        word, council = CANARIES[which], self.council
        case_id = council.start_case(
            given_names=f"{word} Ann", family_name=f"{word}son", known_as=word,
            placement_address=f"9 {word} Lane", born_on=f"201{len(which) % 5}-02-03",
            **{role: str(person) for role, person in around.items()})
        council.do(worker, "initiate_pep")
        council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]))
        viktor = council.by("viktor")
        child_id = case_resource(viktor, case_id).child_id
        with viktor.begin() as work:
            version = work.session.scalar(select(RecordVersion.id).where(
                RecordVersion.child_id == child_id, RecordVersion.state == "open"))
            there = set(work.session.scalars(
                select(RecordValue.path).where(RecordValue.version_id == version)))
            work.session.add_all(
                RecordValue(version_id=version, path=path, value=f"{word} {path}", valid=True,
                            version=1, by=council.people["viktor"], at=work.now)
                for path, place in PLACES.items()
                if place.type == "text" and "[]" not in path and path not in there)
            event_id = work.session.scalar(select(Event.id).where(Event.case_id == case_id))
            involvement_id = work.session.scalar(
                select(Involvement.id).where(Involvement.child_id == child_id))
            task_id = work.session.scalar(select(Task.id).where(
                Task.case_id == case_id, Task.element == "complete_social_work_sections"))
        comment_on_section(viktor, case_id, "needs", f"{word} said", uuid4())
        return {
            "case_id": case_id, "child_id": child_id, "event_id": event_id,
            "task_id": task_id, "involvement_id": involvement_id,
            "file_id": self._file(child_id, f"{word}.txt"), "attachment_id": uuid4(),
            "link_id": uuid4(),
        }

    def _file(self, child_id, name):
        return attach_file(
            self.council.by("viktor"), child_id,
            About("school_report", "needs", name, self.council.clock.now().date()),
            CheckedFile(name, "text/plain", name.encode()), name)

    def _removed(self):
        file_id = self._file(self.own["child_id"], "removed.txt")
        remove_attached(self.council.by("viktor"), file_id, lambda _class: True)
        return file_id

    def _forms(self, name):
        """Address and fields of every form on a page of the one's own child."""
        for method, rule in self.rules:
            if method != "GET" or rule.rule.startswith("/api/"):
                continue
            page = self.town.ask(name, "GET", self.town.address(rule))
            if page.status_code >= 400 or page.mimetype != "text/html":
                continue
            tree = html.fromstring(page.get_data(as_text=True))
            for form in tree.forms:
                address = form.get("action") or page.request.full_path
                if form.method == "POST" and not any(each in address for each in NOT_SENT):
                    yield address, [pair for pair in form.form_values() if pair[0] != "csrf_token"]

    def _touched(self):
        """What has happened to others, refusals apart."""
        cases = [each["case_id"] for which, each in self.others.items() if which in CANARIES]
        children = [each["child_id"] for which, each in self.others.items() if which in CANARIES]
        with self.council.by("vera").begin(writing=False) as work:
            ask = work.session.scalar
            return (
                ask(select(func.count()).select_from(Event).where(Event.case_id.in_(cases))),
                ask(select(func.count()).select_from(Case).where(Case.child_id.in_(children))),
                ask(select(func.count()).select_from(RecordValue).join(RecordVersion).where(
                    RecordVersion.child_id.in_(children))),
                ask(select(func.count()).select_from(Audit).where(
                    Audit.child_id.in_(children), Audit.action.not_like("refused%"),
                    Audit.action.not_like("emergency_found_nothing"))),
            )


def swap_ids(neighbours, seed, requests=100):
    """The number of requests. Raises `Leaked`."""
    chance = Random(seed)
    for number in range(requests):
        try:
            _one(neighbours, chance)
        except Leaked as leak:
            raise Leaked(f"seed {seed}, request {number}: {leak}") from None
    if neighbours._touched() != neighbours.untouched:
        raise Leaked(f"seed {seed}: something happened to a child of others")
    return requests


def _one(neighbours, chance):
    name = chance.choice(sorted(HIDDEN_FROM))
    which = chance.choice(HIDDEN_FROM[name])
    theirs = neighbours.others.get(which) or {each: UUID(int=chance.getrandbits(128))
                                              for each in CHILDS}
    way = chance.choices((_in_path, _in_query, _in_form, _in_json, _in_header),
                         (50, 12, 18, 10, 10))[0]
    must_be, method, address, sent = way(neighbours, chance, name, theirs)
    answer = _send(neighbours.town, name, method, address, sent)
    said = answer.get_data() + str(answer.headers).encode()
    shown = f"{name} {method} {address} {which} {way.__name__}: {answer.status_code}"
    if answer.status_code >= 500 or (must_be and answer.status_code not in must_be):
        raise Leaked(shown)
    for word in CANARIES.values() if name in AROUND else (CANARIES["restricted"],):
        if word.lower().encode() in said.lower():
            raise Leaked(f"{shown} holds {word}")


def _in_path(neighbours, chance, _name, theirs):
    method, rule = chance.choice(neighbours.rules)
    named = [each for each in CHILDS if each in rule.arguments]
    swapped = named if chance.random() < 0.7 else chance.sample(named, 1)
    address = neighbours.town.address(rule)
    shape = chance.choice(SHAPES)
    for each in swapped:
        address = address.replace(str(neighbours.own[each]), quote(shape(theirs[each]), safe="/%;"))
    # `/` after an id may be a page's own address with one more slash: not found, or sent away
    must_be = (404, 400, 405, 308) if swapped == named else ()
    return must_be, method, address, {}


def _in_query(neighbours, chance, _name, theirs):
    _, rule = chance.choice([each for each in neighbours.rules if each[0] == "GET"])
    address = chance.choice((*LISTS, neighbours.town.address(rule)))
    return (), "GET", f"{address}?{urlencode(_pairs(neighbours, chance, theirs))}", {}


def _pairs(neighbours, chance, theirs):
    """Names with a foreign id in some shape: alone, after one's own, or both in one."""
    pairs = []
    for name in chance.sample(NAMES_IN_QUERIES, chance.randint(1, 4)):
        kind = chance.choice(CHILDS)
        foreign, own = chance.choice(SHAPES)(theirs[kind]), str(neighbours.own[kind])
        pairs += chance.choice(([(name, foreign)], [(name, own), (name, foreign)],
                                [(name, f"{own},{foreign}")], [(f"{name}[]", foreign)]))
    return pairs


def _in_form(neighbours, chance, name, theirs):
    if not neighbours.forms[name]:
        return _in_path(neighbours, chance, name, theirs)
    address, fields = chance.choice(neighbours.forms[name])
    shape, kind = chance.choice(SHAPES), chance.choice(CHILDS)
    sent = [(key, shape(theirs[kind]) if _UUID.fullmatch(value or "") and chance.random() < 0.7
             else value or "") for key, value in fields]
    for key in chance.sample(ALSO_POSTED, chance.randint(1, 3)):
        sent.append((key, shape(theirs[kind])))
    return (), "POST", address, {"form": sent}


def _in_json(neighbours, chance, _name, theirs):
    foreign = chance.choice(SHAPES)(theirs["child_id"])
    own = neighbours.own["task_id"]
    method, address, body = chance.choice((
        ("POST", "/api/v1/cases", {"procedure": "initial-pep", "child": foreign}),
        ("POST", "/api/v1/cases", {"procedure": "review-pep",
                                   "child": [str(neighbours.own["child_id"]), foreign]}),
        ("PUT", f"/api/v1/tasks/{own}/draft", {"answers": {"carers": foreign, "id": foreign}}),
        ("PUT", f"/api/v1/tasks/{own}/draft", {"answers": {}, "task": str(theirs["task_id"])}),
        ("POST", f"/api/v1/tasks/{theirs['task_id']}/complete", {"answers": {}, "task": str(own)}),
        ("PUT", f"/api/v1/tasks/{theirs['task_id']}/draft", {"answers": {"carers": "x"}}),
    ))
    must_be = (400, 403, 404, 422) if address.endswith("cases") or str(own) not in address else ()
    return must_be, method, address, {"json": body}


def _in_header(neighbours, chance, _name, theirs):
    method, rule = chance.choice([each for each in neighbours.rules if each[0] == "GET"])
    foreign = neighbours.town.address(rule, **theirs)
    value = chance.choice((str(theirs["child_id"]), str(theirs["case_id"]), foreign))
    return (), method, neighbours.town.address(rule), {
        "headers": {header: value for header in chance.sample(HEADERS, chance.randint(1, 3))}}


def _send(town, name, method, address, sent):
    headers = dict(sent.get("headers", {}))
    if address.startswith("/api/"):
        town.ask(name, "GET", "/api/v1/openapi.json") if name not in town._tokens else None
        headers["Authorization"] = f"Bearer {town._tokens[name]}"
        return town.council.app.test_client().open(
            address, method=method, headers=headers,
            json=sent.get("json", {"answers": {}} if method != "GET" else None))
    client, token = town._browser(name)
    form = [("csrf_token", token), *sent.get("form", [])] if method == "POST" else None
    body = {} if form is None else {
        "data": urlencode(form), "content_type": "application/x-www-form-urlencoded"}
    return client.open(address, method=method, headers=headers, **body)


@cache
def _standing():
    """One for all runs of a process; its folder goes when the process does."""
    from conftest import council_in

    folder = tempfile.TemporaryDirectory()
    within = council_in(Path(folder.name))
    return Neighbours(within.__enter__()), folder, within


def swap_a_hundred(seed):
    neighbours, *_ = _standing()
    return swap_ids(neighbours, seed)
