"""Each act of signing in, administration, governance and export, and its row of the audit.

An address of these that has no line in the tables below fails, and so does a line whose act leaves
no such row: each is done here once, in the order of the stories.
"""

import io
import re
from datetime import UTC, datetime

import pytest
from flask import request, request_finished, request_started
from sqlalchemy import select
from test_who_sees_what import Town
from visitor import Phone, Visitor

from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from web.sending.invitation import address_of_file
from workflows.accounts.links import FORGOTTEN, make_link
from workflows.corrections import Correction
from workflows.filing.table import PlanFiling
from workflows.people import find_by_email
from workflows.pep.changes.leaving import record_death
from workflows.retention.table import DestructionCertificate, DisposalList
from workflows.sessions import begin_session
from workflows.subject_access.table import SubjectAccessRequest, Withholding
from workflows.telling.calendar_feed import make_calendar
from workflows.telling.invitations import Invitation, entry_of
from workflows.tokens import add_token

ACTS = {
    "auth.check_sign_in": "sign_in sign_in_refused", "auth.sign_out": "sign_out",
    "auth.second_step.confirm": "set_up_second_factor sign_in",
    "auth.second_step.check_code": "sign_in sign_in_refused",
    "auth.second_step.check_recovery_code": "use_recovery_code",
    "auth.account.change_password": "change_password",
    "auth.account.new_codes": "make_recovery_codes",
    "auth.by_mail.ask": "forget_password", "auth.by_mail.keep": "change_password",
    "auth.where.end_program": "end_token",
    "auth.where.end": "end_own_session", "auth.where.end_others": "end_own_session",
    "admin.add": "add_person invite_person", "admin.change": "change_person",
    "admin.give": "give_role", "admin.take": "take_role_away",
    "admin.invite_again": "invite_person", "admin.sign_out_everywhere": "end_sessions_of",
    "admin.reset_factor": "reset_second_factor", "admin.unlink": "unlink_identity",
    "admin.let_leave": "decide_leaving deactivate_person finish_leaving", "admin.back": "come_back",
    "admin.add_a_team": "add_team", "admin.rename": "rename_team",
    "admin.add_a_school": "add_school", "admin.change_school": "change_school_details",
    "admin.add_teacher": "begin_school_post", "admin.end_a_post": "end_school_post",
    "admin.do_import": "import_schools", "admin.stop_an_import": "stop_import",
    "admin.close": "add_closure", "admin.remove_closure": "remove_closure",
    "admin.add_terms": "add_term", "admin.change_term": "change_term",
    "admin.remove_term": "remove_term",
    "admin.change_the_settings": "set_council_name set_council_link set_termly",
    "admin.add_a_cut_off": "set_termly", "admin.remove_a_cut_off": "set_termly",
    "admin.add_a_webhook": "add_webhook", "admin.new_secret": "change_webhook_secret",
    "admin.end_a_webhook": "end_webhook", "admin.deliver_again": "send_message_again",
    "admin.name_the_case_system": "change_case_system",
    "admin.new_secret_of_case_system": "change_case_systems_secret",
    "admin.pause_case_system": "pause_filing", "admin.resume_case_system": "resume_filing",
    "admin.try_the_case_system": "try_case_system", "admin.file_one_again": "file_plan_again",
    "documents.file_again": "file_plan_again",
    "admin.announce": "announce_maintenance", "admin.call_off": "call_off_maintenance",
    "telling.again": "send_message_again",
    "governance.place": "place_hold", "governance.lift": "lift_hold",
    "governance.open_one": "open_request",
    "governance.take_step": "confirm_identity extend_request close_request",
    "governance.mark": "withhold", "governance.unmark": "lift_withholding",
    "governance.correct": "ask_for_correction", "governance.decided": "decide_correction",
    "governance.stated": "add_statement", "governance.draw_up": "draw_up_disposal",
    "governance.approve": "approve_disposal", "governance.destroy": "destroy_record",
    "documents.give": "give_copy", "documents.received": "say_received",
    "documents.pack": "give_pack", "documents.certificate": "see_records",
    "attached.download": "download_attached_file",
    "looks.file_at_child": "see_looks_at_child", "looks.file_of_person": "see_looks_of_person",
    "finding.find": "find_child", "cases.case_list": "see_cases",
    "cases.exporting.file": "export_cases",
    "telling.calendar": "read_calendar", "meeting.invitation": "read_invitation",
}
"""By endpoint, each action that the audit has of it."""
NO_ACT = {
    "auth.account.forget_this_browser": "takes away a cookie, of which Pepway keeps nothing",
    "auth.account.new_app": "only asks for the password; `auth.second_step.confirm` does it",
    "admin.example_file": "the same two invented rows for everybody",
    "admin.send_file": "only checks what is in the file; `admin.do_import` takes it in",
    "admin.go_on": "goes on with what `admin.let_leave` has begun, where that was cut off",
    "auth.sign_on.begin_with_words": "leaves for the council's sign-on, with what was typed",
    "finding.search": "leads to `finding.find`", "cases.search_cases": "leads to `cases.case_list`",
}
"""What neither does nor shows anything, and why."""
DOING = ("auth.", "admin.", "governance.", "documents.")
FILES = re.compile(r"\.\w+$")
SHOWN_AS_A_FILE = {"documents.certificate", "attached.download"}
FOUND = {"finding.find", "finding.search", "cases.case_list", "cases.search_cases"}
WILMA, PASSWORD, NEXT = "wilma@council.example", "demonstration", "lantern orchid brisk seven"
SCHOOLS = """URN,EstablishmentName,PhaseOfEducation (name),LA (name)
990300,A Third School,Primary,Testerby
"""


