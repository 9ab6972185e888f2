"""What every answer of every address tells the browser, whoever asks and whatever fails."""

import re

import pytest
from lxml import html
from test_who_sees_what import Town

from web.app import create_app
from web.errors import own_path
from web.settings import Settings

SITE = "https://pepway.example"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW")
ALLOWED_INLINE = {
    "/studio/<procedure>/draw/<diagram>", "/studio/<procedure>/forms/<form>",
    "/studio/<procedure>/decisions/<decision>",
}
"""The editors of bpmn.io place their parts by style attributes; scripts need the nonce there as
everywhere."""
BY_LINK = "/contribute/"
BY_SECRET = (BY_LINK, "/choose-password/<secret>", "/link/<secret>")
FEATURES_OFF = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")


def is_hardened(answer, rule="", *, https=True, file=False):
    said, headers = f"{answer.request.method} {answer.request.path}", answer.headers
    policy = headers["Content-Security-Policy"]
    for name in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert name in policy, said
    assert "unsafe" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "unsafe" not in policy or rule in ALLOWED_INLINE, said
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff", said
    assert headers["X-Frame-Options"] == "DENY", said
    by_secret = rule.startswith(BY_SECRET) and answer.status_code != 405
    assert headers["Referrer-Policy"] == ("no-referrer" if by_secret else "same-origin"), said
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", said
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", said
    assert all(f"{each}=()" in headers["Permissions-Policy"] for each in FEATURES_OFF), said
    assert not any(name.startswith("Access-Control-") for name, _ in headers), said
    assert "X-Powered-By" not in headers
    assert "Server" not in headers
    if https:
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", said
    if not file:
        assert headers["Cache-Control"] == "no-store", said
        for name in headers.getlist("Set-Cookie"):
            assert name.startswith("__Host-pepway=") or not https, name
            assert all(each in name for each in ("HttpOnly", "SameSite=Lax", "Path=/"))
            assert "Secure" in name or not https
            assert "Domain" not in name
    text = answer.get_data(as_text=True) if "html" in answer.mimetype else ""
    assert not re.search(r"Traceback|werkzeug|flask|sqlalchemy|SpiffWorkflow|line \d+, in", text)


@pytest.fixture
def town(sqlite_council):
    """Reached by https, as a council's own installation is."""
    council = sqlite_council
    settings = Settings(secret_key="s" * 32, audit_key="k" * 32, public_url=SITE)
    council.app = create_app(council.installation, settings, council.wall_clock)
    council.app.config["PREFERRED_URL_SCHEME"] = "https"
    making = council.app.test_client

    def test_client(*more, **others):
        client = making(*more, **others)
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["HTTP_HOST"] = "pepway.example"
        plain = client.session_transaction
        client.session_transaction = lambda *a, **k: plain(*a, **{"base_url": SITE, **k})
        opening = client.open
        client.open = lambda *a, **k: opening(*a, **{"base_url": SITE, **k})
        return client

    council.app.test_client = test_client
    council.app.extensions["pepway_rates"].most = 10**6
    return Town(council)


def test_every_method_of_every_address_whoever_asks(town):
    anybody = town.council.app.test_client()
    for rule in town.council.app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.rule == "/sign-out":
            continue
        address = town.address(rule)
        for method in METHODS:
            is_hardened(anybody.open(address, method=method), rule.rule)
            if method != "POST":
                answer = town.ask("vera", method, address)
                is_hardened(answer, rule.rule)
                assert method not in ("TRACE", "BREW", "DELETE") or answer.status_code in (404, 405)


def test_whatever_fails_is_as_hard(town, caplog):
    client, token = town._browser("vera")
    for address in ("/nowhere", "/static/none", "/static/../app.py", "/tasks/nobody", "/%00",
                    "/procedures/%00", "/api/v1/nowhere", "/api/v1/cases?limit=x"):
        answer = client.get(address)
        assert answer.status_code >= 400, address
        is_hardened(answer)
    is_hardened(client.post("/tasks", data={"csrf_token": token}))
    large = client.post("/find", data={"csrf_token": token, "search": "x" * 3_100_000})
    assert large.status_code == 413
    is_hardened(large)

    said = "Robin Testerby"

    def broken():
        raise RuntimeError(said)

    for endpoint, address in (("tasks.my_tasks", "/tasks"), ("api.cases", "/api/v1/cases")):
        town.council.app.view_functions[endpoint] = broken
        answer = client.get(address)
        is_hardened(answer)
        assert "Robin" not in answer.get_data(as_text=True) + caplog.text
    is_hardened(town.council.app.test_client().get("/tasks", headers={"Host": "evil.example"}))


