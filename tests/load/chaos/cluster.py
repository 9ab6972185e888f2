"""A primary and its synchronous standby, each a machine of its own on loopback.

What an operator does to them is done by the scripts of README's section on the standby, as they
stand there.
"""

import re
import time
from pathlib import Path

import psycopg
from postgres import Postgres, name_of

README = Path(__file__).parents[3] / "web/commands/README.md"
SECTION = "## A standby"


class Cluster:
    """Which of the two is the primary changes; the address of both stays."""

    def __init__(self, *, durable: bool = False, inside: Path | None = None) -> None:
        self.primary = Postgres(durable=durable, inside=inside)
        self.standby = Postgres(durable=durable, inside=inside)
        self._is_alone = True
        section = re.split(r"^##", README.read_text().partition(SECTION)[2], flags=re.MULTILINE)[0]
        scripts = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        self._follow, self._wait_for_it, self._promote = scripts
        self._hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"

    def start(self) -> None:
        self.primary.start()
        self.primary.shell("mkdir -p srv")
        self.standby.prepare()
        self.add_standby()

    def stop(self) -> None:
        for server in (self.primary, self.standby):
            server.stop()

    def new_database(self) -> str:
        """The URL of an empty one, which is good whichever of the two is the primary."""
        return self.address(name_of(self.primary.new_database()))

    def address(self, name: str) -> str:
        return f"postgresql://pepway@{self._hosts}/{name}?target_session_attrs=read-write"

    def add_standby(self) -> None:
        """Made anew from the primary, where none follows it; whatever it had is thrown away."""
        if self._is_alone:
            self.standby.shell('rm -rf "$PGDATA"; mkdir -p srv')
            self._run(self.standby, self._follow, PGPORT=str(self.primary.port))
            self._run(self.primary, self._wait_for_it)
            self._is_alone = False
        while not self._is_synchronous():
            time.sleep(0.05)

    def crash(self) -> None:
        """The primary stops at once and is started again."""
        self.primary.halt()
        self.primary.resume()

    def fail_over(self) -> None:
        """The primary dies with its machine, and the standby takes over."""
        self.primary.kill()
        self.promote()

    def promote(self) -> None:
        self._run(self.standby, self._promote)
        self.primary, self.standby = self.standby, self.primary
        self._is_alone = True

    def wait_for_no_standby(self) -> None:
        """Commits are acknowledged before another machine has them."""
        self.primary.shell(
            'psql -d postgres -c "ALTER SYSTEM RESET synchronous_standby_names"'
            ' -c "SELECT pg_reload_conf()"'
        )

    def _is_synchronous(self) -> bool:
        with psycopg.connect(self.primary.url("postgres")) as connection:
            found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
        return found == [("sync",)]

    def _run(self, server: Postgres, script: str, **environment: str) -> None:
        """With folders of this machine's own, and the server's own port."""
        said = script.replace("/srv", f"{server.folder}/srv")
        said = said.replace("pg_ctl start", f"pg_ctl start -o '{server.options}'")
        server.shell(said, **environment)
