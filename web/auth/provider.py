"""The council's own sign-on: what Pepway asks its provider (OpenID Connect), and what it believes.

Authlib builds the requests and checks the claims, joserfc the signature. What Authlib's client for
Flask leaves to whoever runs it is fixed here: an issuer that must be the one in the settings,
algorithms that no discovery document can add to, answers that are bounded in time and size.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, ValidationError
from requests import PreparedRequest, RequestException, Response
from urllib3.exceptions import HTTPError

from web.auth.refusals import SignOnRefused
from web.settings import ENTRA_TENANT, LOOPBACK, Settings
from workflows.identities import LONGEST_SUBJECT, Claimed
from workflows.sign_ons import Attempt

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Those with a key of the provider's own. Never `none`, nor a secret that two sides share."""
LEEWAY = timedelta(seconds=60)
SECONDS = 5
"""For each step of a connection, and for a whole answer."""
LARGEST_ANSWER = 200_000
LONGEST_TOKEN = 60_000
KEPT_FOR = 3_600
"""Seconds for which a discovery document and its keys are not asked for again."""
ASKED_ANEW_AFTER = 60
"""Seconds; whoever sends keys that are not known cannot make Pepway ask without end."""
SCOPE = "openid profile email"
UNREADABLE = (RequestException, ValueError, RecursionError)
TYPES = frozenset({"jwt", "application/jwt"})


