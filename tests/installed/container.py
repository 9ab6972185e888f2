"""`make soak`: the image of the Containerfile, built and used.

As root, with buildah and debootstrap from the system's packages. The base is a Debian made here, so
that no registry of images is asked; pip's settings are this machine's own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environments import ROOT, make_dist
from over_http import Http
from postgres import free_port
from running import wait_until
from visitor import Visitor

FILE = ROOT / "web/commands/Containerfile"
BASE, IMAGE = "localhost/pepway-base", "localhost/pepway"
TOOLS = ("buildah", "debootstrap")
DEBIAN = "bookworm"
PACKAGES = "ca-certificates,python3,python3-venv"
HOW = {**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
MAKES_A_COUNCIL = 300
"""Seconds."""


def main() -> int:
    if missing := [each for each in TOOLS if not shutil.which(each)]:
        sys.stderr.write(f"The container was not tried: install {' and '.join(missing)}.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        HOW["STORAGE_ROOT"] = f"{folder}/images"
        build(Path(folder))
        with running(Path(folder)) as port:
            seen = look_around(port)
    sys.stdout.write(f"the container: built, and used: {seen}\n")
    return 0


def build(folder: Path) -> None:
    run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", DEBIAN, f"{folder}/base")
    base = buildah("from", "scratch")
    buildah("add", base, f"{folder}/base")
    buildah("commit", base, BASE)
    make_dist(folder / "dist")
    buildah("build", "--network=host", *shared(folder), f"--build-arg=BASE={BASE}",
            f"--file={FILE}", f"--tag={IMAGE}", f"{folder}/dist")


def shared(folder: Path) -> list[str]:
    """What pip is told on this machine, and what it is told of."""
    told = {name.removeprefix("PIP_").lower().replace("_", "-"): value
            for name, value in os.environ.items() if name.startswith("PIP_")}
    settings = folder / "pip.conf"
    settings.write_text("[global]\n" + "".join(f"{name}={each}\n" for name, each in told.items()))
    places = {each for each in (*told.values(), "/etc/ssl/certs") if Path(each).is_dir()}
    return [f"--volume={settings}:/etc/pip.conf:ro",
            *(f"--volume={each}:{each}:ro" for each in sorted(places))]


@contextmanager
def running(folder: Path) -> Iterator[int]:
    port = free_port()
    settings = {"PEPWAY_DEMO": "1", "PEPWAY_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    container = buildah("from", IMAGE)
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [shutil.which("buildah"), f"--root={HOW['STORAGE_ROOT']}", "run",
             *(f"--env={name}={value}" for name, value in settings.items()), container, "--",
             "pepway", "serve", f"--port={port}"],
            env=HOW, stdout=said, stderr=said)
        try:
            wait_until(lambda: is_ready(port), MAKES_A_COUNCIL)
            assert buildah("run", container, "--", "id", "--user") == "10001"
            yield port
        finally:
            process.terminate()
            process.wait(60)


def is_ready(port: int) -> bool:
    try:
        return Http(port).get("/readyz").status_code == 200
    except OSError:
        return False


def look_around(port: int) -> str:
    visitor = Visitor(Http(port))
    visitor.sign_in("grace.holmwood@marrowdale.example")
    return visitor.open("/tasks").heading


def buildah(*words: str) -> str:
    return run("buildah", f"--root={HOW['STORAGE_ROOT']}", *words)


def run(*words: str) -> str:
    """What it says at last."""
    done = subprocess.run(words, env=HOW, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().rpartition("\n")[2]


if __name__ == "__main__":
    sys.exit(main())
