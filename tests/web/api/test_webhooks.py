"""Programs that are told what happens: all of it, signed, in order, and by ids alone."""

import base64
import hashlib
import hmac
import json
import re
import socket
from ipaddress import ip_network
from uuid import uuid4

import pytest
from beginning import MORNING
from sqlalchemy import select, update

from engine.background import Embedded, Message, NotDelivered
from engine.background.outbox import MOST_ATTEMPTS, NOT_HEARD_OF
from engine.domain import SYSTEM
from engine.store.models import Event, Outbox
from web.sending import delivery
from web.sending.outside import Outside
from web.sending.webhook import post
from web.settings import Settings
from workflows.people import add_person
from workflows.resources import case_resource
from workflows.sight.restrictions import restrict_record
from workflows.telling.letters import letter_for
from workflows.telling.words import what_it_says
from workflows.webhooks import following
from workflows.webhooks.delivering import Delivery

OF_TASKS = ["task_opened", "task_completed"]


@pytest.fixture(autouse=True)
def few_wait_at_once(monkeypatch):
    monkeypatch.setattr(following, "MOST_WAITING", 3)


@pytest.fixture
def ada(council, password_hash):
    council.people["ada"] = add_person(council.installation.acting(SYSTEM), "Ada Jessop",
                                       "ada@council.example", ["administrator"], password_hash)
    return council.sign_in("ada").visitor


def add(ada, address, *kinds):
    """By the administrator's page: its secret, which is shown once."""
    page = ada.open("/admin/programs").fill({
        "What is the program called?": "School portal", "Its address": address,
        "What is it told of?": list(kinds or ("A task was opened", "A task was completed"))})
    page = page.press("Add this program")
    assert "School portal" in page.text, page.text
    return secret_on(page)


def secret_on(page):
    [secret] = page.tree.xpath("//code")
    assert "whsec_" not in page.visitor.open("/admin/programs").text
    return secret.text_content()


def round_of(council, **settings):
    kept = Settings(secret_key=council.app.extensions["pepway_settings"].secret_key,
                    audit_key="a" * 32, **{"demo": True, **settings})
    Embedded(council.installation, delivery(council.installation, kept)).one_round()


def must_be_signed(got, *secrets):
    """By the standard's own words: HMAC-SHA256 over id, timestamp and body."""
    said = f"{got['webhook-id']}.{got['webhook-timestamp']}.{got['body']}".encode()
    made = [hmac.digest(base64.b64decode(each.removeprefix("whsec_")), said, hashlib.sha256)
            for each in secrets]
    assert got["webhook-signature"].split(" ") == [
        f"v1,{base64.b64encode(each).decode()}" for each in made]


def happened(council, *kinds):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.execute(
            select(Event.id, Event.seq).where(Event.kind.in_(kinds)).order_by(Event.seq)).all()


def told(receiver):
    return [json.loads(each["body"]) for each in receiver.got]


@pytest.mark.both_stores
def test_a_receiver_that_is_killed_and_comes_back_has_missed_nothing(council, ada, receiver):
    secret = add(ada, receiver.address)
    receiver.start()
    council.gathering_queue()
    round_of(council)
    before = len(receiver.got)
    assert before > 0

    receiver.kill()
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]))
    round_of(council)
    council.do("wilma", "complete_social_work_sections")
    round_of(council)
    assert len(receiver.got) == before
    receiver.start()
    for _ in range(8):
        council.later(minutes=30)
        round_of(council)

    events = happened(council, *OF_TASKS)
    assert {each["data"]["event"] for each in told(receiver)} == {str(each.id) for each in events}
    assert len(receiver.got) == len(events)
    for got in receiver.got:
        must_be_signed(got, secret)
    page = council.sign_in("ada").visitor.open("/admin/programs").follow("School portal")
    assert page.text.count("Delivered") == len(events)


def test_of_a_restricted_record_not_even_an_id_is_sent(council, ada, receiver):
    add(ada, receiver.address)
    receiver.start()
    case_id = council.gathering_queue()
    restrict_record(council.by("mona"), case_resource(council.by("mona"), case_id).child_id, {
        "reason": "A relative of staff", "named": [str(council.people["viktor"])]})
    round_of(council)

    assert receiver.got == []
    other = council.start_case(family_name="Other")
    round_of(council)
    assert {each["data"]["case"] for each in told(receiver)} == {str(other)}