class Discovery(BaseModel):
    """What Pepway reads of a discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    authorization_response_iss_parameter_supported: bool = False
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


@dataclass(frozen=True, slots=True)
class SignedOn:
    claimed: Claimed
    sign_out_hint: str


class Provider:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._discovery: tuple[float, Discovery] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def way_in(self, attempt: Attempt, back: str, *, again: bool = False) -> str:
        """The provider's address for this attempt; `again` even where they are signed in there.
        Raises `SignOnRefused`."""
        asked = {"prompt": "login"} if again else {}
        with self._session(back) as session:
            address, _ = session.create_authorization_url(
                self.discovery().authorization_endpoint, state=attempt.state, nonce=attempt.nonce,
                code_verifier=attempt.code_verifier, **asked,
            )
        return str(address)

    def way_out(self, hint: str, back: str) -> str:
        """Where the provider's own session ends; nothing where it has no such place."""
        end = self.discovery().end_session_endpoint
        asked = {"post_logout_redirect_uri": back, "client_id": self.settings.sign_on_client_id}
        query = urlencode(asked | ({"id_token_hint": hint} if hint else {}))
        return f"{end}{'&' if '?' in end else '?'}{query}" if end else ""

    def check_sender(self, issuer: str | None) -> None:
        """The `iss` of a response (RFC 9207): none may come in another provider's name."""
        said = self.discovery().authorization_response_iss_parameter_supported
        if issuer != self.settings.sign_on_issuer and (said or issuer is not None):
            raise SignOnRefused("untrusted", "response: iss")

    def who_signed_on(self, code: str, attempt: Attempt, back: str, at: datetime) -> SignedOn:
        """Whose code this is. Raises `SignOnRefused`."""
        answer = self._redeemed(code, attempt, back)
        token = answer.get("id_token")
        if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
            raise SignOnRefused("untrusted", "id token: missing or too long")
        header, claims = self._signed(token)
        self._check(header, claims, answer, attempt, at)
        directory_id = str(claims.get("oid", ""))[:64]
        return SignedOn(Claimed(claims["iss"], claims["sub"], directory_id), token)

    def discovery(self) -> Discovery:
        if self._discovery is None or time.monotonic() - self._discovery[0] > KEPT_FOR:
            self._discovery = time.monotonic(), self._read_discovery()
        return self._discovery[1]

    def _read_discovery(self) -> Discovery:
        issuer = self.settings.sign_on_issuer
        document = self._read(f"{issuer.rstrip('/')}/.well-known/openid-configuration", "discovery")
        try:
            found = Discovery.model_validate(document)
        except ValidationError as problem:
            raise SignOnRefused("away", "discovery: not readable") from problem
        if found.issuer != issuer:
            raise SignOnRefused("away", "discovery: issuer")
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri,
                        found.end_session_endpoint or issuer):
            if not self._is_safe(address):
                raise SignOnRefused("away", "discovery: an address without https")
        return found

    def _is_safe(self, address: str) -> bool:
        """https; a provider on this machine, for trying out, may speak http on this machine."""
        parts = urlsplit(address)
        here = self.settings.sign_on_issuer.startswith("http://") and parts.hostname in LOOPBACK
        return bool(parts.hostname) and parts.scheme in ("https", *(("http",) if here else ()))

    def _redeemed(self, code: str, attempt: Attempt, back: str) -> Mapping[str, Any]:
        found = self.discovery()
        basic = "client_secret_basic" in found.token_endpoint_auth_methods_supported
        by = "client_secret_basic" if basic else "client_secret_post"
        try:
            with self._session(back, by) as session:
                answer = session.fetch_token(
                    found.token_endpoint, grant_type="authorization_code", code=code,
                    code_verifier=attempt.code_verifier,
                )
        except OAuthError as problem:
            raise SignOnRefused("untrusted", "token: the code was refused") from problem
        except UNREADABLE as problem:
            raise SignOnRefused("away", "token: no answer that can be read") from problem
        return dict(answer)

    def _signed(self, token: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """Header and claims of a token that is signed by one of the provider's keys.

        A key that is not known yet is asked for once: providers change theirs.
        """
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            try:
                signed = jwt.decode(token, self._key_set(), registry=registry)
            except InvalidKeyIdError:
                anew = self._key_set(anew=True)
                signed = jwt.decode(token, anew, registry=registry)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as problem:
            raise SignOnRefused("untrusted", f"id token: {type(problem).__name__}") from problem
        return signed.header, signed.claims

    def _key_set(self, *, anew: bool = False) -> KeySet:
        age = time.monotonic() - self._keys[0] if self._keys else KEPT_FOR
        if self._keys is None or age >= (ASKED_ANEW_AFTER if anew else KEPT_FOR):
            self._keys = time.monotonic(), self._read_keys()
        return self._keys[1]

    def _read_keys(self) -> KeySet:
        document = self._read(self.discovery().jwks_uri, "keys")
        try:
            own = [key for key in document["keys"]
                   if key["kty"] in ("RSA", "EC") and key.get("use", "sig") == "sig"]
            return KeySet.import_key_set({"keys": own})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise SignOnRefused("away", "keys: not readable") from problem

    def _check(
        self, header: Mapping[str, Any], claims: dict[str, Any], answer: Mapping[str, Any],
        attempt: Attempt, at: datetime,
    ) -> None:
        """What Authlib checks, and where it is content with less, the rest."""
        client_id, issuer = self.settings.sign_on_client_id, self.settings.sign_on_issuer
        expected = CodeIDToken(
            claims, dict(header),
            {"iss": {"essential": True, "value": issuer},
             "sub": {"essential": True, "allow_blank": False},
             "aud": {"essential": True, "value": client_id},
             "nonce": {"essential": True, "value": attempt.nonce}},
            {"nonce": attempt.nonce, "client_id": client_id,
             "access_token": answer.get("access_token")},
        )
        try:
            expected.validate(int(at.timestamp()), int(LEEWAY.total_seconds()))
        except (JoseError, ValueError, TypeError, OverflowError) as problem:
            check = f"{type(problem).__name__} {getattr(problem, 'claim', '')}".strip()
            raise SignOnRefused("untrusted", f"id token: {check}") from problem
        tenant = ENTRA_TENANT.fullmatch(urlsplit(issuer).path)
        beyond = {
            "typ": str(header.get("typ", "JWT")).lower() in TYPES,
            "iss": claims["iss"] == issuer,
            "aud": claims["aud"] in (client_id, [client_id]),
            "azp": claims.get("azp", client_id) == client_id,
            "sub": 0 < len(claims["sub"].strip()) <= LONGEST_SUBJECT,
            "nonce": claims["nonce"] == attempt.nonce,
            "tid": tenant is None or claims.get("tid") == tenant[1],
        }
        wrong = [name for name, right in beyond.items() if not right]
        if wrong:
            raise SignOnRefused("untrusted", f"id token: {wrong[0]}")
        if self.settings.sign_on_require_mfa and "mfa" not in (claims.get("amr") or ()):
            raise SignOnRefused("weak", "id token: amr")

    def _read(self, address: str, what: str) -> Any:
        try:
            with self._session() as session:
                answer = session.request("GET", address, withhold_token=True)
            answer.raise_for_status()
            return answer.json()
        except UNREADABLE as problem:
            raise SignOnRefused("away", f"{what}: no answer that can be read") from problem

    def _session(self, back: str = "", by: str = "client_secret_basic") -> "BoundedSession":
        return BoundedSession(
            self.settings.sign_on_client_id, self.settings.sign_on_client_secret,
            token_endpoint_auth_method=by, scope=SCOPE, redirect_uri=back,
            code_challenge_method="S256",
        )


class BoundedSession(OAuth2Session):  # type: ignore[misc]
    """Follows no redirect, and gives up what is slow, large or neither an answer nor a refusal."""

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        kwargs.update(timeout=SECONDS, allow_redirects=False, stream=True)
        until = time.monotonic() + SECONDS
        request.headers["Accept-Encoding"] = "identity"
        answer: Response = super().send(request, **kwargs)
        if answer.status_code not in (200, 400, 401):
            raise RequestException(f"answered with {answer.status_code}")
        body = bytearray()
        try:
            while part := answer.raw.read1(65_536, decode_content=False):
                body += part
                if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                    raise RequestException("too long")
        except HTTPError as problem:
            raise RequestException("broken off") from problem
        answer._content = bytes(body)
        answer._content_consumed = True
        answer.close()
        return answer