class Book:
    """What the audit has of each request, by the endpoint that it went to."""

    def __init__(self, council):
        self._by, self._last = council.installation.acting(SYSTEM), 0
        self.noted = set()

    def pass_over(self, *_, **__):
        """What was done past the pages before this request."""
        self._new()

    def read(self, *_, **__):
        self.noted |= {(request.endpoint, action) for action in self._new()}

    def _new(self):
        with self._by.begin(writing=False) as work:
            rows = work.session.execute(
                select(Audit.seq, Audit.action).where(Audit.seq > self._last)).all()
        self._last = max([self._last, *(seq for seq, _ in rows)])
        return {action for _, action in rows}


@pytest.fixture
def council(sqlite_council):
    return sqlite_council


def test_every_act_and_every_export_has_its_line(council):
    asked = {
        rule.endpoint for rule in council.app.url_map.iter_rules()
        if ("POST" in rule.methods and rule.endpoint.startswith(DOING))
        or (FILES.search(rule.rule) and not rule.endpoint.startswith("api."))
    }

    assert asked | SHOWN_AS_A_FILE | FOUND | {"telling.again"} == {*ACTS, *NO_ACT}


def test_every_act_leaves_its_row(council):
    book, town = Book(council), Town(council)
    real = council.outside_the_demonstration()
    with (request_started.connected_to(book.pass_over),
          request_finished.connected_to(book.read)):
        for story in (people_and_places, the_calendar_of_the_council, the_plan_and_what_leaves,
                      records, signing_in, the_account, end_of_a_record):
            story(town, real)

    declared = {(endpoint, action) for endpoint, each in ACTS.items() for action in each.split()}
    assert sorted(declared - book.noted) == []


def signing_in(town, real):
    phone = Phone(real.wall_clock)
    real.visitor().sign_in(WILMA, "not this one")
    town.council.sign_in("wilma").press("Sign out")
    visitor = real.visitor()
    visitor.sign_in_with(WILMA, phone).press("Sign out")
    real.later(days=3)
    page = visitor.sign_in(WILMA).fill({"Security code": "000000"}).press("Continue")
    page.fill({"Security code": phone.code}).press("Continue").press("Sign out")
    real.later(minutes=1)
    page = visitor.sign_in(WILMA).follow("I do not have my phone")
    page.fill({"Recovery code": phone.recovery_codes[0]}).press("Continue")
    town.phone, town.browser = phone, visitor


