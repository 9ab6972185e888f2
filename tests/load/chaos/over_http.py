"""A browser's way to a real server: one connection a request, cookies kept, redirects followed."""

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

FORM = "application/x-www-form-urlencoded"
LOST = (ConnectionError, http.client.HTTPException, socket.timeout, TimeoutError)
"""What a browser meets where the server dies."""


@dataclass(frozen=True)
class Asked:
    full_path: str


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: http.client.HTTPMessage
    body: bytes
    request: Asked

    @property
    def location(self) -> str:
        """The path that the browser is sent on to, or nothing."""
        return urlsplit(self.headers.get("Location", "")).path

    def get_data(self, *, as_text: bool) -> str:
        assert as_text
        return self.body.decode()


@dataclass
class Http:
    """Offers what `visitor.Visitor` asks of Flask's own client."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 60
    keeps_cookies: bool = True
    """Off: each request goes as the first one did."""
    encrypted: bool = False
    """To a proxy, whose certificate anybody may have made."""
    host: str = ""
    """The name that it is asked by, where that is not its address."""

    def get(self, address: str, *, follow_redirects: bool = True) -> Answer:
        return self._followed(self.ask("GET", address), follow=follow_redirects)

    def post(
        self, address: str, *, data: Mapping[str, Sequence[str]] | Sequence[tuple[str, str]],
        follow_redirects: bool = True,
    ) -> Answer:
        body = urlencode(data, doseq=True)
        return self._followed(self.ask("POST", address, body), follow=follow_redirects)

    def ask(self, method: str, address: str, body: str | bytes = "", kind: str = FORM) -> Answer:
        """One request. Raises one of `LOST` where no whole answer comes."""
        connection = self._connection()
        headers = {"Cookie": self.cookie, "Connection": "close"}
        if body:
            headers["Content-Type"] = kind
        if self.host:
            headers["Host"] = self.host
        try:
            connection.request(method, address, body or None, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), Asked(address))
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []) if self.keeps_cookies else ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        if not self.encrypted:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.timeout,
                                           context=anybody)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _followed(self, answer: Answer, *, follow: bool) -> Answer:
        while follow and "Location" in answer.headers:
            to = urlsplit(urljoin(answer.request.full_path, answer.headers["Location"]))
            answer = self.ask("GET", f"{to.path}?{to.query}" if to.query else to.path)
        return answer


@dataclass
class Either(Http):
    """Goes to another web process where one takes no connection, as README's proxy does."""

    other: int = 0

    def ask(self, method: str, address: str, body: str | bytes = "", kind: str = FORM) -> Answer:
        try:
            return super().ask(method, address, body, kind)
        except ConnectionRefusedError:
            self.port, self.other = self.other, self.port
            return super().ask(method, address, body, kind)
