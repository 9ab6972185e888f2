"""A program that is told what happens, as a process of its own that a test kills and starts again.

Whatever it was sent and has answered stands in its file, a JSON object a line. As a case system it
gives each message a reference, the same again where the message comes again.
"""

import json
import os
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

REFERENCE, ENDLESS, SILENT = "a reference", "without an end", "nothing"
FIRST_REFERENCE = 4711


class Receiver:
    def __init__(self, folder: Path, port: int) -> None:
        self.file, self.port = folder / "received", port
        self.file.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self, answer: int = 200, says: str = "") -> None:
        """`says` is what stands in the answer; `REFERENCE` a reference, `ENDLESS` more and more of
        it, `SILENT` is no answer at all."""
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.file), str(self.port), str(answer), says])
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the receiver does not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def got(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]


class Handler(BaseHTTPRequestHandler):
    file: Path
    status: int
    says: str
    known: ClassVar[dict[str | None, int]] = {}

    def do_GET(self) -> None:
        self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.file.open("a") as kept:
            named = {name.lower(): value for name, value in self.headers.items()}
            kept.write(json.dumps({**named, "body": body}) + "\n")
            kept.flush()
            os.fsync(kept.fileno())
        if self.says == SILENT:
            time.sleep(60)
        elif self.says == ENDLESS:
            self._answer(self.status, b'{"reference": "', 10**12)
            while True:
                self.wfile.write(b"4711" * 4_096)
        elif self.says == REFERENCE:
            self._answer(self.status, json.dumps({"reference": str(self._reference())}).encode())
        else:
            self._answer(self.status, self.says.encode())

    def _reference(self) -> int:
        return self.known.setdefault(self.headers["webhook-id"], FIRST_REFERENCE + len(self.known))

    def _answer(self, code: int, body: bytes, length: int | None = None) -> None:
        self.send_response(code)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        pass


class Server(HTTPServer):
    def handle_error(self, *_who: object) -> None:
        """Whoever has heard enough hangs up."""


if __name__ == "__main__":
    Handler.file, Handler.status, Handler.says = Path(sys.argv[1]), int(sys.argv[3]), sys.argv[4]
    Server(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
