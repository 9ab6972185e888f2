"""A signed plan goes to the case system as document and data, once; its receipt is on the case."""

import base64
import hashlib
import json
from ipaddress import ip_network

import jsonschema_rs
import pytest
from reading_pdf import Pdf
from receiver import ENDLESS, REFERENCE, SILENT
from sqlalchemy import delete, select, update

from engine.background import Message
from engine.background.outbox import MOST_ATTEMPTS, NOT_HEARD_OF
from engine.domain import SYSTEM
from engine.store.base import new_id
from engine.store.models import Audit, Outbox
from web.sending import filing as sending
from web.sending import outside
from workflows.administration.leaving import leave
from workflows.filing.given_up import GIVEN_UP, tell_of_given_up
from workflows.filing.leaving import reference_in
from workflows.filing.signed import MESSAGE
from workflows.filing.standing import what_waits
from workflows.filing.table import PlanFiling
from workflows.people import add_person
from workflows.pep.changes.reopen import reopen_plan
from workflows.pep.plan import RecordValue, RecordVersion
from workflows.sight.restrictions import restrict_record, review_restriction
from workflows.telling.letters import letter_for

FILED = "Filed in the case system on 25 March 2026, reference 4711"


def sent(filing):
    return [json.loads(each["body"]) for each in filing.receiver.got]


def document_in(body):
    return base64.b64decode(body["document"]["content"])


def must_keep_to_its_schema(filing, body):
    """The one that is published, for whoever asks."""
    answer = filing.council.visitor().client.get("/api/v1/schemas/signed-plan/1")
    assert answer.status_code == 200
    assert body["schema"].endswith("/api/v1/schemas/signed-plan/1")
    schema = json.loads(answer.get_data())
    checker = jsonschema_rs.validator_for(schema, validate_formats=True)
    assert [each.message for each in checker.iter_errors(body)] == []


@pytest.mark.both_stores
def test_it_arrives_once_and_the_receipt_is_on_the_case(filing):
    secret = filing.name_case_system()
    assert secret.startswith("whsec_")
    assert "whsec_" not in filing.ada.open("/admin/case-system").text
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    assert "On its way to the case system" in filing.case_page().section("In the Care Plan")
    for _ in range(3):
        filing.round()

    [got], [body] = filing.receiver.got, sent(filing)
    assert got["idempotency-key"] == got["webhook-id"] == f"msg_{body['id']}"
    must_keep_to_its_schema(filing, body)
    assert hashlib.sha256(document_in(body)).hexdigest() == body["document"]["sha256"]
    paper = Pdf(document_in(body))
    assert "Robin Testerby" in paper.text
    assert "Copy 1, for the child's Care Plan" in paper.text
    assert (body["test"], body["child"]["id"]) == (False, str(filing.child_id))
    assert [each["name"] for each in body["plan"]["signatures"]] == ["Tara Copley", "Wilma Ashdown"]
    assert body["record"]["targets[]"][0]["text"] in paper.text
    assert body["record"]["signoff.social_worker.agreed"] is True
    page = filing.case_page()
    assert FILED in page.section("In the Care Plan")
    assert "was filed in the case system, reference 4711" in page.section("What happened")
    assert "Send again" not in page.section("In the Care Plan")
    copies = filing.council.sign_in("vera").visitor.open(f"/children/{filing.child_id}/copies")
    assert "Copy 1, Personal Education Plan, version 1, for the child's Care Plan Pepway" in (
        copies.section("Copies made here"))


def test_whoever_files_it_sees_what_is_there_already(filing):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    filing.round()
    filing.council.do("rob", "hold_first_review")

    page = filing.council.open_task("wilma", "distribute_copies")

    assert page.answers["Version 1 of the plan"] == f"{FILED}."


def test_where_no_case_system_is_named_nothing_leaves_and_nothing_is_said(filing):
    filing.receiver.start()
    filing.sign()
    filing.round()

    assert filing.receiver.got == []
    assert "In the Care Plan" not in filing.case_page().headings
    assert "None is named, so plans are filed by hand." in filing.ada.open(
        "/admin/case-system").text


