"""What every answer tells the browser."""

import re

import pytest

PAGES = ("/sign-in", "/demo", "/licences", "/accessibility", "/nowhere", "/tasks", "/procedures",
         "/cases", "/healthz")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_hardened(council, address):
    answer = council.sign_in("vera").visitor.client.get(address)
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_scripts_carry_the_nonce_of_their_page_and_none_is_inline_without(council):
    visitor = council.sign_in("wilma").visitor
    pages = [visitor.open("/tasks"), visitor.open("/tasks")]
    nonces = [re.search("'nonce-([^']+)'", page.response.headers["Content-Security-Policy"])[1]
              for page in pages]

    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        assert {node.get("nonce") for node in page.tree.iter("script")} == {nonce}
        assert page.tree.xpath("//@style|//@onclick|//style") == []


def test_signing_out_clears_what_the_browser_keeps(council):
    page = council.sign_in("wilma")
    answer = page.visitor.client.post("/sign-out", data={"csrf_token": page.token})

    assert '"storage"' in answer.headers["Clear-Site-Data"]


def test_no_get_changes_anything_that_needs_a_token(council):
    """Each way that changes something wants POST and the page's token."""
    council.home_visit()
    client = council.sign_in("wilma").visitor.client
    task = council.task("wilma", "visit")
    for address in (f"/tasks/{task}", f"/tasks/{task}/claim", f"/tasks/{task}/release",
                    f"/tasks/{task}/draft", "/sign-out", "/sign-in"):
        answer = client.post(address, data={"do": "save"}, follow_redirects=True)
        assert answer.status_code in (400, 401)
