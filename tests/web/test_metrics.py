"""What is measured, told to whoever has the token: numbers, and nothing of anybody."""

import re
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import promql_parser
import pytest
import yaml
from lxml import html
from postgres import free_port
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, update
from test_plans import WHOLE, Plans

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.measures import MEASURED
from engine.sealer import seal_committed_rows
from engine.store.models import Case, Event, Outbox, Timer
from web.commands.measured import measured_beside
from web.metrics import TOLD
from web.settings import Settings

TOKEN = "m" * 32
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HELD = ("rule", "method", "status", "procedure", "le")
"""Whatever a number is told by, beside its name."""


@pytest.fixture
def watched(council):
    return council.outside_the_demonstration(metrics_token=TOKEN)


def numbers(answer):
    """By name and labels."""
    assert answer.status_code == 200
    return {(each.name, *sorted(each.labels.items())): each.value
            for family in text_string_to_metric_families(answer.get_data(as_text=True))
            for each in family.samples}


def words(answer):
    return html.fromstring(answer.get_data()).text_content()


def scraped(watched):
    return numbers(watched.app.test_client().get("/metrics", headers=BEARER))


def of(watched, field):
    return scraped(watched)[(TOLD[field][0],)]


def measured(name, **labels):
    """In this process, by all tests so far."""
    return MEASURED.get_sample_value(name, labels) or 0


def test_without_the_token_there_is_nothing_here(council, watched):
    for app, headers in ((council.app, {}), (council.app, {"Authorization": "Bearer "}),
                         (council.app, BEARER), (watched.app, {}),
                         (watched.app, {"Authorization": f"Bearer {TOKEN[1:]}"}),
                         (watched.app, {"Authorization": TOKEN}),
                         (watched.app, {"Authorization": f"Bearer {TOKEN}ä"})):
        answer = app.test_client().get("/metrics", headers=headers)
        assert answer.status_code == 404
        assert words(answer) == words(app.test_client().get("/no-such-page"))


@pytest.mark.parametrize("token", ["short", "with a space in it and more than enough of it"])
def test_a_token_that_could_be_guessed_is_no_setting(token):
    with pytest.raises(ValueError, match="at least 32 characters"):
        Settings(metrics_token=token)


def test_requests_are_measured_by_the_rule_of_their_address(council, watched):
    case_id = council.start_case()
    labels = {"rule": "/cases/<uuid:case_id>", "method": "GET"}
    shown, hidden = ({**labels, "status": status} for status in ("2xx", "4xx"))
    before = measured("pepway_request_seconds_count", **shown)
    refused = measured("pepway_request_seconds_count", **hidden)

    council.sign_in("wilma").visitor.open(f"/cases/{case_id}")
    council.sign_in("sven").visitor.open(f"/cases/{case_id}")
    council.visitor().client.open("/find?search=testerby", method="BREW")

    assert measured("pepway_request_seconds_count", **shown) == before + 1
    assert measured("pepway_request_seconds_count", **hidden) == refused + 1
    assert measured("pepway_request_seconds_count", rule="none", method="other", status="4xx")
    said = watched.app.test_client().get("/metrics", headers=BEARER).get_data(as_text=True)
    assert str(case_id) not in said
    assert not re.search("testerby|robin|wilma|brew", said, re.IGNORECASE)
    assert {label for name, *labels in scraped(watched) for label, _ in labels} <= set(HELD)


def test_what_waits_is_counted(council, watched):
    council.start_case()
    assert of(watched, "cases_running") == 1
    assert of(watched, "tasks_in_queues") == 0
    tasks, done = of(watched, "tasks_open"), measured(
        "pepway_completions_total", procedure="initial-pep")
    council.do("wilma", "initiate_pep")
    assert measured("pepway_completions_total", procedure="initial-pep") == done + 1
    assert of(watched, "tasks_open") == tasks
    assert of(watched, "tasks_in_queues") == 1

    assert of(watched, "timers_pending") > 0
    with council.by("vera").begin() as work:
        work.session.execute(update(Timer).values(due_at=work.now + timedelta(hours=1)))
    assert of(watched, "timers_due") == of(watched, "oldest_timer") == 0
    council.later(hours=1, minutes=2)
    assert of(watched, "timers_due") == of(watched, "timers_pending")
    assert of(watched, "oldest_timer") == 120


def test_timers_are_measured_as_they_fire(sqlite_council):
    council = sqlite_council
    council.start_case()
    with council.by("vera").begin() as work:
        work.session.execute(update(Timer).values(due_at=work.now - timedelta(hours=9)))
    council.later(minutes=2)
    early, late = (measured("pepway_timer_lateness_seconds_bucket", le=le)
                   for le in ("60.0", "300.0"))

    Embedded(council.installation, lambda message: None).one_round()

    assert measured("pepway_timer_lateness_seconds_bucket", le="60.0") == early
    assert measured("pepway_timer_lateness_seconds_bucket", le="300.0") > late


def test_what_was_taken_back_is_not_measured(sqlite_council):
    counted = []

    with suppress(RuntimeError), sqlite_council.by("wilma").begin() as work:
        work.once_committed.append(lambda: counted.append("taken back"))
        raise RuntimeError
    with sqlite_council.by("wilma").begin() as work:
        work.once_committed.append(lambda: counted.append("kept"))
        assert counted == []

    assert counted == ["kept"]