@pytest.mark.both_stores
def test_a_case_system_that_is_away_for_days_gets_it_when_it_is_back(filing):
    filing.name_case_system()
    filing.sign()
    filing.round()
    assert "tried once, next at 9:00am" in filing.case_page().section("In the Care Plan")
    for _ in range(3):
        filing.council.later(hours=1)
        filing.round()
    said = filing.case_page().section("In the Care Plan")
    assert "Not yet received by the case system: tried 4 times, next at 12:04pm" in said
    assert "working day" not in filing.administration().text
    filing.council.later(days=2)
    assert "1 signed plan has not arrived for more than a working day" in (
        filing.administration().text)
    page = filing.ada.open("/admin/case-system")
    assert "The program cannot be reached at this address" in page.text
    assert "Robin" not in page.text
    assert "Testerby" not in page.text.replace("Testerby Council", "")

    filing.receiver.start(says=REFERENCE)
    filing.round()

    assert len(filing.receiver.got) == 1
    assert "Filed in the case system on 27 March 2026, reference 4711" in (
        filing.case_page().section("In the Care Plan"))
    assert "has not arrived" not in filing.administration().text


def test_what_waits_is_measured(filing):
    token = "t" * 40
    filing.name_case_system()
    filing.sign()
    filing.council.later(hours=2)
    watched = filing.council.outside_the_demonstration(metrics_token=token)

    told = watched.app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {token}"}).get_data(as_text=True)

    assert "pepway_plans_not_filed 1.0" in told
    assert "pepway_plans_not_filed_oldest_seconds 7200.0" in told
    assert "pepway_plans_given_up 0.0" in told

    let_it_be_given_up(filing)
    told = watched.app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {token}"}).get_data(as_text=True)
    assert "pepway_plans_not_filed 1.0" in told
    assert "pepway_plans_given_up 1.0" in told


def test_nothing_but_a_yes_is_a_receipt(filing, monkeypatch):
    monkeypatch.setattr(outside, "SECONDS_TO_ANSWER", 0.5)
    filing.name_case_system()
    filing.sign()
    for tries, (answer, says, told) in enumerate((
        (302, "", "The program answered with 302"), (422, "", "The program answered with 422"),
        (500, REFERENCE, "The program answered with 500"),
        (200, SILENT, "The program did not answer in time"),
    ), 1):
        filing.receiver.start(answer, says)
        filing.round()
        filing.receiver.kill()

        assert len(filing.receiver.got) == tries
        assert told in filing.ada.open("/admin/case-system").text
        assert "Not yet received" in filing.case_page().section("In the Care Plan")
        filing.council.later(minutes=2 * tries)


def test_a_yes_is_a_receipt_however_much_is_said_after_it(filing):
    filing.name_case_system()
    filing.receiver.start(201, ENDLESS)
    filing.sign()
    filing.round()

    assert "Filed in the case system on 25 March 2026." in (
        filing.case_page().section("In the Care Plan"))


@pytest.mark.parametrize(("answer", "kept"), [
    (b'{"reference": 4711}', "4711"), (b'{"reference": "LL-2026/4711"}', "LL-2026/4711"),
    (b"", None), (b"no JSON", None), (b"[]", None), (b"\xff", None), (b"[" * 4_000, None),
    (b'{"reference": {"of": "it"}}', None), (b'{"reference": true}', None),
    (b'{"reference": "Robin Testerby"}', None), (b'{"reference": "<b>4711</b>"}', None),
    (b'{"reference": "%s"}' % (b"4" * 65), None), (b'{"reference": "4711"', None),
])
def test_of_a_reference_an_id_is_kept_and_no_words(answer, kept):
    assert reference_in(answer) == kept


class Killed(BaseException):
    """Nothing of Pepway's catches it, as nothing catches a kill."""


@pytest.mark.both_stores
def test_killed_before_the_receipt_is_kept_the_same_is_sent_again_under_the_same_key(
    filing, monkeypatch
):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    with monkeypatch.context() as dying:
        dying.setattr(sending, "note_filed", killed)
        with pytest.raises(Killed):
            filing.round()
    assert len(filing.receiver.got) == 1

    filing.council.later(minutes=20)
    filing.round()

    first, second = filing.receiver.got
    assert first["idempotency-key"] == second["idempotency-key"]
    assert first["body"] == second["body"]
    assert FILED in filing.case_page().section("In the Care Plan")


def test_killed_before_it_is_made_its_number_is_said_to_have_left_nothing(filing, monkeypatch):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    with monkeypatch.context() as dying:
        dying.setattr(sending, "keep_made", killed)
        with pytest.raises(Killed):
            filing.round()
    assert filing.receiver.got == []

    filing.council.later(minutes=20)
    filing.round()

    assert sent(filing)[0]["document"]["copy"] == 2
    copies = filing.council.sign_in("vera").visitor.open(f"/children/{filing.child_id}/copies")
    assert copies.section("Copies made here").count("Could not be made") == 1


