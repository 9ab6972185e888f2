"""`make soak`: Operating Pepway, followed word by word from an empty machine to a first sign-in.

As root, with debootstrap from the system's packages. The machine is a Debian with what README says
a server needs, and PostgreSQL, nginx, openssl and curl as Debian has them; pip's settings are this
machine's own. README's scripts, units, settings and proxy are run as they stand there, at the
places and ports that they name. Not word by word are only: `systemctl`, for which `systemctl.py`
stands in, the names of the example's hosts in /etc/hosts, the logins' password, which is the word
PASSWORD, and the proxy's certificate.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from environments import make_dist
from machine import Machine, alone
from operators_files import files, scripts
from over_http import Http
from processes import until
from visitor import Phone, Visitor

from engine.clock import SystemClock

NEEDED = "ca-certificates,python3,python3-venv"
"""What README asks of a server."""
BESIDE = "postgresql,nginx-light,openssl,curl"
TOOLS = ("debootstrap", "unshare", "ip")
PAGES, DATABASE = "pepway.council.example", "database.council.example"
PASSWORD = "four invented words here"
STARTS_WITHIN = 60
"""Seconds."""


def main() -> int:
    if missing := [each for each in TOOLS if not shutil.which(each)]:
        sys.stderr.write(f"README was not followed: install {' and '.join(missing)}.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        make_dist(Path(folder) / "dist")
        return alone(__file__, folder)


def follow(folder: Path) -> None:
    machine = Machine(folder / "root", f"{NEEDED},{BESIDE}")
    for each in (folder / "dist").iterdir():
        machine.copy(each, f"/root/{each.name}")
    [install] = scripts("Installing")
    machine.type(install)
    machine.leave_the_network()
    machine.add("/etc/hosts", f"127.0.0.1 localhost {PAGES} {DATABASE}\n")
    make_logins(machine)
    own_user, start, first_person = scripts("As services")
    machine.type(own_user)
    for path, text in files().items():
        machine.add(path, text)
    start_the_proxy(machine)
    machine.type(start)
    wait_for(machine)
    ada = Visitor(browser())
    heading = first_sign_in(ada, machine.type(first_person))
    for script in scripts("Upgrading"):
        machine.type(script)
    wait_for(machine)
    assert ada.open("/admin").heading == heading, "she is still signed in"
    sys.stdout.write(f"from nothing: installed, started, used and started again: {heading}\n")


def make_logins(machine: Machine) -> None:
    machine.type("pg_ctlcluster 15 main start")
    machine.type(scripts("PostgreSQL")[0], "postgres")
    machine.type("psql -d postgres -c \"ALTER ROLE pepway_owner PASSWORD 'PASSWORD'\""
                " -c \"ALTER ROLE pepway_web PASSWORD 'PASSWORD'\"", "postgres")


def start_the_proxy(machine: Machine) -> None:
    machine.type(f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={PAGES}"
                " -keyout /etc/nginx/pepway.key -out /etc/nginx/pepway.pem")
    machine.type("nginx")


def browser() -> Http:
    return Http(443, encrypted=True, host=PAGES)


def wait_for(machine: Machine) -> None:
    try:
        until(lambda: readyz() == "ready\n", STARTS_WITHIN)
    except AssertionError:
        sys.exit(machine.type("tail -n 20 /var/log/services/*"))


def readyz() -> str:
    try:
        return browser().get("/readyz").get_data(as_text=True)
    except OSError:
        return ""


def first_sign_in(ada: Visitor, said: str) -> str:
    """By the link that the command prints, and with an app for codes."""
    [link] = said.split()
    assert link.startswith(f"https://{PAGES}/choose-password/")
    page = ada.open(link.removeprefix(f"https://{PAGES}"))
    assert page.fill({"New password": PASSWORD}).press("Continue").status == 200
    ada.sign_in_with("ada.jessop@council.example", Phone(SystemClock()), PASSWORD)
    return ada.open("/admin").heading


if __name__ == "__main__":
    sys.exit(follow(Path(sys.argv[1])) if sys.argv[1:] else main())
