"""An administrator keeps people: found, added, changed, with roles, until they leave."""

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from workflows.identities import Claimed, expect_identity, link_identity, sign_in_by_identity
from workflows.people import find_by_email
from workflows.secret_hash import hash_of


def person(ada, name):
    return ada.open("/admin/people").follow(name)


def test_people_are_found_by_name_role_and_account(council, ada):
    page = ada.open("/admin").follow("People")
    assert f"{len(council.people)} people" in page.text

    page.fill({"Name or e-mail address": "birk"})
    found = page.press("Search")

    assert "1 person" in found.text
    assert "Sven Birkett" in found.links
    assert "Wilma Ashdown" not in found.text
    assert "2 people" in ada.open("/admin/people?role=virtual_school").text
    assert "0 people" in ada.open("/admin/people?active=no").text
    assert ada.open("/admin/people?team=nonsense&page=99").status == 200


def test_somebody_is_added(council, ada):
    page = ada.open("/admin/people/add")
    page.fill({"Full name": "Zoe Zedder", "E-mail address": "Zoe@Council.example",
               "What do they do?": ["Social worker", "Team manager"]})

    page = page.press("Add this person")

    assert "The person was added" in page.whole
    found = find_by_email(council.installation.acting(SYSTEM), "zoe@council.example")
    assert found.roles == {"social_worker", "team_manager"}
    page = page.follow("Zoe Zedder")
    assert "25 March 2026" in page.answers["Since"]
    page.press("Invite again")
    with council.by("vera").begin(writing=False) as work:
        assert list(work.session.scalars(select(Outbox.person_id).where(
            Outbox.kind == "account_invitation"))) == [found.id] * 2


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(council, ada):
    page = ada.open("/admin/people/add")
    page.fill({"Full name": "Zoe Zedder", "E-mail address": "nonsense"})

    page = page.press("Add this person")

    assert page.status == 422
    assert "Enter an e-mail address" in page.errors["email"]
    assert "Choose what they do" in " ".join(page.errors.values())
    assert page.value("Full name") == "Zoe Zedder"
    page.fill({"E-mail address": "wilma@council.example", "What do they do?": ["Manager"]})
    assert "Someone already signs in" in page.press("Add this person").errors["email"]


def test_name_and_address_are_changed_and_the_session_ends(council, ada):
    wilma = council.sign_in("wilma").visitor
    page = person(ada, "Wilma Ashdown").follow("Change name")
    assert page.value("Full name") == "Wilma Ashdown"

    page.fill({"Full name": "Wilma Stone", "E-mail address": "stone@council.example"})
    page = page.press("Save")

    assert page.heading == "Wilma Stone"
    assert wilma.open("/tasks").heading == "Sign in"


def test_a_role_is_given_and_taken_away(council, ada):
    page = person(ada, "Max Ibbotson").follow("Give a role")
    page.fill({"Which role?": "Team manager"})
    page = page.press("Give this role")
    assert "Team manager" in page.section("Roles")

    page = page.press("Take away: Team manager")

    assert "Team manager" not in page.section("Roles")


@pytest.mark.both_stores
def test_an_administrator_finds_no_way_to_more_for_themselves(council, ada):
    page = person(ada, "Ada Jessop")

    assert "Give a role" not in page.links
    assert "This person leaves" not in page.links
    assert "last administrator" in page.press("Take away").text


@pytest.mark.both_stores
def test_whoever_leaves_today_is_out_at_the_next_request(council, ada):
    council.start_case()
    wilma = council.sign_in("wilma").visitor
    page = person(ada, "Wilma Ashdown")
    assert page.answers["Works with"] == "1 child"
    assert page.answers["E-mail address"] == "wilma@council.example"

    page = page.follow("This person leaves")
    assert "1 open task" in page.text
    assert "1 child with whom they work as social worker" in page.text
    page.fill({"Their last day": ("25", "3", "2026"),
               "Who takes over their children?": "Sven Birkett, sven@council.example"})
    page = page.press("This person leaves")

    assert page.answers["Account"] == "Has left"
    assert page.answers["Taken over by"] == "Sven Birkett"
    assert wilma.open("/tasks").heading == "Sign in"
    assert "Robin Testerby" in council.sign_in("sven").visitor.open("/tasks").text
    assert "Wilma Ashdown" not in ada.open("/admin/people").text
    page = page.press("This person comes back")
    assert page.answers["Account"] == "Can sign in"


def test_a_lost_device_is_signed_out_and_a_lost_phone_forgotten(council, ada):
    wilma = council.sign_in("wilma").visitor

    page = person(ada, "Wilma Ashdown").press("Sign them out everywhere")

    assert "signed out everywhere" in page.whole
    assert wilma.open("/tasks").heading == "Sign in"
    assert "set up a new app" in page.press("Reset the second step").whole
    assert "Reset the second step" not in person(ada, "Ada Jessop").buttons


def linked(council, name):
    """From now on this person comes by the council's own sign-on."""
    claimed = Claimed("https://sign-on.example", f"subject-of-{name}")
    system = council.installation.acting(SYSTEM)
    link_identity(system, hash_of(
        expect_identity(system, council.people[name], claimed.issuer)), claimed)
    return claimed


def test_a_council_account_is_disconnected_after_it_is_asked_for_again(council, ada):
    wilma = council.sign_in("wilma").visitor
    claimed = linked(council, "wilma")
    asked = person(ada, "Wilma Ashdown").follow("Disconnect it")
    assert asked.heading == "Disconnect their council account"
    assert "Wilma Ashdown is signed out everywhere" in asked.text
    assert sign_in_by_identity(council.by("vera"), claimed)

    page = asked.press("Disconnect it")

    assert "Their council account is disconnected" in page.whole
    assert "Disconnect it" not in page.links
    assert sign_in_by_identity(council.by("vera"), claimed) is None
    assert wilma.open("/tasks").heading == "Sign in"
    assert council.sign_in("wilma").heading == "My tasks"
    with council.by("vera").begin(writing=False) as work:
        row = work.session.scalars(select(Audit).where(Audit.action == "unlink_identity")).one()
    assert (row.about, row.actor_id) == (
        f"person:{council.people['wilma']}", council.people["ada"])


def test_nobody_disconnects_their_own(council, ada):
    linked(council, "ada")
    address = f"/admin/people/{council.people['ada']}/council-account/disconnect"

    assert "Disconnect it" not in person(ada, "Ada Jessop").links
    assert ada.open(address).status == 404
    token = ada.open("/admin/people").token
    assert ada.send(address, [("csrf_token", token)]).status == 422
    assert ada.open("/admin/people").status == 200
