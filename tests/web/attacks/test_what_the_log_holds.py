"""The log holds ids and rules of addresses: no name, answer, e-mail address or search words."""

import io
import json
import logging
import re
import subprocess
import sys

import pytest
from visitor import where_it_leads

from engine.background import Embedded
from engine.store.slow import log_slow_statements
from web.access import allow
from web.commands.logged import JsonLines
from workflows.telling.calendar_feed import make_calendar

WORDS = ("robin", "testerby", "wilma", "ashdown", "council.example", "zebrafinch", "2016-05-04",
         "demonstration")
"""Who the child is and who works with it, and what is typed and searched for below."""


def told(caplog):
    return [record.getMessage() for record in caplog.records]


def nothing_of_anybody(lines):
    assert lines
    return not [line for line in lines for word in WORDS if word in line.lower()]


def work(council):
    """Somebody signs in, looks for a child, opens the case, and keeps an answer."""
    case_id = council.gathering()
    page = council.sign_in("wilma")
    page.visitor.open(where_it_leads(page.visitor.client, "/find?search=zebrafinch"))
    page.visitor.open(where_it_leads(page.visitor.client, "/cases?search=testerby"))
    page.visitor.open(f"/cases/{case_id}?zebrafinch=robin")
    page.visitor.open("/zebrafinch/robin")
    task = council.task("wilma", "complete_social_work_sections")
    form = page.visitor.open(f"/tasks/{task}")
    [box] = form.tree.xpath("//textarea[1]/@name")[:1]
    page.visitor.send(f"/tasks/{task}", [
        ("csrf_token", form.token), (box, "zebrafinch"), ("do", "save")])
    council.visitor().sign_in("zebrafinch@council.example", "robin")
    return case_id, task


@pytest.mark.both_stores
def test_a_slow_statement_is_logged_without_what_it_asks_for(council, caplog):
    log_slow_statements(council.installation.database.engine, 0)
    caplog.set_level(logging.WARNING)

    work(council)

    lines = [line for line in told(caplog) if line.startswith("slow statement")]
    assert nothing_of_anybody(lines)
    assert any(re.match(r"slow statement, \d+ ms, at /cases/<uuid:case_id>: SELECT", line)
               for line in lines)
    assert any(" at /tasks/<uuid:task_id>: " in line and "record_value" in line for line in lines)
    assert not [line for line in lines if "\n" in line or len(line) > 2_100]


def test_a_fast_statement_is_not(council, caplog):
    log_slow_statements(council.installation.database.engine, 60_000)

    council.sign_in("wilma")

    assert not [line for line in told(caplog) if "slow statement" in line]


KEYS = {"at", "level", "from", "message", "fault", "request", "rule", "method", "status", "ms",
        "person", "case", "task", "timers", "messages", "jobs"}
"""All that a line may say."""


@pytest.fixture
def for_programs():
    """Lines as `PEPWAY_LOG_FORMAT=json` writes them, of everybody who says anything."""
    said = io.StringIO()
    handler, root = logging.StreamHandler(said), logging.getLogger()
    handler.setFormatter(JsonLines())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def test_each_request_is_one_object_of_ids(council, for_programs):
    case_id, task = work(council)
    secret = make_calendar(council.by("wilma"))
    council.app.test_client().get(f"/calendar/{secret}.ics")

    lines = for_programs()

    assert nothing_of_anybody([json.dumps(line) for line in lines])
    assert secret not in json.dumps(lines)
    assert not set().union(*lines) - KEYS
    requests = [line for line in lines if line["message"] == "request"]
    [of_case] = [line for line in requests if line.get("case") == str(case_id)]
    assert of_case["rule"] == "/cases/<uuid:case_id>"
    assert (of_case["method"], of_case["status"]) == ("GET", 200)
    assert of_case["person"] == str(council.people["wilma"])
    assert isinstance(of_case["ms"], int)
    assert [line["method"] for line in requests if line.get("task") == str(task)][:2] == [
        "GET", "POST"]
    assert [line["status"] for line in requests if line["rule"] == "none"] == [404]
    assert [line["rule"] for line in requests][-1] == "/calendar/<secret>.ics"
    assert len({line["request"] for line in requests}) == len(requests)


@pytest.mark.parametrize(("proxies", "given", "kept"), [
    (1, "5f2b8c1e-0d3a-4f7e-9b6c-2a1d4e8f7b90", True), (1, "robin-testerby", False),
    (1, "ab", False), (1, "a" * 65, False), (0, "5f2b8c1e0d3a4f7e", False),
])
def test_a_proxys_id_of_a_request_goes_along_and_back(council, proxies, given, kept):
    client = council.outside_the_demonstration(proxies=proxies).app.test_client()

    answer = client.get("/sign-in", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) == kept
    assert re.fullmatch("[0-9a-f-]{8,64}", answer.headers["X-Request-ID"])


def test_an_error_page_asks_to_quote_the_id_of_its_request(council, for_programs):
    typed = "".join(("zebra", "finch"))

    @council.app.get("/broken/<word>")
    @allow("see_my_tasks")
    def broken(word):
        raise RuntimeError(word)

    page = council.sign_in("wilma").visitor.open(f"/broken/{typed}")

    assert page.status == 500
    number = page.response.headers["X-Request-ID"]
    assert f"quote {number}." in page.text
    [failed] = [line for line in for_programs() if line["level"] == "error"]
    assert failed["request"] == number
    assert failed["rule"] == "/broken/<word>"
    assert nothing_of_anybody([json.dumps(failed)])


def test_a_fault_of_a_library_is_told_without_its_words(for_programs):
    typed = "".join(("zebra", "finch"))
    try:
        int(typed)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving")

    [line] = for_programs()
    assert line["fault"].endswith("builtins.ValueError")
    assert nothing_of_anybody([json.dumps(line)])


def test_each_round_that_did_something_is_told(sqlite_council, for_programs):
    sqlite_council.start_case()
    sqlite_council.later(days=3)
    background = Embedded(sqlite_council.installation, lambda message: None)
    background.one_round()
    background.one_round()

    [told_of] = [line for line in for_programs() if line["message"] == "round"]
    assert told_of["timers"] > 0
    assert told_of["messages"] > 0


@pytest.mark.parametrize(("written", "lines"), [
    ("text", ["INFO web.app begun"]),
    ("json", ["request", "begun"]),
])
def test_as_text_it_says_no_more_than_before(written, lines):
    said = subprocess.run([sys.executable, "-c", f"""
import logging
from web.commands.logged import log_to_stderr
log_to_stderr({written!r})
logging.getLogger("web.watching").info("request", extra={{"known": {{"ms": 3}}}})
logging.getLogger("web.app").info("begun")
"""], capture_output=True, text=True, check=True).stderr.splitlines()

    assert [json.loads(line)["message"] if written == "json" else line for line in said] == lines