def test_what_is_sent_are_ids_and_kinds_alone(council, ada, receiver):
    add(ada, receiver.address)
    receiver.start()
    case_id = council.gathering()
    round_of(council)

    for each in told(receiver):
        assert set(each) == {"type", "timestamp", "data"}
        assert set(each["data"]) == {"event", "case", "child", "task", "seq", "element"}
        assert each["data"]["case"] == str(case_id)
    whole = receiver.file.read_text()
    for name in ("Robin", "Testerby", "Wilma", "Ashdown"):
        assert name not in whole
    seen = [each["data"]["seq"] for each in told(receiver)]
    assert seen == sorted(seen)


@pytest.mark.both_stores
def test_what_is_given_up_is_told_and_sent_again_with_all_that_came_after(council, ada, receiver):
    add(ada, receiver.address)
    council.gathering()
    for _ in range(13):
        round_of(council)
        council.later(hours=18)
    round_of(council)

    ada = council.sign_in("ada").visitor
    page = ada.open("/admin/programs")
    assert "Stopped" in page.text
    page = page.follow("School portal")
    assert "Given up. The program cannot be reached at this address" in page.text
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        kinds = work.session.scalars(select(Outbox.kind).where(
            Outbox.person_id == council.people["ada"])).all()
    assert kinds.count("webhook_given_up") == 1
    assert what_it_says("webhook_given_up") != what_it_says("nothing known")
    assert "A program was to be told what happened" in ada.open("/messages-not-delivered").text
    hears_all_that_was_given_up(council, receiver, page)


@pytest.mark.both_stores
def test_killed_at_the_last_try_it_stops_as_one_does_that_is_refused(council, ada, receiver):
    add(ada, receiver.address)
    council.gathering()
    following.let_programs_hear(council.installation.acting(SYSTEM), lambda: False)
    with council.installation.acting(SYSTEM).begin() as work:
        work.session.execute(
            update(Outbox).where(Outbox.kind == following.MESSAGE).values(attempts=MOST_ATTEMPTS))
    round_of(council)
    round_of(council)

    ada = council.sign_in("ada").visitor
    assert "Stopped" in ada.open("/admin/programs").text
    assert NOT_HEARD_OF in ada.open("/messages-not-delivered").section("Messages not delivered")
    page = ada.open(way_told_of_a_stop(council))
    assert f"Given up. {NOT_HEARD_OF}" in page.text
    hears_all_that_was_given_up(council, receiver, page)


def hears_all_that_was_given_up(council, receiver, page):
    """Once it is back and each is sent again on its page."""
    receiver.start()
    while "Given up." in page.text:
        page = page.press("Send again")
    for _ in range(4):
        council.later(minutes=1)
        round_of(council)

    events = happened(council, *OF_TASKS)
    assert {each["data"]["event"] for each in told(receiver)} == {str(each.id) for each in events}
    assert "Stopped" not in page.visitor.open("/admin/programs").text


def way_told_of_a_stop(council):
    """Where the letter to the administrator leads."""
    by = council.installation.acting(SYSTEM)
    with by.begin(writing=False) as work:
        row = work.session.scalars(select(Outbox).where(Outbox.kind == following.GIVEN_UP)).one()
        message = Message(row.id, row.kind, row.person_id, row.data, row.case_id)
    letter = letter_for(by, message, "https://pepway.example")
    [way] = re.findall("(?<=https://pepway.example)/admin/.*", letter.text)
    return way


def test_only_what_this_program_was_to_be_told_is_sent_again_from_its_page(council, ada):
    """A message to a person, or to another program, is none of this page's."""
    add(ada, "https://portal.example")
    with council.installation.acting(SYSTEM).begin() as work:
        message_id = work.tell("news", council.people["ada"])
        work.write()
        work.session.get_one(Outbox, work.session.scalar(
            select(Outbox.seq).where(Outbox.id == message_id))).given_up_at = work.now
    page = ada.open("/admin/programs").follow("School portal")

    answer = page.visitor.send(f"{page.address}/deliveries/{message_id}/again",
                               [("csrf_token", page.token)])

    assert answer.status == 404
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        assert work.session.scalar(select(Outbox.given_up_at).where(Outbox.id == message_id))


