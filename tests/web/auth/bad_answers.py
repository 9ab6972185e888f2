"""Everything that a council's sign-on, or whoever stands between, may say that must be refused.

Each case is a name, what the provider of the tests is told to do, and what the audit then says.
"""

FOREIGN = "someone-else"
AGES = 10**30

ID_TOKENS = {
    "alg none": ({"header": {"alg": "none"}, "unsigned": " "}, "id token"),
    "alg none, with a signature": ({"header": {"alg": "none"}, "unsigned": "abcd"}, "id token"),
    "alg nOnE": ({"header": {"alg": "nOnE"}, "unsigned": " "}, "id token"),
    "no alg": ({"header": {"alg": None}, "unsigned": "abcd"}, "id token"),
    "alg that nobody knows": ({"header": {"alg": "XX256"}, "unsigned": "abcd"}, "id token"),
    "HS256 with the public key": (
        {"header": {"alg": "HS256"}, "key": "public key as secret"}, "id token"),
    "HS256 with the client secret": (
        {"header": {"alg": "HS256"}, "key": "client secret"}, "id token"),
    "HS256 without a key's id": (
        {"header": {"alg": "HS256", "kid": None}, "key": "client secret"}, "id token"),
    "alg changed after signing": ({"header_after": {"alg": "RS512"}}, "id token"),
    "alg of another kind of key": ({"header_after": {"alg": "ES256"}}, "id token"),
    "claims changed after signing": ({"payload_after": {"sub": "subject-of-wilma2"}}, "id token"),
    "key that is not published": (
        {"header": {"kid": "second"}, "key": "second"}, "id token: InvalidKeyIdError"),
    "key's id that nobody knows": ({"header": {"kid": "nobody"}}, "id token: InvalidKeyIdError"),
    "another's key under the id of ours": ({"key": "thief"}, "id token: BadSignatureError"),
    "our key under the id of another": ({"header": {"kid": "curve"}}, "id token"),
    "no key's id where there are two keys": ({"header": {"kid": None}}, "id token"),
    "key's id as a path": ({"header": {"kid": "../../dev/null"}}, "id token: InvalidKeyIdError"),
    "key's id as a number": ({"header": {"kid": 7}}, "id token"),
    "key in the header": (
        {"header": {"jwk": "own"}, "key": "thief"}, "id token"),
    "key in the header under no id": (
        {"header": {"jwk": "own", "kid": None}, "key": "thief"}, "id token"),
    "address of a key in the header": (
        {"header": {"jku": "http://127.0.0.1:9/keys", "kid": "thief"}, "key": "thief"}, "id token"),
    "a critical header": ({"header": {"crit": ["exp2"], "exp2": 1}}, "id token"),
    "typ of an access token": ({"header": {"typ": "at+jwt"}}, "id token: typ"),
    "typ of a logout token": ({"header": {"typ": "logout+jwt"}}, "id token: typ"),
    "typ of another kind": ({"header": {"typ": "secevent+jwt"}}, "id token: typ"),
    "issuer of somebody else": ({"claims": {"iss": "https://evil.example"}}, "id token: Invalid"),
    "issuer of another tenant": ({"claims": {"iss": "<other tenant>"}}, "id token: Invalid"),
    "issuer with a slash": ({"claims": {"iss": "<issuer>/"}}, "id token: Invalid"),
    "issuer as a list": ({"claims": {"iss": ["<issuer>"]}}, "id token: Invalid"),
    "no issuer": ({"without": ["iss"]}, "id token: Missing"),
    "tenant of somebody else": (
        {"claims": {"tid": "ffffffff-1111-2222-3333-444455556666"}}, "id token: tid"),
    "no tenant": ({"without": ["tid"]}, "id token: tid"),
    "audience of somebody else": ({"claims": {"aud": FOREIGN}}, "id token"),
    "two audiences": ({"claims": {"aud": ["<client>", FOREIGN]}}, "id token"),
    "two audiences and ours as the party": (
        {"claims": {"aud": ["<client>", FOREIGN], "azp": "<client>"}}, "id token: aud"),
    "no audience": ({"without": ["aud"]}, "id token: Missing"),
    "empty audience": ({"claims": {"aud": []}}, "id token"),
    "audience as an object": ({"claims": {"aud": {"a": "<client>"}}}, "id token"),
    "another authorised party": ({"claims": {"azp": FOREIGN}}, "id token: Invalid"),
    "expired": ({"moments": {"exp": -61}}, "id token: Expired"),
    "expired for a year": ({"moments": {"exp": -31_536_000}}, "id token: Expired"),
    "no expiry": ({"without": ["exp"]}, "id token: Missing"),
    "expiry as words": ({"claims": {"exp": "tomorrow"}}, "id token: Invalid"),
    "expiry that is true": ({"claims": {"exp": True}}, "id token: Invalid"),
    "expiry never": ({"claims": {"exp": "<infinite>"}}, "id token"),
    "expiry that is no number": ({"claims": {"exp": "<nan>"}}, "id token"),
    "not valid yet": ({"moments": {"nbf": 61}}, "id token: Invalid"),
    "issued in the future": ({"moments": {"iat": 61}}, "id token: Invalid"),
    "issued in all ages": ({"claims": {"iat": AGES}}, "id token: Invalid"),
    "no moment of issue": ({"without": ["iat"]}, "id token: Missing"),
    "no nonce": ({"without": ["nonce"]}, "id token: Missing"),
    "nonce of another": ({"claims": {"nonce": "another"}}, "id token: Invalid"),
    "empty nonce": ({"claims": {"nonce": ""}}, "id token: Invalid"),
    "nonce that is null": ({"claims": {"nonce": "<null>"}}, "id token: Missing"),
    "nonce as a list": ({"claims": {"nonce": []}}, "id token: Invalid"),
    "no subject": ({"without": ["sub"]}, "id token: Missing"),
    "empty subject": ({"claims": {"sub": ""}}, "id token: Invalid"),
    "subject of spaces": ({"claims": {"sub": "   "}}, "id token: sub"),
    "subject as a number": ({"claims": {"sub": 7}}, "id token: Invalid"),
    "subject that is null": ({"claims": {"sub": "<null>"}}, "id token: Missing"),
    "subject too long": ({"claims": {"sub": "s" * 256}}, "id token: sub"),
    "hash of another access token": ({"claims": {"at_hash": "AAAA"}}, "id token: Invalid"),
    "claims that are no object": ({"payload": "[]"}, "id token: InvalidPayloadError"),
    "claims that are no JSON": ({"payload": "<html>"}, "id token: InvalidPayloadError"),
    "claims nested without end": ({"payload": "[" * 20_000}, "id token"),
    "claims of 1 MB": ({"claims": {"name": "<1 MB>"}}, "token"),
    "cut off": ({"token": "cut"}, "id token"),
    "two parts": ({"token": "two parts"}, "id token"),
    "five parts": ({"token": "five parts"}, "id token"),
    "1 MB": ({"token": "1 MB"}, "token: no answer that can be read"),
    "70 kB": ({"token": "70 kB"}, "id token: missing or too long"),
    "empty": ({"token": "empty"}, "id token: missing or too long"),
    "a number": ({"token": "a number"}, "id token: missing or too long"),
    "an object": ({"token": "an object"}, "id token: missing or too long"),
    "a list": ({"token": "a list"}, "id token: missing or too long"),
    "with a space": ({"token": "with a space"}, "id token"),
}
"""ID tokens, as the token endpoint gives them."""

