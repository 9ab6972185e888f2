"""Signing in and out, the list of the demonstration, and when a session ends."""

from datetime import timedelta

import pytest
from visitor import Visitor

from engine.clock import SystemClock
from engine.work import Installation
from web.app import create_app
from web.settings import Settings


def test_a_person_signs_in_and_sees_their_name_and_their_tasks(council):
    page = council.sign_in("wilma")

    assert page.heading == "My tasks"
    assert "Wilma Ashdown" in page.whole
    assert page.navigation == ["My tasks", "Cases", "Start a case", "Procedures"]


def test_whoever_lives_by_other_things_than_tasks_begins_where_their_work_is(council):
    """A diagram may give them some, so their tasks are the last way in."""
    assert council.sign_in("olga").address == "/studio"
    assert council.sign_in("max").address == "/board"
    assert council.sign_in("max").navigation[-1] == "My tasks"


def test_a_wrong_password_and_an_unknown_address_look_the_same(council):
    known = council.visitor().sign_in("wilma@council.example", "guess")
    unknown = council.visitor().sign_in("nobody@council.example", "guess")

    assert known.status == unknown.status == 401
    assert known.errors == unknown.errors
    assert known.errors["email"] == "The e-mail address or the password is not right. Check both"
    assert known.title.startswith("Error: Sign in")
    assert known.value("E-mail address") == "wilma@council.example"
    assert known.value("Password") == ""


def test_an_empty_box_is_asked_for_by_name(council):
    assert council.visitor().sign_in("", "").errors == {"email": "Enter your e-mail address"}
    page = council.visitor().sign_in("wilma@council.example", "")
    assert page.errors == {"password": "Enter your password"}


def test_signing_in_leads_to_the_page_that_was_asked_for(council):
    visitor = council.visitor()
    page = visitor.open("/procedures")
    assert page.heading == "Sign in"

    page = page.fill(
        {"E-mail address": "wilma@council.example", "Password": "demonstration"}
    ).press("Sign in")

    assert page.address == "/procedures"


def test_signing_in_never_leads_to_another_site(council):
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "evil"):
        page = council.visitor().open(f"/sign-in?next={elsewhere}")
        page = page.fill(
            {"E-mail address": "wilma@council.example", "Password": "demonstration"}
        ).press("Sign in")
        assert page.address == "/tasks"


@pytest.mark.both_stores
def test_signing_out_ends_the_session_on_the_server_too(council):
    visitor = council.sign_in("wilma").visitor
    stolen = visitor.client.get_cookie("pepway").value
    visitor.open("/tasks").press("Sign out")

    thief = council.visitor()
    thief.client.set_cookie("pepway", stolen)

    assert visitor.open("/tasks").heading == "Sign in"
    assert thief.open("/tasks").heading == "Sign in"


@pytest.mark.both_stores
def test_a_session_ends_when_it_is_not_used_for_twenty_minutes(council):
    visitor = council.sign_in("wilma").visitor
    for _ in range(3):
        council.wall_clock.move_on(timedelta(minutes=19))
        assert visitor.open("/tasks").heading == "My tasks"
    council.wall_clock.move_on(timedelta(minutes=21))

    assert visitor.open("/tasks").heading == "Sign in"


@pytest.mark.both_stores
def test_a_session_ends_after_ten_hours_however_it_is_used(council):
    visitor = council.sign_in("wilma").visitor
    for _ in range(40):
        council.wall_clock.move_on(timedelta(minutes=15))
        visitor.open("/tasks")
    assert visitor.open("/tasks").heading == "My tasks"

    council.wall_clock.move_on(timedelta(minutes=1))

    assert visitor.open("/tasks").heading == "Sign in"


def test_moving_the_demonstrations_clock_signs_nobody_out(council):
    visitor = council.sign_in("wilma").visitor
    council.clock.move_on(timedelta(days=16))

    assert visitor.open("/tasks").heading == "My tasks"


def test_the_cookie_is_new_after_signing_in(council):
    visitor = council.visitor()
    visitor.open("/sign-in")
    before = visitor.client.get_cookie("pepway").value
    visitor.sign_in("wilma@council.example")

    assert visitor.client.get_cookie("pepway").value != before


def test_the_demonstration_lists_its_people_by_role(council):
    page = council.visitor().open("/demo")

    assert page.headings[1:3] == ["Social worker", "Designated teacher"]
    assert "wilma@council.example" in page.section("Social worker")
    assert page.press("Sign in as Sven Birkett").heading == "My tasks"


def test_programs_get_the_list_as_json(council):
    answer = council.app.test_client().get("/demo", headers={"Accept": "application/json"})

    assert {"name": "Wilma Ashdown", "email": "wilma@council.example",
            "roles": ["social_worker"]} in answer.get_json()


def test_outside_the_demonstration_there_is_no_list(council):
    settings = Settings(secret_key="s" * 32, audit_key="k" * 32)
    page = Visitor(create_app(council.installation, settings).test_client()).open("/demo")

    assert page.status == 404
    assert "Demonstration" not in page.whole


def test_behind_https_the_cookie_is_bound_to_the_host(council):
    settings = Settings(secret_key="s" * 32, audit_key="k" * 32,
                        public_url="https://pep.council.example")
    client = create_app(council.installation, settings).test_client()
    answer = client.get("/sign-in", base_url="https://pep.council.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pepway=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain=" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_without_https_pepway_answers_on_this_machine_only(council):
    client = council.app.test_client()

    assert client.get("/sign-in", base_url="http://127.0.0.1:8000").status_code == 200
    assert client.get("/sign-in", base_url="http://pep.council.example").status_code == 400


def test_sessions_run_out_by_the_machines_clock(council):
    installation: Installation = council.installation
    settings = Settings(secret_key="s" * 32, audit_key="k" * 32, demo=True)
    app = create_app(installation, settings)

    assert isinstance(app.extensions["pepway_wall_clock"], SystemClock)