def killed(*_args, **_more):
    raise Killed


def restrict(filing):
    restrict_record(filing.council.by("mona"), filing.child_id, {
        "reason": "A relative of staff", "named": [str(filing.council.people["viktor"])]})


@pytest.mark.both_stores
@pytest.mark.parametrize("when", ["before it is signed", "before it leaves", "before it arrives"])
def test_a_restricted_record_is_never_sent(filing, when):
    filing.name_case_system()
    if when == "before it is signed":
        restrict(filing)
    filing.sign()
    if when == "before it is signed":
        assert "handed over by hand" in filing.case_page().section("In the Care Plan")
    if when == "before it arrives":
        filing.round()
    if when != "before it is signed":
        restrict(filing)
    filing.receiver.start(says=REFERENCE)
    for _ in range(2):
        filing.council.later(minutes=40)
        filing.round()

    assert filing.receiver.got == []
    page = filing.case_page()
    assert ("Not sent to the case system, because the record is restricted: it must be handed over "
            "by hand.") in page.section("In the Care Plan")
    assert "it must be handed over by hand" in page.section("What happened")
    assert "Send again" not in page.section("In the Care Plan")
    with filing.council.installation.acting(SYSTEM).begin(writing=False) as work:
        assert work.session.scalars(select(PlanFiling.body)).all() == [None]
    copy = page.follow("Make a copy for the child")
    assert "Child's Care Plan" in copy.text

    filing.administration()
    assert "version 1" not in filing.ada.open("/admin/case-system").text
    again = page.visitor.send(f"/children/{filing.child_id}/plan/1/file-again",
                              [("csrf_token", page.token)])
    assert "Hand it over by hand" in again.whole
    filing.round()
    assert filing.receiver.got == []


def test_once_the_restriction_is_lifted_a_person_lets_it_go(filing):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    restrict(filing)
    filing.sign()
    review_restriction(filing.council.by("iris"), filing.child_id,
                       {"needed": "no", "reason": "No longer needed"})
    filing.round()
    assert filing.receiver.got == []

    page = filing.case_page().press("Send again: version 1 of the plan")
    assert "sent to the case system within a minute" in page.whole
    filing.round()

    assert FILED in filing.case_page().section("In the Care Plan")


UNREAD = {
    "responsibility.no_contact": "No contact with an uncle", "placement.address": "9 Hidden Lane",
    "views.parent": "Wants more contact", "views.carer": "Worries at night",
    "views.not_shared_with": "Not for Aunt Petunia", "own.question": "Something of the council's",
}


@pytest.mark.both_stores
def test_what_the_care_plan_is_not_given_is_neither_in_the_data_nor_on_paper(filing):
    with filing.council.by("vera").begin() as work:
        version = work.session.scalar(select(RecordVersion.id).where(
            RecordVersion.child_id == filing.child_id, RecordVersion.state == "open"))
        work.session.execute(delete(RecordValue).where(
            RecordValue.version_id == version, RecordValue.path.in_(list(UNREAD))))
        work.session.add_all(
            RecordValue(version_id=version, path=path, value=value, valid=True, version=1,
                        by=filing.council.people["wilma"], at=work.now)
            for path, value in UNREAD.items())
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    filing.round()

    [body] = sent(filing)
    must_keep_to_its_schema(filing, body)
    paper = Pdf(document_in(body)).everything
    del body["document"]
    data = json.dumps(body)
    for path, value in UNREAD.items():
        is_read = path == "own.question"
        assert (value in data) == is_read, path
        assert (value in paper) == is_read, path
        assert (path in body["record"]) == is_read


@pytest.mark.both_stores
def test_a_version_that_is_put_right_goes_as_the_next(filing):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    filing.round()
    council = filing.council
    reopen_plan(council.by("vera"), filing.case_id, reason="The wrong school stands in it")
    for name, step in (("wilma", "correct_social_work_sections"),
                       ("tara", "correct_targets_and_actions"),
                       ("tara", "correct_education_sections"),
                       ("tara", "sign_off_teacher"), ("wilma", "sign_off_social_worker")):
        council.do(name, step)
    filing.round()

    first, second = sent(filing)
    assert (first["plan"]["version"], second["plan"]["version"]) == (1, 2)
    assert first["id"] != second["id"]
    assert second["document"]["copy"] == 2