TOKEN_ENDPOINT = {
    "fails": ({"token_answers": {"status": 500}}, "token: no answer"),
    "is busy": ({"token_answers": {"status": 503, "body": "{}"}}, "token: no answer"),
    "redirects": ({"token_answers": {"to": "/elsewhere"}}, "token: no answer"),
    "redirects with a token": ({"token_answers": {"status": 302}}, "token: no answer"),
    "says created": ({"token_answers": {"status": 201}}, "token: no answer"),
    "is a page": (
        {"token_answers": {"body": "<html>Sign in</html>", "type": "text/html"}}, "token: no"),
    "is no object": ({"token_answers": {"body": "[]"}}, "token: no answer"),
    "is empty": ({"token_answers": {"body": ""}}, "token: no answer"),
    "is nested without end": ({"token_answers": {"body": "[" * 100_000}}, "token"),
    "is silent": ({"token_answers": {"after": 3}}, "token: no answer"),
    "drips": ({"token_answers": {"drips": True}}, "token: no answer"),
    "is 1 MB": ({"token_answers": {"body": "<1 MB>"}}, "token: no answer"),
    "refuses the code": (
        {"token_answers": {"status": 400, "body": {"error": "invalid_grant"}}},
        "token: the code was refused"),
    "refuses Pepway": (
        {"token_answers": {"status": 401, "body": {"error": "invalid_client"}}},
        "token: the code was refused"),
    "says an error with 200": (
        {"token_answers": {"body": {"error": "access_denied"}}}, "token: the code was refused"),
    "gives no ID token": (
        {"token_answers": {"body": {"access_token": "a", "token_type": "Bearer"}}},
        "id token: missing"),
}

