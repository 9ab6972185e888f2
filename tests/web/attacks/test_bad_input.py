"""What `bad_inputs.csv` lists and no other test tries: refused in words, or kept just as it was."""

import io
import socket
import threading
from contextlib import suppress
from urllib.parse import quote

import pytest
from lxml import html
from sqlalchemy import func, select
from waitress import create_server
from werkzeug.test import encode_multipart

from engine.domain import SYSTEM
from engine.store.models import Audit, Case, Event, Task
from workflows.children import Child
from workflows.people import Person
from workflows.tokens import add_token

QUESTION = "Whom did you meet?"
STRENGTHS = "What is the child good at?"
RIGHT = {
    QUESTION: "The carers", "When did you see the child?": ("24", "3", "2026"),
    "How was the mood?": "Good", "What was promised?": "A desk",
}


@pytest.fixture
def visit(sqlite_council):
    """Wilma's form, filled in rightly but for what a test puts into it."""
    sqlite_council.home_visit()
    page = sqlite_council.open_task("wilma", "visit")
    page.council = sqlite_council
    return page.fill(RIGHT)


@pytest.fixture
def program(sqlite_council):
    """The client, headers of Wilma's token, and her task."""
    sqlite_council.home_visit()
    token = add_token(sqlite_council.installation.acting(SYSTEM), sqlite_council.people["wilma"],
                      frozenset({"read", "write", "care"}))
    return (sqlite_council.app.test_client(), {"Authorization": f"Bearer {token}"},
            sqlite_council.task("wilma", "visit"))


def happened(council):
    """How much there is of what an action leaves behind."""
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return [work.session.scalar(select(func.count()).select_from(table))
                for table in (Case, Task, Child, Person, Event)]


def sent(page, **more):
    """Its form with other fields, as a program would post it: repeated, made up, left out."""
    page = page.visitor.open(page.address).fill(RIGHT)
    form = page.tree.xpath("//form[.//button[@name='do']]")[0]
    pairs = [(name, value) for name, value in form.form_values() if name not in more]
    for name, value in more.items():
        pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return page.visitor.send(page.address, [*pairs, ("do", "check")])


def test_nothing_that_can_be_seen_is_no_answer(visit):
    for blank in ("", "   ", "\t\r\n", "\u200b\u200b", "\ufeff", "\u2060", "\u3000"):
        page = sent(visit, met=blank)

        assert page.status == 422, blank
        assert page.errors["met"] == "Enter whom you met"
        assert page.value("What was promised?") == "A desk"


def test_what_is_no_number_is_said_and_kept(visit):
    for number in ("1e400", "NaN", "Infinity", "0x10", "1_0", "٣", "²", "½", "--1", "9" * 400,
                   "1e1", "12 hours", "true", "on"):
        page = sent(visit, hours=number)

        assert page.status == 422, number
        assert page.errors["hours"] == "How many hours a week?: enter a number, such as 12"
        assert page.value("How many hours a week?") == number


def test_minus_nothing_is_nothing(visit):
    assert sent(visit, hours="-0").status == 200


def test_a_tick_that_is_no_tick_is_none(visit):
    page = sent(visit, told=["on", "1"], **{"told-shown": "1"})

    assert page.status == 200
    assert page.answers["I have told the school"] == "No"


def test_a_choice_that_is_not_offered_is_refused(visit):
    for field, value in (("mood", "excellent"), ("heating", "boiling"),
                         ("needed", ["bed", "yacht"])):
        page = sent(visit, **{field: value})

        assert page.status == 422
        assert any(each.startswith(field) for each in page.errors)
        assert page.value(QUESTION) == "The carers"


def test_of_a_field_that_comes_twice_the_first_counts_and_brackets_mean_nothing(visit):
    page = sent(visit, met=["The carers", "Somebody else"], **{
        "met[]": "An array", "met[a][b]": "Nested", "promises-0-promise": ["A desk", "A bed"]})

    assert page.status == 200
    assert page.answers[QUESTION] == "The carers"
    assert "Nested" not in page.text