def test_files_are_as_hard_and_are_kept(town):
    client = town.council.app.test_client()
    page = html.fromstring(client.get("/sign-in").get_data(as_text=True))
    for address in {*page.xpath("//link/@href"), *page.xpath("//script/@src")}:
        for method in ("GET", "HEAD"):
            answer = client.open(address, method=method, buffered=True)
            assert answer.status_code == 200, address
            is_hardened(answer, file=True)


def test_no_page_holds_a_script_or_a_style_of_its_own(town):
    for name in ("ada", "iris", "max", "olga", "tara", "vera", "wilma"):
        for address, rule in town.rules("GET").items():
            answer = town.ask(name, "GET", town.address(rule))
            if answer.mimetype != "text/html" or not answer.get_data():
                continue
            tree = html.fromstring(answer.get_data(as_text=True))
            policy = answer.headers["Content-Security-Policy"]
            if "script-src 'none'" not in policy:
                nonce = re.search("'nonce-([^']+)'", policy)[1]
                run = tree.xpath("//script[not(@type='application/json')]")
                assert {each.get("nonce") for each in run} <= {nonce}, address
            assert tree.xpath("//@style|//style|//base|//object|//embed|//iframe") == [], address
            handlers = [each for each in tree.xpath("//@*") if each.attrname.startswith("on")]
            assert handlers == [], address
            assert not [each for each in tree.xpath("//@href|//@src|//@action")
                        if re.match(r"\s*(javascript|data|vbscript):", each, re.I)], address


HOSTILE = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example",
    "\\\\evil.example", "/\\/evil.example", "\\evil.example", "/\t/evil.example",
    "\t//evil.example", "/\n/evil.example", "/\r/evil.example", "\n//evil.example",
    " //evil.example", "https://evil.example", "http://evil.example", "HTTPS://evil.example",
    "https:evil.example", "https:/evil.example", "https:\\evil.example", "http:///evil.example",
    "ftp://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
    "data:text/html,evil", "vbscript:evil", "file:///etc/passwd", "evil.example", "@evil.example",
    "/\x00/evil.example", "/\x0b/evil.example", "/\u2028/evil.example", "/\u200b/evil.example",
    "\ufeff//evil.example", "?next=//evil.example", "#//evil.example", "", ".", "..", "../..",
    "/tasks\r\nSet-Cookie: a=b", "/tasks\\..\\..\\evil", "//pepway.example@evil.example",
    "https://pepway.example@evil.example", "https://pepway.example.evil.example", "blob:evil",
    "mailto:a@evil.example", "/\u00a0/evil.example", "//[::1]", "//127.0.0.1", "\u3000//evil",
)


@pytest.mark.parametrize("address", HOSTILE)
def test_after_signing_in_no_way_leads_elsewhere(address):
    assert len(HOSTILE) >= 40
    assert own_path(address) == ""


@pytest.mark.parametrize("address", ["/tasks", "/cases?status=all", "/find?form-id=abcdefgh"])
def test_a_way_of_our_own_is_gone_on_with(address):
    assert own_path(address) == address


def test_no_form_is_taken_without_the_page_s_own_token(town):
    """Missing, another person's, one from before signing out; and from another site with any."""
    client, token = town._browser("vera")
    _, of_another = town._browser("viktor")
    here = {"Referer": f"{SITE}/tasks"}
    before = changed(town)
    for rule in town.rules("POST").values():
        address = town.address(rule)
        if address.startswith("/api/"):
            continue
        for sent in ({}, {"csrf_token": ""}, {"csrf_token": of_another}, {"csrf_token": "x" * 80}):
            answer = client.post(address, data=sent, headers=here)
            assert refused(answer), (rule.rule, sent, answer.status_code)
        if rule.rule.startswith(BY_LINK):
            continue
        for headers in ({"Origin": "null"}, {"Origin": "https://evil.example"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = client.post(address, data={"csrf_token": token}, headers=headers)
            assert answer.status_code == 400, (rule.rule, headers)
        plain = client.post(address, data=f"csrf_token={token}", content_type="text/plain")
        assert refused(plain), rule.rule
    assert changed(town) == before

    client.post("/sign-out", data={"csrf_token": token}, headers=here)
    for rule in town.rules("POST").values():
        address = town.address(rule)
        if not address.startswith(("/api/", BY_LINK)):
            answer = client.post(address, data={"csrf_token": token}, headers=here)
            assert answer.status_code in (400, 401), (rule.rule, answer.status_code)
    assert changed(town) == before


def refused(answer):
    """A page that says so, or the way to one that keeps the words."""
    return answer.status_code in (400, 401, 404) or (
        answer.status_code == 303 and answer.headers["Location"].startswith("/not-done?"))


def changed(town):
    return [town.council.events(kind, element) for kind, element in (
        ("task_completed", "complete_social_work_sections"),
        ("task_released", "complete_social_work_sections"))], town.council.task(
            "wilma", "complete_social_work_sections")
