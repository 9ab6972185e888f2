"""An administrator sees no child's content: not on any page, not in any message."""

import re

from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Outbox
from workflows.telling.words import what_it_says

SAID_OF_THE_CHILD = {
    "given_names": "Zebedee", "family_name": "Quixwood", "known_as": "Zebby",
    "placement_address": "14 Larkspur Rise, Hessle", "born_on": "2016-05-04",
}
SECRETS = ("zebedee", "quixwood", "zebby", "larkspur", "hessle", "2016-05-04", "4 may 2016")
STARTS = ("/", "/admin", "/procedures", "/messages-not-delivered", "/what-you-are-told", "/tasks")
NEVER_FOLLOWED = ("/sign-out", "/static/", "/demo")


def links_of(page):
    for href in page.tree.xpath("//a/@href"):
        address = href.partition("#")[0]
        if address.startswith("/") and not address.startswith(NEVER_FOLLOWED):
            yield re.sub(r"[?&]form-id=[^&]*", "", address)


def test_every_page_that_leads_anywhere_says_nothing_of_a_child(council, ada):
    council.start_case(**SAID_OF_THE_CHILD)
    waiting, seen = list(STARTS), {}
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen[address] = page = ada.open(address)
        if page.response.mimetype == "text/html":
            waiting += links_of(page)

    assert {"/admin/people", "/admin/schools", "/admin/import/involvements", "/admin/terms",
            "/admin/closures", "/admin/settings", "/admin/teams", "/admin/people/add"} <= set(seen)
    assert sum("/leaving" in address for address in seen) == len(council.people) - 1
    for address, page in seen.items():
        shown = page.response.get_data(as_text=True).lower()
        assert [word for word in SECRETS if word in shown] == [], address
        assert re.search(r"/(cases|children)/[0-9a-f]{8}-", shown) is None, address


def test_no_message_to_an_administrator_says_anything_of_a_child(council, ada):
    council.start_case(**SAID_OF_THE_CHILD)
    page = ada.open("/admin/people").follow("Max Ibbotson").follow("This person leaves")
    page.fill({"Their last day": ("25", "3", "2026")}).press("This person leaves")

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        for message in work.session.scalars(select(Outbox)):
            said = f"{what_it_says(message.kind)} {message.data}".lower()
            assert [word for word in SECRETS if word in said] == []
            assert message.person_id != council.people["ada"]


def test_a_leavers_children_are_numbers(council, ada):
    case_id = council.start_case(**SAID_OF_THE_CHILD)
    page = ada.open("/admin/people").follow("Wilma Ashdown").follow("This person leaves")
    page.fill({"Their last day": ("25", "3", "2026")})

    page = page.press("This person leaves")

    shown = page.response.get_data(as_text=True).lower()
    assert [word for word in (*SECRETS, str(case_id)) if word in shown] == []