EXTRA = ("role", "assigned_to", "assignee_id", "status", "tenant_id", "version", "approved_by",
         "created_at", "is_restricted", "child_id", "case_id", "task_id", "completed_by",
         "__proto__")


def test_what_the_form_does_not_ask_changes_nothing(visit):
    council = visit.council
    task = council.task("wilma", "visit")
    before = _task(council, task)

    page = sent(visit, **dict.fromkeys(EXTRA, str(council.people["sven"])))

    assert page.status == 200
    assert _task(council, task) == before
    assert str(council.people["sven"]) not in page.whole


def _task(council, task_id):
    with council.by("vera").begin(writing=False) as work:
        task = work.session.get_one(Task, task_id)
        return task.assignee_id, task.status, task.role, task.case_id, task.completed_by


WORDS = (
    "'; DROP TABLE task; --", "' OR '1'='1", "{{ 7*7 }}", "{% raw %}", "${7*7}", "%(x)s %s %n",
    "{0.__class__.__mro__}", "*)(uid=*))(|(uid=*", "' or count(/*)=1 or 'a'='b",
    "a\r\nSet-Cookie: a=b", "=HYPERLINK(\"http://evil.example\")", "+1", "@SUM(1)",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>", "\u202eevil\u202c",
    "2026-03-25 INFO somebody signed in", "O'Brien & Söhne", "\\", "%", "_", "Jose\u0301", "👧🏽",
)


def test_words_that_are_code_elsewhere_are_words_here(visit, caplog):
    for words in WORDS:
        page = visit.visitor.open(visit.address).fill({STRENGTHS: words, **RIGHT})
        check = page.press("Continue")

        assert check.status == 200, words
        assert check.answers[STRENGTHS] == " ".join(words.split())
        again = visit.visitor.open(visit.address)
        assert again.value(STRENGTHS).replace("\r\n", "\n") == words.replace("\r\n", "\n")
        assert "Set-Cookie: a" not in str(check.response.headers)
        assert again.tree.xpath("//*[@onerror]|//script[contains(., 'alert')]") == []
        assert words not in caplog.text or len(words) < 3


NAMES = ("O'Brien", "O\u2019Brien", "\u02bbokina", "Nuñez", "Nun\u0303ez", "Łucja", "王小明",
         "محمد", "Null", "None", "true", "NaN", "Ng", "van der Berg-Müller", "İpek", "Straße")


def test_whatever_a_child_is_called(sqlite_council):
    """Shown as it was written, and found by it."""
    for number, name in enumerate(NAMES):
        sqlite_council.start_case(family_name=name, born_on=f"2016-05-{number + 1:02}")
    visitor = sqlite_council.sign_in("wilma").visitor

    for name in NAMES:
        found = visitor.search(name).tree.xpath("//*[@class='pepway-cases']")
        assert any(name in each.text_content() for each in found), name


def test_a_name_is_as_long_as_can_be_kept_and_no_longer(sqlite_council):
    visitor = sqlite_council.sign_in("wilma").visitor
    page = visitor.open("/cases/start").fill({"Family name": "N" * 300,
                                              "Date of birth": ("4", "5", "2016")}).press("Check")
    assert page.status < 500
    assert page.value("Family name") == "N" * 300