DISCOVERY = {
    "names another issuer": (
        {"discovery_says": {"issuer": "https://evil.example"}}, "discovery: issuer"),
    "names another tenant": (
        {"discovery_says": {"issuer": "<other tenant>"}}, "discovery: issuer"),
    "names the issuer with a slash": (
        {"discovery_says": {"issuer": "<issuer>/"}}, "discovery: issuer"),
    "has no issuer": ({"discovery_answers": {"body": {}}}, "discovery: not readable"),
    "asks for the code without https": (
        {"discovery_says": {"token_endpoint": "http://evil.example/token"}},
        "discovery: an address without https"),
    "has keys without https": (
        {"discovery_says": {"jwks_uri": "http://evil.example/keys"}},
        "discovery: an address without https"),
    "sends to a script": (
        {"discovery_says": {"authorization_endpoint": "javascript:alert(1)"}},
        "discovery: an address without https"),
    "has keys in a file": (
        {"discovery_says": {"jwks_uri": "file:///etc/passwd"}},
        "discovery: an address without https"),
    "fails": ({"discovery_answers": {"status": 500}}, "discovery: no answer"),
    "is not there": ({"discovery_answers": {"status": 404}}, "discovery: no answer"),
    "redirects": ({"discovery_answers": {"to": "/elsewhere"}}, "discovery: no answer"),
    "is a page": ({"discovery_answers": {"body": "<html>"}}, "discovery: no answer"),
    "is a list": ({"discovery_answers": {"body": "[]"}}, "discovery: not readable"),
    "is 1 MB": ({"discovery_answers": {"body": "<1 MB>"}}, "discovery: no answer"),
    "is silent": ({"discovery_answers": {"after": 3}}, "discovery: no answer"),
    "drips": ({"discovery_answers": {"drips": True}}, "discovery: no answer"),
}
"""What keeps anybody from being sent there."""

KEYS = {
    "fail": ({"keys_answers": {"status": 500}}, "keys: no answer"),
    "redirect": ({"keys_answers": {"to": "/elsewhere"}}, "keys: no answer"),
    "are a page": ({"keys_answers": {"body": "<html>"}}, "keys: no answer"),
    "are no object": ({"keys_answers": {"body": "[]"}}, "keys: not readable"),
    "are none": ({"keys_answers": {"body": {"keys": []}}}, "keys: not readable"),
    "are no keys": ({"keys_answers": {"body": {"keys": ["a", 7, None]}}}, "keys: not readable"),
    "are broken": (
        {"keys_answers": {"body": {"keys": [{"kty": "RSA", "kid": "first", "n": "?", "e": "?"}]}}},
        "keys: not readable"),
    "are secrets": (
        {"keys_answers": {"body": {"keys": [{"kty": "oct", "kid": "first", "k": "YWJj"}]}}},
        "keys: not readable"),
    "are for encrypting": (
        {"keys_answers": {"body": {"keys": [
            {"kty": "RSA", "kid": "first", "use": "enc", "n": "AQAB", "e": "AQAB"}]}}},
        "keys: not readable"),
    "are 1 MB": ({"keys_answers": {"body": "<1 MB>"}}, "keys: no answer"),
    "are silent": ({"keys_answers": {"after": 3}}, "keys: no answer"),
}

RESPONSES = {
    "in another issuer's name": ({"response": {"iss": "https://evil.example"}}, "response: iss"),
    "in another tenant's name": ({"response": {"iss": "<other tenant>"}}, "response: iss"),
    "in nobody's name": ({"response": {"iss": None}}, "response: iss"),
    "with an empty name": ({"response": {"iss": ""}}, "response: iss"),
    "in another's name where it need not say": (
        {"response": {"iss": "https://evil.example"},
         "discovery_says": {"authorization_response_iss_parameter_supported": False}},
        "response: iss"),
    "without a state": ({"response": {"state": None}}, "response: state"),
    "with an empty state": ({"response": {"state": ""}}, "response: state"),
    "with a state of its own": ({"response": {"state": "guess"}}, "response: state"),
    "with two states": ({"response": {"state": ["a", "b"]}}, "response: state"),
    "with two codes": ({"response": {"code": ["a", "b"]}}, "response: state"),
    "without a code": ({"response": {"code": None}}, "response: code"),
    "with an empty code": ({"response": {"code": ""}}, "response: code"),
    "with a code too long": ({"response": {"code": "c" * 4_097}}, "response: code"),
    "with a code that breaks a line": ({"response": {"code": "a\r\nb"}}, "response: code"),
    "with a code of another": ({"response": {"code": "guess"}}, "token: the code was refused"),
    "that declines": (
        {"response": {"error": "access_denied", "code": None}}, "response: access_denied"),
    "that declines and has a code": (
        {"response": {"error": "login_required"}}, "response: login_required"),
    "that declines with a script": (
        {"response": {"error": "<script>alert(1)</script>", "code": None,
                      "error_description": "<script>alert(2)</script>"}},
        "response: not one of OAuth's words"),
}
"""What the browser brings back."""