def the_account(town, real):
    visitor, phone, person = town.browser, town.phone, real.people["wilma"]
    real.later(minutes=1)
    page = visitor.open("/account/recovery-codes")
    page.fill({"The password you have now": PASSWORD, "Security code": phone.code})
    page.press("Make new codes")
    real.later(minutes=1)
    page = visitor.open("/account/password")
    page.fill({"The password you have now": PASSWORD, "New password": NEXT,
               "Security code": phone.code}).press("Change my password")
    for _ in range(2):
        begin_session(town.system, person, real.wall_clock.now())
    add_token(town.system, person, frozenset({"read"}))
    visitor.open("/where-you-are-signed-in").press("End it")
    visitor.open("/where-you-are-signed-in").press("Sign out there")
    visitor.open("/where-you-are-signed-in").press("Sign out everywhere else")
    asking = real.visitor().open("/forgotten-password")
    asking.fill({"E-mail address": WILMA}).press("Send me")
    page = real.visitor().open(f"/choose-password/{make_link(town.system, person, FORGOTTEN)}")
    page.fill({"New password": f"{NEXT} more"}).press("Continue")


def people_and_places(town, _real):
    post, things = by(town, "ada"), town.things
    post("/admin/people/add", name="Zoe Example", email="zoe@council.example",
         roles="social_worker", **{"roles-shown": "1"})
    zoe = find_by_email(town.system, "zoe@council.example").id
    post(f"/admin/people/{zoe}/invite")
    nora = f"/admin/people/{things['person_id']}"
    post(f"{nora}/change", name="Nora Sample", email="nora@council.example")
    post(f"{nora}/roles", role="team_manager")
    post(f"{nora}/roles/team_manager/take")
    post(f"{nora}/sessions/end")
    post(f"/admin/people/{town.council.people['wilma']}/second-factor/reset")
    post(f"{nora}/council-account/disconnect")
    post(f"{nora}/leaving", **day("last_day", 25, 3, 2026))
    post(f"{nora}/back")
    post("/admin/teams", name="A new team")
    post(f"/admin/teams/{things['team_id']}", name="Another name")
    school = {"name": "A New School", "phase": "primary", "area": "Testerby", "phase-shown": "1"}
    post("/admin/schools/add", urn="990200", **school)
    post(f"/admin/schools/{things['school_id']}", urn="990199", **school)
    post(f"/admin/schools/{things['school_id']}/teacher",
         person=str(town.council.people["theo"]), **day("starts_on", 25, 3, 2026))
    post(f"/admin/posts/{things['post_id']}/end", **day("last_day", 25, 3, 2026))
    sent = post("/admin/import/schools", file=(io.BytesIO(SCHOOLS.encode()), "schools.csv"))
    Visitor(town._browser("ada")[0]).open(sent.headers["Location"]).press("Import")
    post(f"/admin/imports/{town.things['import_id']}/stop")


def the_calendar_of_the_council(town, _real):
    post, term = by(town, "ada"), f"/admin/terms/{town.things['term_id']}"
    post("/admin/closures", reason="Snow", **day("day", 28, 12, 2026))
    post("/admin/closures/2026-12-28/remove")
    post("/admin/terms/add", area="Testerby", **day("starts_on", 1, 9, 2026),
         **day("ends_on", 23, 10, 2026))
    post(term, **day("starts_on", 25, 3, 2026), **day("ends_on", 27, 3, 2026))
    post(f"{term}/remove")
    post("/admin/settings", name="Another Council", termly="yes", **{
        "termly-shown": "1", "looked_after_reviews": "https://reviews.council.example"})
    post("/admin/settings/cut-offs", **day("day", 1, 12, 2026))
    post("/admin/settings/cut-offs/2026-12-01/remove")
    post("/admin/programs", name="A portal", address="https://portal.example",
         kinds="case_opened", **{"kinds-shown": "1"})
    program = f"/admin/programs/{town.things['webhook_id']}"
    post(f"{program}/secret")
    case_system = "/admin/case-system"
    for press in ("secret", "pause", "go-on", "try", f"plans/{town.things['filing_id']}/again"):
        post(f"{case_system}/{press}")
    post(f"{case_system}/address", address="https://case.example")
    post("/admin/maintenance", starts_at="6pm", ends_at="8pm", **day("starts_on", 1, 12, 2026),
         **day("ends_on", 1, 12, 2026))
    post("/admin/maintenance/off")
    with town.system.begin() as work:
        work.session.scalars(select(Outbox).filter_by(
            id=town.things["message_id"])).one().given_up_at = work.now
    post(f"/messages-not-delivered/{town.things['message_id']}/again")
    with town.system.begin() as work:
        work.session.scalars(select(Outbox).filter_by(
            id=town.things["message_id"])).one().given_up_at = work.now
    post(f"{program}/deliveries/{town.things['message_id']}/again")
    post(f"{program}/end")