def test_a_hundred_thousand_fields_are_too_much_in_words(sqlite_council):
    sqlite_council.home_visit()
    page = sqlite_council.open_task("wilma", "visit")
    before = happened(sqlite_council)
    fields = "&".join(f"f{number}=1" for number in range(100_000))

    answer = page.visitor.client.post(
        page.address, data=f"csrf_token={page.token}&{fields}",
        content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "too much to send in one go" in answer.get_data(as_text=True)
    assert happened(sqlite_council) == before


@pytest.mark.parametrize(("parts", "status"), [(300, 303), (301, 413)])
def test_parts_are_counted(sqlite_council, parts, status):
    sqlite_council.home_visit()
    page = sqlite_council.open_task("wilma", "visit")
    data = {"csrf_token": page.token, **{f"f{number}": "1" for number in range(parts - 2)},
            "file": (io.BytesIO(b""), "a")}

    boundary, body = encode_multipart(data)
    answer = page.visitor.client.post(
        page.address, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    assert answer.status_code == status


BODIES = (
    (b'{"answers": {"met": "one", "met": "two"}}', 400),
    (b'{"answers": {}, "answers": {"met": "two"}}', 400),
    (b'\xef\xbb\xbf{"answers": {"met": "one"}}', 200),
    (b'{"answers": {"met": "one"}}{}', 400),
    (b'{"answers": {"hours": NaN}}', 400),
    (b'{"answers": {"hours": 1e400}}', 400),
    (b'{"answers": {"hours": ' + b"1" * 10_000 + b"}}", 400),
    (b'{"answers": ["met"]}', 422),
    (b'{"answers": {"met": ["one"]}}', 200),
    (b'["answers"]', 422),
    (b'"answers"', 422),
    (b"null", 422),
    (b"", 400),
    (b"\xff\xfe{", 400),
    (b"\x1f\x8b\x08\x00", 400),
    ('{"answers": {"met": "one"}}'.encode("utf-16"), 200),
)


def test_json_that_says_two_things_or_none_is_refused(program):
    """What is of the wrong type is kept in a draft as it came, and said on the page."""
    client, headers, task = program
    for body, status in BODIES:
        before = client.get(f"/api/v1/tasks/{task}", headers=headers).get_json()["answers"]
        answer = client.put(f"/api/v1/tasks/{task}/draft", data=body, headers=headers,
                            content_type="application/json")

        assert answer.status_code == status, (body[:60], answer.text)
        after = client.get(f"/api/v1/tasks/{task}", headers=headers).get_json()["answers"]
        assert answer.content_type == "application/problem+json" or status == 200
        assert after == before or status == 200


SENT_AS = (None, "text/plain", "application/xml", "application/x-www-form-urlencoded", "garbage",
           "multipart/form-data")


def test_what_is_not_called_json_is_not_read(program):
    """It would go past what looks for characters that cannot be kept."""
    client, headers, task = program
    for content_type in SENT_AS:
        answer = client.put(f"/api/v1/tasks/{task}/draft", data='{"answers": {"met": "a\\u0000"}}',
                            headers=headers, content_type=content_type)

        assert answer.status_code == 415, content_type
        assert answer.get_json()["title"] == "Send JSON"
    for more in ({"Content-Encoding": "gzip"}, {"Accept": "*/*;q=nan"}, {"Accept": "image/png"}):
        answer = client.put(f"/api/v1/tasks/{task}/draft", data='{"answers": {"met": "one"}}',
                            headers={**headers, **more},
                            content_type="application/json; charset=utf-7")
        assert answer.status_code == 200, more


QUERIES = (
    "limit=0", "limit=-1", "limit=1000000000", "limit=1e400", "limit=x", "limit=201", "after=-1",
"after=x", "sort=password", "page=-1", "offset=1", "child=x", "child=%25", "mine=perhaps",
)


def test_a_list_of_the_api_is_asked_for_as_it_says(program):
    client, headers, _ = program
    for query in QUERIES:
        name = query.partition("=")[0]
        answer = client.get(f"/api/v1/{'tasks' if name == 'mine' else 'cases'}?{query}",
                            headers=headers)

        assert answer.status_code == 422, query
        assert [each["path"] for each in answer.get_json()["errors"]] == [name]


def test_a_page_that_there_is_not_is_another_one_or_none(sqlite_council):
    sqlite_council.start_case()
    visitor = sqlite_council.sign_in("vera").visitor
    for address in ("/cases", "/find", "/board/initial-pep/initiate_pep"):
        for number in ("-1", "0", "1000000000000", "NaN", "1e9", "x", "٣", "9" * 400):
            page = visitor.open(f"{address}?page={quote(number)}&sort=password&limit=1000000000")
            assert page.status in (200, 404), (address, number)


def test_signs_are_searched_for_as_signs(sqlite_council):
    sqlite_council.start_case(family_name="Nott")
    visitor = sqlite_council.sign_in("vera").visitor
    assert "Nott" in visitor.search("nott").text
    for wanted in ("%", "_", "\\", "*", "(a+)+$", "%_%", "'", "." * 10_000, "N%t"):
        page = visitor.search(wanted)
        assert page.status == 200, wanted
        assert page.tree.xpath("//*[@class='pepway-cases']//*[contains(., 'Nott')]") == [] or (
            not any(each.isalnum() for each in wanted)), wanted


WAYS = ("/tasks/", "//tasks", "/tasks//", "/%2e%2e/tasks", "/tasks/%2e%2e/tasks", "/tasks;x=1",
        "/tasks;jsessionid=1", "/tasks%00", "/tasks%0d%0aSet-Cookie:a=b", "/TASKS", "/tasks.json",
        "/./tasks", "/static/../web/app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py",
        "/static/built/%2e%2e/%2e%2e/app.py", "/" + "a" * 16_000, "/tasks?" + "a" * 16_000,
        "/tasks/%c0%ae%c0%ae", "/tasks/\ufffd", "/tasks%20", "/.git/config", "/%")


def test_an_address_written_in_another_way_is_none_or_the_one_that_it_is(sqlite_council):
    client = sqlite_council.sign_in("wilma").visitor.client
    for way in WAYS:
        answer = client.get(way)

        assert answer.status_code in (200, 308, 400, 404), way
        if answer.status_code == 200:
            assert way.startswith(("/tasks?", "/./tasks", "/tasks/%2e")), way
        assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))
        assert "create_app" not in answer.get_data(as_text=True)