def test_of_two_secrets_both_sign_for_a_day(council, ada, receiver):
    old = add(ada, receiver.address)
    receiver.start()
    page = ada.open("/admin/programs").follow("School portal").press("Make a new secret")
    new = page.tree.xpath("//code")[0].text_content()
    council.start_case()
    round_of(council)
    must_be_signed(receiver.got[-1], new, old)

    council.later(hours=24)
    council.start_case(given_names="Sam", upn="A123456789012")
    round_of(council)

    must_be_signed(receiver.got[-1], new)


def test_an_address_that_has_ended_is_told_nothing_more(council, ada, receiver):
    add(ada, receiver.address)
    receiver.start()
    council.start_case()
    page = ada.open("/admin/programs").follow("School portal")
    page.press("Tell this program nothing any more")
    round_of(council)

    assert receiver.got == []
    assert "No program is told anything yet." in ada.open("/admin/programs").text


@pytest.mark.parametrize("answer", [302, 410, 500])
def test_no_answer_but_a_yes_counts_and_nobody_is_followed_elsewhere(
    council, ada, receiver, answer
):
    add(ada, receiver.address)
    receiver.start(answer)
    council.start_case()
    round_of(council)

    assert f"The program answered with {answer}" in ada.open("/admin/programs").follow(
        "School portal").text


PRIVATE = ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
           "192.0.2.1", "::1", "::ffff:10.0.0.1", "fd00::1", "fe80::1", "64:ff9b::a00:1")


@pytest.mark.parametrize("host", PRIVATE)
def test_a_name_that_leads_into_a_private_network_is_not_followed(receiver, monkeypatch, host):
    """Whatever the name led to when it was entered: it is looked up once, as it is sent."""
    receiver.start()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *named, **_more: asked.append(named) or [
        (family, socket.SOCK_STREAM, 6, "", (host, receiver.port))])
    delivery = Delivery(uuid4(), f"http://portal.example:{receiver.port}", (), {}, MORNING)

    with pytest.raises(NotDelivered, match="private network"):
        post(Outside(loopback=False), delivery)

    assert len(asked) == 1
    assert receiver.got == []


@pytest.mark.parametrize(("allowed", "is_refused"), [
    ((), True), (("10.20.0.0/16",), True), (("10.20.0.0/16", "10.1.2.0/24"), False)])
def test_only_a_network_that_the_council_names_is_reached(monkeypatch, allowed, is_refused):
    """The name is still asked once, and what it led to is what is connected to."""
    asked, connected = [], []

    def lead(host, port, *_rest, **_more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", port))]

    def connect(self, _timeout=None):
        connected.append(self.host)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    monkeypatch.setattr("urllib3.connection.HTTPConnection._new_conn", connect)
    with pytest.raises((NotDelivered, OSError)) as refused:
        post(Outside([ip_network(each) for each in allowed], loopback=False),
             Delivery(uuid4(), "https://case-system.example", (), {}, MORNING))

    assert ("private network" in str(refused.value)) == is_refused
    assert asked == ["case-system.example"]
    assert connected == ([] if is_refused else ["10.1.2.3"])


def test_what_is_connected_to_is_what_was_looked_at(receiver, monkeypatch):
    """A name that leads elsewhere when it is asked again is not asked again."""
    receiver.start()
    answers = iter(["127.0.0.1", "192.0.2.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_rest, **_more: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "",
         (next(answers) if host == "portal.example" else host, receiver.port))])

    post(Outside(loopback=True),
         Delivery(uuid4(), f"http://portal.example:{receiver.port}", (), {}, MORNING))

    assert len(receiver.got) == 1
    assert receiver.got[0]["host"] == f"portal.example:{receiver.port}"


def test_an_address_is_https_and_names_nobody(council, ada):
    for address in ("http://portal.example", "ftp://portal.example", "portal.example", "https://",
                    "https://[", "https://user:password@portal.example",
                    "https://portal.example:99999", "javascript:alert(1)"):
        page = ada.open("/admin/programs").fill({
            "What is the program called?": "A", "Its address": address,
            "What is it told of?": ["A task was opened"]}).press("Add this program")

        assert page.errors["address"].startswith("Enter"), address
