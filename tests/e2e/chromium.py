"""Finds a Chromium: the machine's own, else the one that npm's @sparticuz/chromium carries."""

import errno
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{fonts}-cache</cachedir>
</fontconfig>
"""
STARTS_WITHIN = 60
"""Seconds after unpacking."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Chromium:
    executable: str
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    for name in NAMES:
        if path := shutil.which(name):
            return Chromium(path)
    return unpack_chromium()


def unpack_chromium() -> Chromium:
    """Needs neither root nor a package of the system: libraries and fonts come with it."""
    folder = ROOT / "var" / "chromium"
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("unpack_chromium.mjs"))],  # noqa: S607 - any node
        check=True, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(folder)},
    )
    found = json.loads(done.stdout)
    settings = folder / "fonts.conf"
    settings.write_text(FONTS.format(fonts=found["fonts"]))
    unpacked = Chromium(
        found["executable"],
        {"LD_LIBRARY_PATH": found["libraries"], "FONTCONFIG_FILE": str(settings)},
    )
    wait_until_it_starts(unpacked)
    return unpacked


def wait_until_it_starts(chromium: Chromium) -> None:
    """A program that was just written may be "text file busy" for a moment (seen under load)."""
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            subprocess.run(
                [chromium.executable, "--version"], check=True, capture_output=True,
                env={**os.environ, **chromium.environment},
            )
        except OSError as busy:
            if busy.errno != errno.ETXTBSY or time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
