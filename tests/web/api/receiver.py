"""A program that is told what happens, as a process of its own that a test kills and starts again.

Whatever it was sent and has answered stands in its file, a JSON object a line.
"""

import json
import os
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Receiver:
    def __init__(self, folder: Path, port: int) -> None:
        self.file, self.port = folder / "received", port
        self.file.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self, answer: int = 200) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.file), str(self.port), str(answer)])
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


def _serve(file: str, port: int, status: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            with Path(file).open("a") as kept:
                named = {name.lower(): value for name, value in self.headers.items()}
                kept.write(json.dumps({**named, "body": body}) + "\n")
                kept.flush()
                os.fsync(kept.fileno())
            self._answer(status)

        def _answer(self, code: int) -> None:
            self.send_response(code)
            self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
