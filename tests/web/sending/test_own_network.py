"""In a network of the council's own that it allows, programs are reached as elsewhere: by https,
and nobody is believed who only stands in their place."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest
from beginning import MORNING

from engine.background import NotDelivered
from web.sending.outside import Outside, Signed, post_signed

HERE = Path(__file__).parent
CERTIFICATE = HERE / "loopback.pem"
OWN = (ip_network("127.0.0.0/8"),)


class Program(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said):
        pass


class Server(HTTPServer):
    def handle_error(self, *_who):
        """Whoever does not trust it hangs up."""


@pytest.fixture
def port():
    """Of a program at 127.0.0.2, which its certificate names, signed by an authority of its own."""
    server = Server(("127.0.0.2", 0), Program)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE, HERE / "loopback.key")
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


def post(port, *, host="127.0.0.2", networks=OWN):
    message = Signed(uuid4(), f"https://{host}:{port}", (), MORNING, b"said")
    return post_signed(Outside(networks, loopback=False), message, read=100)


def test_it_is_reached_where_its_network_and_its_authority_are_named(port, monkeypatch):
    with pytest.raises(NotDelivered, match="private network"):
        post(port, networks=())
    with pytest.raises(NotDelivered, match="certificate is not trusted"):
        post(port)

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))

    assert post(port) == b"said"


def test_whoever_has_another_names_certificate_is_not_believed(port, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, to, *_rest, **_more: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", to))])

    with pytest.raises(NotDelivered, match="certificate is not trusted"):
        post(port, host="case-system.example")