def test_no_header_and_no_field_makes_another_method(sqlite_council):
    sqlite_council.home_visit()
    task, before = sqlite_council.task("wilma", "visit"), happened(sqlite_council)
    client = sqlite_council.sign_in("wilma").visitor.client
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = client.get(f"/tasks/{task}?_method=POST", headers={header: "POST"})
        assert answer.status_code == 200

    assert client.delete(f"/tasks/{task}").status_code in (400, 405)
    assert happened(sqlite_council) == before


def test_what_proxies_say_is_believed_of_nobody(sqlite_council):
    """No header chooses the host, the scheme, the address or the person."""
    client = sqlite_council.visitor().client
    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
               "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Prefix": "/evil", "Forwarded":
               "host=evil.example", "X-Original-URL": "/admin", "X-Rewrite-URL": "/admin",
               "X-Remote-User": "vera@council.example", "X-Forwarded-User": "vera"}

    answer = client.get("/tasks", headers=spoofed)

    assert answer.status_code in (302, 303)
    assert answer.headers["Location"].startswith("/sign-in?")
    assert "evil" not in client.get("/sign-in", headers=spoofed).get_data(as_text=True)
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/sign-in", headers={"Host": "localhost@evil.example"}).status_code == 400


def test_two_hundred_cookies_and_a_tossed_one(sqlite_council):
    """Whoever can set a cookie for the domain signs nobody in, and a foreign one harms nobody."""
    own = sqlite_council.sign_in("wilma").visitor.client
    value = own.get_cookie("pepway").value
    many = "; ".join(f"c{number}={'x' * 10}" for number in range(200))
    client = sqlite_council.app.test_client(use_cookies=False)

    def asked(cookie):
        return client.get("/tasks", headers={"Cookie": cookie}).status_code

    assert asked(f"{many}; pepway={value}") == 200
    assert asked(f"{many}; pepway=tossed") in (302, 303)
    assert asked(f"pepway={value[:-4]}AAAA") in (302, 303)
    assert asked(f"pepway={value}; pepway=tossed") in (200, 302, 303)
    assert asked("pepway=\"; =; ;;; \xff") in (302, 303)