def test_while_it_is_paused_nothing_leaves_and_then_all_of_it(filing):
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    filing.ada.open("/admin/case-system").press("Pause sending")
    filing.round()
    assert filing.receiver.got == []
    assert "sending is paused" in filing.case_page().section("In the Care Plan")
    page = filing.case_page().press("Send again: version 1 of the plan")
    assert "an administrator has paused it" in page.whole

    filing.ada.open("/admin/case-system").press("Go on sending")
    filing.round()

    assert FILED in filing.case_page().section("In the Care Plan")


def test_an_invented_plan_shows_whether_the_connection_holds(filing):
    filing.name_case_system()
    page = filing.ada.open("/admin/case-system").press("Send an invented plan")
    filing.round()
    page = filing.ada.open("/admin/case-system")
    assert page.answers["Last trial"].startswith("The program cannot be reached at this address")
    filing.receiver.start(says=REFERENCE)
    filing.council.later(hours=1)
    filing.round()
    assert filing.receiver.got == []

    filing.administration()
    filing.ada.open("/admin/case-system").press("Send an invented plan")
    filing.round()

    [body] = sent(filing)
    must_keep_to_its_schema(filing, body)
    assert body["test"] is True
    assert body["child"]["name"] == "Robin Invented"
    assert "There is no such child" in Pdf(document_in(body)).text
    assert "Received, reference 4711" in filing.ada.open("/admin/case-system").answers["Last trial"]


def test_what_was_given_up_is_sent_again_by_whoever_answers_for_it(filing):
    filing.name_case_system()
    filing.sign()
    for _ in range(13):
        filing.round()
        filing.council.later(hours=18)
    said = filing.case_page("wilma").section("In the Care Plan")
    assert "Not received by the case system: given up after 12 times" in said
    filing.administration()
    assert "A signed plan was to go to the case system" in (
        filing.ada.open("/messages-not-delivered").text)
    for name in ("tara", "rob"):
        page = filing.case_page(name)
        assert "Send again" not in page.text
        again = page.visitor.send(f"/children/{filing.child_id}/plan/1/file-again",
                                  [("csrf_token", page.token)])
        assert again.status == 404

    filing.receiver.start(says=REFERENCE)
    filing.case_page("wilma").press("Send again: version 1 of the plan")
    filing.round()

    assert len(filing.receiver.got) == 1
    assert "reference 4711" in filing.case_page().section("In the Care Plan")
    with filing.council.installation.acting(SYSTEM).begin(writing=False) as work:
        done = work.session.scalars(select(Audit.action).where(
            Audit.about.startswith("plan_filing:")).order_by(Audit.seq)).all()
    assert done == ["file_plan_again", "file_plan"]


def let_it_be_given_up(filing):
    """Nobody listens at its address."""
    for _ in range(13):
        filing.round()
        filing.council.later(hours=18)


def told_that_one_is_given_up(filing):
    """Who was told, and what of; in order."""
    with filing.council.installation.acting(SYSTEM).begin(writing=False) as work:
        rows = work.session.scalars(
            select(Outbox).where(Outbox.kind == GIVEN_UP).order_by(Outbox.seq)).all()
        return [(row.person_id, row.case_id, row.data) for row in rows]


@pytest.mark.both_stores
def test_that_one_is_given_up_is_told_to_the_administrators_by_its_id_alone(filing):
    adams = add_person(filing.council.by("ada"), "Adam Nettles", "adam@council.example",
                       ["administrator"])
    gone = add_person(filing.council.by("ada"), "Gone Away", "gone@council.example",
                      ["administrator"])
    leave(filing.council.by("ada"), gone, {"last_day": "2026-03-25"})
    filing.name_case_system()
    filing.sign()
    for _ in range(11):
        filing.round()
        filing.council.later(hours=18)
    assert told_that_one_is_given_up(filing) == []

    for _ in range(3):
        filing.round()
        filing.council.later(hours=18)

    with filing.council.installation.acting(SYSTEM).begin(writing=False) as work:
        about = {"filing": str(work.session.scalars(select(PlanFiling.id)).one())}
    told = told_that_one_is_given_up(filing)
    assert sorted(told) == sorted([(filing.council.people["ada"], None, about),
                                   (adams, None, about)])
    with filing.council.installation.acting(SYSTEM).begin(writing=False) as work:
        message_id = work.session.scalars(
            select(Outbox.id).where(Outbox.person_id == adams)).one()
    letter = letter_for(filing.council.installation.acting(SYSTEM),
                        Message(message_id, GIVEN_UP, adams, about), "https://pepway.example")
    assert "A signed plan has not reached the case system" in letter.text
    assert "https://pepway.example/admin/case-system" in letter.text