def the_plan_and_what_leaves(town, _real):
    council, things = town.council, town.things
    child = f"/children/{things['child_id']}"
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
        ("tara", "set_targets_and_actions"),
    ):
        council.do(name, step)
    council.both_sign()
    with town.system.begin() as work:  # what is signed now is the first version
        work.session.get_one(PlanFiling, things["filing_id"]).version = 99
    council.do("viktor", "assure_quality", quality_rating="green")
    by(town, "vera")(f"{child}/documents/plan", recipient="social_worker")
    by(town, "wilma")(f"{child}/plan/1/received")
    by(town, "wilma")(f"{child}/plan/1/file-again")
    town.ask("vera", "GET", f"/attached/{things['file_id']}")
    for address in (f"{child}/looks.csv", f"/people/{council.people['wilma']}/looks.csv"):
        town.ask("iris", "GET", address)
    town.ask("vera", "GET", "/cases/export/cases.csv")
    for at in ("/find", "/cases"):
        Visitor(town._browser("vera")[0]).search("Testerby", at)


    with council.by("tara").begin() as work:
        secret = make_calendar(work)
        invitation = work.session.scalars(select(Invitation.id).limit(1)).one()
    entry = entry_of(town.system, invitation, "http://127.0.0.1:8000")
    file = address_of_file(entry, council.app.extensions["pepway_settings"])
    for address in (f"/calendar/{secret}.ics", file.removeprefix("http://127.0.0.1:8000")):
        assert council.app.test_client().get(address).status_code == 200


def records(town, _real):
    things = town.things
    child, robin = f"/children/{things['child_id']}", {
        "child": "Robin Testerby", **day("born_on", 4, 5, 2016)}
    vera, iris, wilma = by(town, "vera"), by(town, "iris"), by(town, "wilma")
    iris("/records/holds/new", reason="An inquiry", authority="The court", **robin)
    iris(f"/records/holds/{things['hold_id']}/lift", reason="It has reported")
    iris("/records/requests/new", asked_by="Robin", **day("received_on", 25, 3, 2026), **robin)
    asked = f"/subject-access/{only(town, SubjectAccessRequest)}"
    iris(f"{asked}/confirm_identity", **day("on", 25, 3, 2026))
    iris(f"{asked}/extend_request", reason="There is very much of it")
    vera(f"{child}/withheld/new", what="words", phrase="Cousin", kind="third_party",
         reason="Not asked", **{"kind-shown": "1"})
    vera(f"{child}/withheld/{only(town, Withholding)}/lift")
    iris(f"{asked}/pack")
    iris(f"{asked}/close_request", reason="Given by hand")
    vera(f"{child}/plan/1/correct", answer="needs.strengths", wrong="Never draws",
         right="Draws daily", asked_by="Robin", **day("asked_on", 25, 3, 2026))
    correction = f"/corrections/{only(town, Correction)}"
    vera(f"{correction}/decide", decision="refused", because="The school says otherwise",
         **{"decision-shown": "1"})
    wilma(f"{correction}/statement", statement="I do draw")


def end_of_a_record(town, _real):
    """Fifteen years after a death."""
    council, mona = town.council, town.council.by("mona")
    case_id = council.start_case(family_name="Otherby", given_names="Kim")
    record_death(mona, case_id, on=mona.today, reason="As the hospital told us")
    council.clock.move_to(datetime(2041, 5, 1, 9, tzinfo=UTC))
    town._browsers.clear()
    by(town, "iris")("/records/disposals")
    address = f"/records/disposals/{only(town, DisposalList)}"
    for name in ("vera", "max"):
        by(town, name)(f"{address}/approve")
    by(town, "iris")(f"{address}/destroy")
    certificate = f"/records/certificates/{only(town, DestructionCertificate)}"
    assert town.ask("iris", "GET", certificate).status_code == 200


def only(town, table):
    """The id of the one row that is there."""
    with town.system.begin(writing=False) as work:
        return work.session.scalars(select(table.id)).one()


def by(town, name):
    """Post as this person, with a page's token."""
    client, token = town._browser(name)

    def post(address, /, **fields):
        answer = client.post(address, data={"csrf_token": token, **fields})
        assert answer.status_code in (200, 303), (address, answer.status_code)
        return answer

    return post


def day(name, day, month, year):
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}