def test_messages_the_chain_the_figures_and_incidents_are_told(council, watched):
    case_id = council.start_case()
    by = council.installation.acting(SYSTEM)
    with by.begin() as work:
        work.session.execute(delete(Outbox))
        for wait in (0, 0, 9):
            work.tell("task_given", council.people["wilma"], case_id,
                      work.now + timedelta(hours=wait) if wait else None)
        work.session.execute(update(Case).values(status="incident"))
    assert of(watched, "messages_waiting") == 2
    assert of(watched, "incidents") == of(watched, "cases_running") == 1
    council.later(seconds=90)
    assert of(watched, "oldest_message") == 90
    assert of(watched, "oldest_unsealed") >= 90
    with by.begin(writing=False) as work:
        events = work.session.query(Event.seq).count()
    assert of(watched, "figures_behind") >= events

    seal_committed_rows(by)
    council.installation.domain.figures_follow(by, lambda: False)
    with by.begin() as work:
        first = work.session.query(Outbox).order_by(Outbox.seq).first()
        first.given_up_at = work.now
    assert of(watched, "oldest_unsealed") == of(watched, "figures_behind") == 0
    assert of(watched, "messages_given_up") == of(watched, "messages_waiting") == 1
    council.later(hours=12)
    assert of(watched, "messages_waiting") == 2
    assert of(watched, "oldest_message") > 11 * 3600


def test_where_the_database_is_away_the_rest_is_told(council, watched, monkeypatch):
    def away(_by):
        raise TimeoutError
    monkeypatch.setattr("web.metrics.what_waits", away)
    monkeypatch.setattr("web.metrics.is_passing", lambda fault: isinstance(fault, TimeoutError))

    told = scraped(watched)

    assert told[("pepway_database_up",)] == 0
    assert told[("process_resident_memory_bytes",)] > 1_000_000
    assert (TOLD["incidents"][0],) not in told


def test_it_reads_no_table_that_grows_from_end_to_end(sqlite_council):
    watched = sqlite_council.outside_the_demonstration(metrics_token=TOKEN)
    sqlite_council.gathering()
    plans = Plans(sqlite_council.installation.database)
    client = watched.app.test_client()

    class Scraper:
        def get(self, address):
            return client.get(address, headers=BEARER)

    found = plans.of(Scraper(), "/metrics")

    assert len(found) >= 8
    for statement, steps in found.items():
        assert not [step for step in steps
                    if WHOLE.search(step) or re.search(r"SCAN outbox(?! USING)", step)], statement


def test_a_port_of_its_own_answers_by_any_name_and_nothing_else(sqlite_council):
    settings = Settings(metrics_token=TOKEN)
    port = free_port()
    with measured_beside(sqlite_council.installation, settings, "127.0.0.1", port):
        with urlopen(Request(f"http://127.0.0.1:{port}/metrics", headers={
                **BEARER, "Host": "worker-2.internal"}), timeout=10) as answer:
            assert b"pepway_incidents_open 0.0" in answer.read()
        for path, headers in (("/metrics", {}), ("/healthz", BEARER)):
            with pytest.raises(HTTPError, match="404"):
                urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=10)


def test_a_port_without_a_token_is_refused(tmp_path):
    said = subprocess.run(
        [Path(sys.executable).with_name("pepway"), "serve", "--port", str(free_port()),
         "--metrics-port", str(free_port())],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32},
    )
    assert said.returncode == 1
    assert "PEPWAY_METRICS_TOKEN, without which nobody may read it" in said.stderr


README = (Path(__file__).parents[2] / "web/commands/README.md").read_text()
ALERTS = yaml.safe_load(re.search(r"```yaml\n(groups:.*?)```", README, re.DOTALL)[1])
RULES = {rule["alert"]: rule for group in ALERTS["groups"] for rule in group["rules"]}


def names_in(expression):
    """Raises `ValueError` for what Prometheus could not read."""
    promql_parser.parse(expression)
    return set(re.findall(r"\b(?:pepway|process)_\w+", expression))


def test_the_readme_explains_every_number_and_no_other(watched):
    told = {name for name, *_ in scraped(watched) if name.startswith("pepway_")}
    families = {re.sub("_(bucket|count|sum)$", "", name) for name in told}
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `pepway_")]

    assert {name for row in rows for name in re.findall(r"`(pepway_\w+)`", row)} == families


@pytest.mark.parametrize("alert", RULES)
def test_every_alert_can_be_asked_of_what_is_told_and_has_something_to_do(sqlite_council, alert):
    watched = sqlite_council.outside_the_demonstration(metrics_token=TOKEN)
    watched.app.test_client().get("/sign-in")
    told = {name for name, *_ in scraped(watched)}
    rule = RULES[alert]

    named = names_in(rule["expr"])
    assert named
    assert named <= told
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert re.search(rf"^\| `{alert}` \| \w.*\|$", README, re.MULTILINE)


def test_each_row_of_what_to_do_is_of_an_alert():
    assert set(re.findall(r"^\| `(Pepway\w+)` \|", README, re.MULTILINE)) == set(RULES)


def test_an_expression_that_is_none_is_noticed():
    with pytest.raises(ValueError, match="unclosed"):
        names_in("max(pepway_incidents_open > 0")