@pytest.fixture
def wire(sqlite_council):
    """Sends bytes to the server that Pepway runs on, and returns what comes back."""
    server = create_server(sqlite_council.app, host="127.0.0.1", port=0, threads=2, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def send(sent, *, then_close=False):
        with socket.create_connection(("127.0.0.1", server.effective_port), 10) as connection:
            connection.settimeout(1)
            came = b""
            with suppress(TimeoutError, ConnectionError):
                connection.sendall(sent)
                if then_close:
                    connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(65_536):
                    came += more
            return came

    yield send
    server.close()
    thread.join(5)


POST = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
BODY = b"Content-Type: application/x-www-form-urlencoded\r\n"
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


NO_REQUESTS = (
    POST + BODY + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nemail" + SMUGGLED,
    POST + BODY + b"Content-Length: -1\r\n\r\n",
    POST + BODY + b"Content-Length: +5\r\n\r\nemail",
    POST + BODY + b"Content-Length: x\r\n\r\n",
    POST + BODY + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    POST + BODY + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    POST + BODY + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 300_000 + b"\r\n\r\n",
    b"GET /sign-in HTTP/1.1\r\nHost: local\rhost\r\nConnection: close\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    b"GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
)


# waitress leaves the buffer of a request that it breaks off to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_no_request_is_refused_and_carries_no_second_one(wire):
    for each in NO_REQUESTS:
        came = wire(each, then_close=True)
        assert came[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.0 431", b"HTTP/1.1 501",
                             b"HTTP/1.0 400", b"HTTP/1.1 413"), (each[:90], came[:90])
        assert b"HTTP/1.1 2" not in came


def test_of_two_lengths_the_chunks_count(wire):
    """As RFC 9112 wants it: what lies in a chunk is no request, whatever the other length says."""
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
    for lengths in (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"):
        came = wire(POST + BODY + lengths + b"\r\n" + chunk)

        assert came.count(b"HTTP/1.1 ") == 1
        assert came.startswith(b"HTTP/1.1 4")


def test_a_body_that_is_shorter_than_it_says_does_nothing(wire, sqlite_council):
    before = happened(sqlite_council)
    came = wire(POST + BODY + b"Content-Length: 500\r\n\r\nemail=wilma", then_close=True)

    assert b" 2" not in came[:12]
    assert happened(sqlite_council) == before


def test_a_body_that_is_longer_than_it_says_is_cut_off(wire):
    came = wire(POST + BODY + b"Content-Length: 5\r\n\r\nemail=wilma" + SMUGGLED)

    assert came.count(b"HTTP/1.1 ") == 1
    assert came.startswith(b"HTTP/1.1 4")


def test_what_is_packed_is_not_unpacked(sqlite_council):
    """A thousand megabytes in one: no layer of Pepway opens a body that came compressed."""
    page = sqlite_council.visitor().open("/sign-in")
    answer = page.visitor.client.post(
        "/sign-in", data=b"\x1f\x8b\x08" + b"\0" * 100_000, headers={"Content-Encoding": "gzip"},
        content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 401, "nothing in it is a form"
    tree = html.fromstring(answer.get_data(as_text=True))
    assert tree.xpath("//h1")


def test_signing_out_in_another_window_while_a_form_is_sent(visit):
    visit.visitor.open("/tasks").press("Sign out")

    page = visit.fill({STRENGTHS: "Chess and swimming"}).press("Continue")

    assert page.status == 401
    assert "Chess and swimming" in [
        each.get("value") for each in page.tree.xpath("//input[@type='hidden']")]


def test_a_token_that_is_taken_away_between_two_pages_of_an_export(program, sqlite_council):
    client, headers, _ = program
    first = client.get("/api/v1/events?limit=1", headers=headers)
    with sqlite_council.installation.acting(SYSTEM).begin() as work:
        work.session.get_one(Person, sqlite_council.people["wilma"]).active = False
        work.audit("leave", about="person")

    assert client.get(first.get_json()["next"], headers=headers).status_code == 401
    with sqlite_council.installation.acting(SYSTEM).begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).select_from(Audit)) > 0
