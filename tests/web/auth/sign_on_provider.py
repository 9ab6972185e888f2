"""A council's sign-on: an OpenID Connect provider as a process, which can be told to misbehave.

Who is at the browser, what time it is and what is wrong is set by POST /admin; GET /admin tells
what was asked. It is started as `python sign_on_provider.py` and prints its port.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jws

TENANT = "0a1b2c3d-1111-2222-3333-444455556666"
OTHER_TENANT = "ffffffff-1111-2222-3333-444455556666"
CLIENT_ID, CLIENT_SECRET = "pepway-of-the-council", "a-secret-of-two-sides-that-is-long-enough"

KEYS = {
    "first": jwk.RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}),
    "second": jwk.RSAKey.generate_key(2048, {"kid": "second", "use": "sig"}),
    "curve": jwk.ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"}),
    "thief": jwk.RSAKey.generate_key(2048, {"kid": "thief"}),
}
PUBLISHED = ("first", "curve")
ANY = jws.JWSRegistry(algorithms=["RS256", "RS512", "PS256", "ES256", "HS256", "none"],
                      strict_check_header=False)


class State:
    """What was set, what was asked, and the codes that were given out."""

    def __init__(self):
        self.told, self.seen, self.codes = {}, [], {}


STATE = State()


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


SECRETS = {"public key as secret": KEYS["first"].as_pem(private=False),
           "client secret": CLIENT_SECRET.encode()}


def signed(header, payload, key, algorithm):
    """By hand, for no library signs what must not be signed."""
    said = f"{encoded(header)}.{encoded(payload)}"
    if key in SECRETS:
        signature = hmac.digest(SECRETS[key], said.encode(), "sha256")
    else:
        signature = ANY.get_alg(algorithm).sign(said.encode(), KEYS[key])
    return f"{said}.{encoded(signature)}"


def id_token(issuer, asked):
    told, now = STATE.told, STATE.told.get("now", int(time.time()))
    claims = {
        "iss": issuer, "aud": CLIENT_ID, "sub": "subject-of-wilma", "tid": TENANT, "oid": "oid-1",
        "iat": now, "nbf": now, "exp": now + 3600, "nonce": asked["nonce"],
        "email": "wilma@council.example", "preferred_username": "wilma@council.example",
    }
    claims.update({name: now + after for name, after in told.get("moments", {}).items()})
    claims.update({name: fill(value, issuer) for name, value in told.get("claims", {}).items()})
    for name in told.get("without", ()):
        claims.pop(name)
    header = {"alg": "RS256", "kid": "first", "typ": "JWT", **told.get("header", {})}
    if header.get("jwk") == "own":
        header["jwk"] = KEYS["thief"].as_dict(private=False)
    header = {name: value for name, value in header.items() if value is not None}
    payload = told["payload"].encode() if "payload" in told else json.dumps(claims).encode()
    if told.get("unsigned"):
        return f"{encoded(header)}.{encoded(payload)}.{told['unsigned'].strip()}"
    token = signed(header, payload, told.get("key", "first"), told.get("signed_as", "RS256"))
    first, middle, last = token.split(".")
    if "header_after" in told:
        first = encoded({**header, **told["header_after"]})
    if "payload_after" in told:
        middle = encoded({**claims, **told["payload_after"]})
    return f"{first}.{middle}.{last}"


def fill(value, issuer):
    """Words that stand for what only the provider knows."""
    words = {"<client>": CLIENT_ID, "<issuer>": issuer, "<issuer>/": f"{issuer}/",
             "<other tenant>": issuer.replace(TENANT, OTHER_TENANT),
             "<infinite>": float("inf"), "<nan>": float("nan"), "<null>": None,
             "<1 MB>": "x" * 1_000_000}
    if isinstance(value, list):
        return [fill(each, issuer) for each in value]
    return words.get(value, value) if isinstance(value, str) else value


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name = parts.path.rpartition("/")[2]
        if name == "admin":
            self.answer(STATE.seen)
            return
        STATE.seen.append([name, asked])
        known = {"openid-configuration": self.discovery, "keys": self.keys,
                 "authorize": lambda: self.authorize(asked), "end": lambda: self.end(asked)}
        known[name]()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/admin":
            STATE.told, STATE.seen = json.loads(body), []
            self.answer({})
            return
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        STATE.seen.append(["token", asked])
        self.token(asked)

    @property
    def root(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def issuer(self):
        return f"{self.root}/{TENANT}/v2.0"

    def discovery(self):
        self.answer_or_misbehave("discovery", {
            "issuer": self.issuer, "authorization_endpoint": f"{self.root}/authorize",
            "token_endpoint": f"{self.root}/token", "jwks_uri": f"{self.root}/keys",
            "end_session_endpoint": f"{self.root}/end",
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **{name: fill(value, self.issuer)
               for name, value in STATE.told.get("discovery_says", {}).items()},
        })

    def keys(self):
        names = STATE.told.get("published", PUBLISHED)
        self.answer_or_misbehave(
            "keys", {"keys": [KEYS[name].as_dict(private=False) for name in names]}
        )

    def authorize(self, asked):
        code = secrets.token_urlsafe(16)
        STATE.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        answer.update({name: fill(value, self.issuer)
                       for name, value in STATE.told.get("response", {}).items()})
        answer = {name: value for name, value in answer.items() if value is not None}
        self.redirect(f"{asked['redirect_uri']}?{urlencode(answer, doseq=True)}")

    def token(self, asked):
        begun = STATE.codes.pop(asked.get("code"), None)
        challenge = encoded(hashlib.sha256(asked.get("code_verifier", "").encode()).digest())
        right = (
            self.is_pepway(asked) and begun is not None
            and begun["redirect_uri"] == asked.get("redirect_uri")
            and begun.get("code_challenge_method") == "S256"
            and begun.get("code_challenge") == challenge
        )
        if not right:
            self.answer({"error": "invalid_grant"}, 400)
            return
        self.answer_or_misbehave("token", {
            "access_token": "not-used", "token_type": "Bearer", "expires_in": 3600,
            "id_token": self.mangled(id_token(self.issuer, begun)),
            **STATE.told.get("token_says", {}),
        })

    def is_pepway(self, asked):
        """By the one way that the discovery document offers."""
        offered = STATE.told.get("discovery_says", {}).get("token_endpoint_auth_methods_supported")
        secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if offered == ["client_secret_post"]:
            said = asked.get("client_id"), asked.get("client_secret")
            return said == (CLIENT_ID, CLIENT_SECRET)
        return self.headers["Authorization"] == f"Basic {secret}"

    def mangled(self, token):
        shape = STATE.told.get("token")
        shapes = {None: token, "cut": token[:-20], "two parts": token.rpartition(".")[0],
                  "1 MB": token + "x" * 1_000_000, "70 kB": token + "x" * 70_000, "empty": "",
                  "a number": 7, "an object": {"jwt": token}, "a list": [token],
                  "with a space": token.replace(".", ". ", 1), "five parts": token + ".x.y"}
        return shapes[shape]

    def end(self, asked):
        self.redirect(asked["post_logout_redirect_uri"])

    def answer_or_misbehave(self, what, answer):
        wrong = STATE.told.get(f"{what}_answers", {})
        if "after" in wrong:
            time.sleep(wrong["after"])
        if wrong.get("drips"):
            self.drip()
        elif "to" in wrong:
            self.redirect(self.root + wrong["to"])
        else:
            self.answer(wrong.get("body", answer), wrong.get("status", 200),
                        wrong.get("type", "application/json"))

    def answer(self, body, status=200, media_type="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if body == "<1 MB>":
            data = b'{"issuer": "' + b"x" * 1_000_000 + b'"}'
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def drip(self):
        """Never silent for long enough to be given up for that, and never done."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(150):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.2)
        except OSError:
            pass
        self.close_connection = True

    def redirect(self, address):
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_about):
        """Says nothing: what was asked is told by GET /admin."""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_about):
        """Whoever gives up waiting closes the connection."""


if __name__ == "__main__":
    server = Quiet(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
