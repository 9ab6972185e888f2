"""Messages by GOV.UK Notify: a loopback server that speaks its API."""

import json
import logging
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"council-{SERVICE}-{SECRET}"
TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"


class Notify(ThreadingHTTPServer):
    """Takes e-mails as Notify does, or answers as it is told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Requests)
        self.answers, self.taken = [], []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def to(self, name):
        return [each for each in self.taken if each["email_address"].startswith(f"{name}@")]


class _Requests(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE)
        assert claims["iat"]
        assert self.path == "/v2/notifications/email"
        status = self.server.answers.pop(0) if self.server.answers else 201
        if status == 201:
            self.server.taken.append(asked)
            answer = {"id": "740e5834-3a29-46b4-9a6f-16142fde533a",
                      "reference": asked["reference"]}
        else:
            answer = {"status_code": status, "errors": [
                {"error": "Error", "message": f"no {asked['email_address']}"}]}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def notify():
    server = Notify()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def telling(new_telling, notify):
    return new_telling(notify_key=KEY, notify_template=TEMPLATE, notify_url=notify.url)


def test_a_message_goes_to_notify_with_the_councils_template(telling, notify):
    case = telling.council.start_case()
    telling.round()

    [asked], [message] = notify.to("wilma"), telling.to("wilma")
    assert asked["template_id"] == TEMPLATE
    assert asked["reference"] == str(message.id)
    said = asked["personalisation"]
    assert said["subject"] == f"You have a new task: case {telling.reference(case)}"
    assert f"/tasks/{telling.council.task('wilma', 'initiate_pep')}" in said["message"]


def test_an_invitation_goes_with_a_link_to_its_file(telling, notify):
    council = telling.council
    council.gathering()
    for name, step in (("wilma", "complete_social_work_sections"),
                       ("viktor", "convene_meeting")):
        council.do(name, step)
    telling.round()

    [asked] = [each for each in notify.to("wilma")
               if "invited" in each["personalisation"]["subject"]]
    said = asked["personalisation"]["message"]
    address = re.search(r"For your calendar: http://127.0.0.1:8000(\S+)", said)[1]
    page = council.visitor().client.get(address)
    assert page.mimetype == "text/calendar"
    assert b"METHOD:REQUEST" in page.data
    assert b"Testerby" not in page.data.replace(b"Testerby Council", b"")


@pytest.mark.parametrize(("status", "says"), [
    (400, "GOV.UK Notify refused the e-mail address or the template (400)"),
    (403, "GOV.UK Notify refused PEPWAY_NOTIFY_KEY (403)"),
])
def test_what_notify_refuses_is_given_up_and_sent_again_by_a_person(
    telling, notify, status, says, caplog
):
    caplog.set_level(logging.DEBUG)
    notify.answers = [status] * 50
    telling.council.start_case()
    telling.round()
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert says in page.text
    assert "Still being tried" not in page.text
    assert all(row.attempts == 1 for row in telling.messages())
    assert "council.example" not in caplog.text

    notify.answers = []
    page.press("Send again: You have a new task, to Wilma Ashdown")
    telling.round()
    assert len(notify.to("wilma")) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_notify_cannot_take_now_is_tried_again(telling, notify, status):
    notify.answers = [status]
    telling.council.start_case()
    telling.round()
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert "Still being tried" in page.text
    assert f"({status})" in page.text

    telling.later(seconds=31)
    telling.round()
    references = [each["reference"] for each in notify.taken]
    assert sorted(references) == sorted(str(row.id) for row in telling.messages())


def test_where_notify_is_away_messages_wait(telling, notify):
    notify.shutdown()
    notify.server_close()
    telling.council.start_case()
    telling.round()

    failures = {row.failure for row in telling.messages() if row.failure}
    assert failures == {"GOV.UK Notify does not answer"}
    assert not [row for row in telling.messages() if row.given_up_at]