@pytest.mark.both_stores
def test_killed_at_the_last_try_it_is_told_all_the_same(filing):
    filing.name_case_system()
    filing.sign()
    with filing.council.installation.acting(SYSTEM).begin() as work:
        work.session.execute(
            update(Outbox).where(Outbox.kind == MESSAGE).values(attempts=MOST_ATTEMPTS))
    filing.round()

    assert [person for person, _, _ in told_that_one_is_given_up(filing)] == [
        filing.council.people["ada"]]
    pepway = filing.council.installation.acting(SYSTEM)
    assert what_waits(pepway).given_up == 1
    said = filing.case_page("wilma").section("In the Care Plan")
    assert "given up after 12 times" in said
    page = filing.ada.open("/messages-not-delivered")
    assert NOT_HEARD_OF in page.section("Messages not delivered")
    page = filing.ada.open("/admin/case-system")
    assert NOT_HEARD_OF in page.text

    filing.receiver.start(says=REFERENCE)
    page.press("Send again")
    filing.round()
    assert len(filing.receiver.got) == 1
    assert what_waits(pepway).given_up == 0


@pytest.mark.both_stores
def test_of_many_that_are_given_up_on_a_day_the_administrators_hear_once(filing):
    filing.name_case_system()
    filing.sign()
    acting = filing.council.installation.acting(SYSTEM)

    def give_up(at_once):
        with acting.begin() as work:
            for _ in range(at_once):
                tell_of_given_up(work, MESSAGE, new_id())
            tell_of_given_up(work, "task_assigned", new_id())

    give_up(2)
    give_up(1)
    assert len(told_that_one_is_given_up(filing)) == 1
    filing.council.later(days=1)
    give_up(1)
    assert len(told_that_one_is_given_up(filing)) == 2


def test_a_case_system_in_the_councils_own_network_is_refused_until_it_is_allowed(filing):
    """This machine stands for it."""
    filing.name_case_system()
    filing.receiver.start(says=REFERENCE)
    filing.sign()
    filing.round(demo=False, private_networks=(ip_network("10.20.0.0/16"),))
    assert filing.receiver.got == []
    assert "The address leads into a private network" in filing.ada.open("/admin/case-system").text

    filing.council.later(minutes=1)
    filing.round(demo=False, private_networks=(ip_network("127.0.0.0/8"),))

    assert FILED in filing.case_page().section("In the Care Plan")


def test_its_address_changes_and_what_has_not_arrived_goes_to_the_new_one(filing):
    filing.name_case_system("http://127.0.0.1:9")
    filing.sign()
    filing.round()
    page = filing.ada.open("/admin/case-system").follow("Change")
    assert page.fill({"Its address": "http://case.example"}).press("Save").errors["address"]
    page = page.fill({"Its address": filing.receiver.address}).press("Save")
    assert "whsec_" not in page.text
    filing.receiver.start(says=REFERENCE)
    page.press("Send again")
    filing.round()

    assert len(filing.receiver.got) == 1


SENT_AGAIN_WHERE = {
    "it has arrived": (200, "Plans that it has not received"),
    "it is paused": (422, "an administrator has paused it"),
    "it is restricted": (404, "Page not found"),
}


@pytest.mark.parametrize("why", list(SENT_AGAIN_WHERE))
def test_what_an_administrator_cannot_send_again_is_not_sent(filing, why):
    filing.name_case_system()
    filing.sign()
    page = filing.ada.open("/admin/case-system")
    [address] = {each for each in page.tree.xpath("//form/@action") if each.endswith("/again")}
    filing.receiver.start(says=REFERENCE)
    if why == "it has arrived":
        filing.round()
    elif why == "it is paused":
        page.press("Pause sending")
    else:
        restrict(filing)

    answer = page.visitor.send(address, [("csrf_token", page.token)])

    status, said = SENT_AGAIN_WHERE[why]
    assert answer.response.status_code == status, answer.text
    assert said in answer.whole
    assert "The record is restricted" not in answer.text
    filing.round()
    assert len(filing.receiver.got) == (1 if why == "it has arrived" else 0)
