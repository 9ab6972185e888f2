"""What README says of nightly, encrypted backups is run as it stands there, and brought back."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "web/commands/README.md"
PEPWAY = Path(sys.executable).parent
KEYS = {"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32}
TONIGHT = f"pepway-{datetime.now().astimezone():%Y-%m-%d}"


class Server:
    """README's scripts in their order, each with this machine's own folders."""

    def __init__(self, root):
        section = README.read_text().partition("#### Each night, encrypted")[2]
        scripts = re.findall(r"^```sh\n(.*?)^```$", section.partition("\n### ")[0],
                             re.DOTALL | re.MULTILINE)
        self.keys, self.nightly, self.drill = scripts
        self.root, self.backup, self.home = root, root / "srv/backup", root / "var/lib/pepway"
        for folder in ("srv/backup", "srv/drill", "etc/pepway", "var/lib/pepway"):
            (root / folder).mkdir(parents=True, exist_ok=True)

    def run(self, script):
        for folder in ("/srv/", "/etc/", "/var/lib/"):
            script = script.replace(folder, f"{self.root}{folder}")
        script = script.replace("pepway-2026-03-25", TONIGHT)
        path = f"{PEPWAY}:{os.environ['PATH']}"
        url = f"sqlite:///{self.home}/pepway.db"
        return subprocess.run(
            ["/bin/sh", "-c", script], cwd=self.root / "srv/drill", text=True, check=False,
            env={**KEYS, "PATH": path, "PEPWAY_DATABASE_URL": url}, capture_output=True,
        )

    def done(self, script):
        ended = self.run(script)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def kept(self):
        return sorted(each.name for each in self.backup.iterdir())


@pytest.fixture(scope="module")
def after_a_night(tmp_path_factory, sqlite_template):
    """A server with its keys and someone in its database, and one backup."""
    server = Server(tmp_path_factory.mktemp("night"))
    server.done(server.keys)
    shutil.move(server.root / "srv/drill/backup.pem", server.root / "etc/pepway")
    shutil.copyfile(sqlite_template, server.home / "pepway.db")
    server.done("pepway user add --name 'Wilma Ashdown' --role social_worker "
                "--email wilma@council.example --password 'three random words'")
    server.done(server.nightly)
    return server.root


@pytest.fixture
def server(after_a_night, tmp_path):
    return Server(Path(shutil.copytree(after_a_night, tmp_path / "server")))


def test_a_night_is_kept_encrypted_and_comes_back_as_it_was(server):
    assert server.kept() == [f"{TONIGHT}{ending}"
                             for ending in (".anchor", ".db.gz.cms", ".json", ".sha256")]
    for file in server.backup.iterdir():
        assert b"SQLite" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in server.home.glob("pepway-*")] == []

    said = server.done(server.drill)

    summed_up = json.loads(said.splitlines()[-1])
    assert (summed_up["whole"], summed_up["anchors"]) == (True, 1)
    assert b"Wilma Ashdown" in (server.root / "srv/drill/restored.db").read_bytes()


def test_a_backup_that_was_damaged_is_found_by_the_drill(server):
    backup = server.backup / f"{TONIGHT}.db.gz.cms"
    damaged = bytearray(backup.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    backup.write_bytes(damaged)

    assert server.run(server.drill).returncode != 0


def test_a_backup_that_has_less_than_was_counted_is_found_by_the_drill(server):
    counted = server.backup / f"{TONIGHT}.json"
    assert '"audit": 2' in counted.read_text()
    counted.write_text(counted.read_text().replace('"audit": 2', '"audit": 3'))

    ended = server.run(server.drill)

    assert '"whole": true' in ended.stdout
    assert ended.returncode != 0


def test_a_night_that_fails_says_so_and_leaves_nothing_that_can_be_read(server):
    (server.root / "etc/pepway/backup.pem").unlink()
    (server.backup / f"{TONIGHT}.db.gz.cms").unlink()

    assert server.run(server.nightly).returncode != 0

    assert f"{TONIGHT}.db.gz.cms" not in server.kept()
    assert list(server.home.glob("pepway-*")) == []
