"""What is asked of a mail server before it gets a letter: encryption, a certificate, a user."""

import socket
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from engine.background import NotDelivered, RefusedForGood
from web.sending.smtp import MailServer
from workflows.telling.letters import Letter

HERE = "127.0.0.2"
"""Loopback, but not a name of this machine that is let off encryption."""
FOLDER = Path(__file__).parent
LETTER = Letter(UUID(int=7), "wilma@council.example", "A task", "Read more",
                datetime(2026, 3, 25, 9, tzinfo=UTC))


class Server(Controller):
    """With a user `pepway` and a certificate of its own."""

    def __init__(self, *, encrypted=False, starts_tls=False, wants_user=False):
        self.taken, self.was_encrypted = [], []
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(FOLDER / "loopback.pem", FOLDER / "loopback.key")
        self._asks = {"require_starttls": starts_tls, "auth_required": wants_user,
                      "tls_context": context if starts_tls else None,
                      "authenticator": self._is_known}
        super().__init__(self, hostname=HERE, port=free_port(),
                         ssl_context=context if encrypted else None)

    def factory(self):
        return SMTP(self, **self._asks)

    def _is_known(self, _server, _session, _envelope, _mechanism, said):
        is_known = (said.login, said.password) == (b"pep@way", b"s/cret")
        return AuthResult(success=is_known, handled=False)

    def _trigger_server(self):
        """Its own look whether it answers, which trusts the certificate."""
        if self.ssl_context is None:
            return super()._trigger_server()
        trusting = ssl.create_default_context(cafile=FOLDER / "loopback.pem")
        with socket.create_connection((HERE, self.port), 5) as plain, \
                trusting.wrap_socket(plain, server_hostname=HERE) as encrypted:
            encrypted.recv(100)

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 - so it is called
        self.taken.append(envelope.rcpt_tos)
        self.was_encrypted.append(session.ssl is not None or self.ssl_context is not None)
        return "250 taken"


def free_port():
    with socket.socket() as free:
        free.bind((HERE, 0))
        return free.getsockname()[1]


@contextmanager
def serving(**asks):
    server = Server(**asks)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def trusted(monkeypatch):
    """The council's own authority, as README says."""
    monkeypatch.setenv("SSL_CERT_FILE", str(FOLDER / "loopback.pem"))


def send(server, scheme="smtp", user="", more=""):
    url = f"{scheme}://{user}{HERE}:{server.port}{more}"
    MailServer(url, "pepway@council.example", "pep.council.example").send(LETTER)


def test_a_server_that_offers_no_encryption_gets_nothing():
    with serving() as server:
        with pytest.raises(NotDelivered, match="STARTTLS"):
            send(server)
        assert server.taken == []


def test_a_server_inside_may_be_let_off_encryption():
    with serving() as server:
        send(server, more="?tls=none")
        assert server.taken == [["wilma@council.example"]]


@pytest.mark.parametrize(("scheme", "asks"), [
    ("smtp", {"starts_tls": True}), ("smtps", {"encrypted": True}),
])
def test_a_letter_is_encrypted_on_its_way(trusted, scheme, asks):
    with serving(**asks) as server:
        send(server, scheme)
        assert server.was_encrypted == [True]


@pytest.mark.parametrize(("scheme", "asks"), [
    ("smtp", {"starts_tls": True}), ("smtps", {"encrypted": True}),
])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(scheme, asks):
    with serving(**asks) as server:
        with pytest.raises(NotDelivered, match="certificate is not trusted"):
            send(server, scheme)
        assert server.taken == []


def test_the_user_of_the_address_signs_in(trusted):
    with serving(starts_tls=True, wants_user=True) as server:
        send(server, user="pep%40way:s%2Fcret@")
        assert len(server.taken) == 1


def test_a_wrong_password_is_said_and_tried_again_for_it_may_be_put_right(trusted):
    with serving(starts_tls=True, wants_user=True) as server:
        with pytest.raises(NotDelivered, match="PEPWAY_MAIL_URL") as told:
            send(server, user="pep%40way:wrong@")
        assert not isinstance(told.value, RefusedForGood)
        assert "wrong" not in told.value.reason
