#!/usr/bin/python3
"""Stands in for systemd's own where systemd does not run: `start`, `restart`, `enable --now`.

Reads units and what is beside them from /etc/systemd/system, as far as README's say anything that
it can do: who a service works as, where, with which settings, where it may write, and that it gets
no rights. What it cannot do (the rest of the hardening, starting again what ended, the machine's
start) is left out. What a service says is in /var/log/services, its process in /run/services.
"""

import os
import pwd
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
LOGS, RUNNING = Path("/var/log/services"), Path("/run/services")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WITHIN_ITS_WALLS = """
mount --bind "$1" "$1"
mount -o remount,bind,ro /
mount -t tmpfs tmpfs /tmp
cd "$2"
umask "$3"
shift 3
exec "$@"
"""
"""A script that is given the folder of the service, where it works, and what it runs."""


class Unit:
    def __init__(self, name):
        self.name, at, self._instance = name.removesuffix(".service").partition("@")
        self.called = name
        self._said = []
        beside = UNITS / f"{self.name.partition('-')[0]}-.service.d"
        for file in (UNITS / f"{self.name}{at}.service", *sorted(beside.glob("*.conf"))):
            section = ""
            for line in file.read_text().splitlines():
                if line.startswith("["):
                    section = line
                elif "=" in line:
                    self._said.append((section, *line.split("=", 1)))

    def says(self, key, section="[Service]"):
        """Each time."""
        return [value.replace("%i", self._instance) for where, name, value in self._said
                if (where, name) == (section, key)]

    def says_once(self, key):
        [value] = self.says(key)
        return value

    @property
    def environment(self):
        user = pwd.getpwnam(self.says_once("User"))
        told = {"PATH": PATH, "HOME": user.pw_dir, "USER": user.pw_name}
        told |= dict(each.split("=", 1) for each in self.says("Environment"))
        for each in self.says("EnvironmentFile"):
            file = Path(each.removeprefix("-"))
            if file.exists() or not each.startswith("-"):
                lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
                told |= {name: value.strip("'\"") for name, value in
                         (line.split("=", 1) for line in lines if line)}
        return told

    @property
    def command(self):
        user = self.says_once("User")
        own = Path("/var/lib") / self.says_once("StateDirectory")
        if not own.exists():
            own.mkdir()
            own.chmod(int(self.says_once("StateDirectoryMode"), 8))
            os.chown(own, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        return ["unshare", "--mount", "sh", "-ec", WITHIN_ITS_WALLS, "sh", str(own),
                self.says_once("WorkingDirectory"), self.says_once("UMask"),
                "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups",
                "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                *shlex.split(self.says_once("ExecStart"))]

    def start(self):
        with (LOGS / self.called).open("ab") as log:
            process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        if self.says("Type") == ["oneshot"]:
            return process.wait()
        (RUNNING / self.called).write_text(str(process.pid))
        return 0

    def stop(self):
        """Told to, and gone before this returns."""
        running = RUNNING / self.called
        if not running.exists():
            return
        process = int(running.read_text())
        os.kill(process, signal.SIGTERM)
        give_up = time.monotonic() + int(self.says_once("TimeoutStopSec"))
        while is_there(process):
            if time.monotonic() > give_up:
                sys.exit(f"{self.called} does not end")
            time.sleep(0.1)
        running.unlink()


def is_there(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main(verb, *names):
    for folder in (LOGS, RUNNING):
        folder.mkdir(exist_ok=True)
    if verb == "enable" and names[:1] == ("--now",):
        names = names[1:]
    elif verb not in ("start", "restart"):
        sys.exit(f"{verb} is not one of the verbs that are stood in for")
    for unit in map(Unit, names):
        if verb == "enable" and not unit.says("WantedBy", "[Install]"):
            sys.exit(f"{unit.called} says not when it is wanted")
        if verb == "restart":
            unit.stop()
        if unit.start():
            sys.exit(f"{unit.called} failed: {(LOGS / unit.called).read_text()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
