"""An environment of its own with nothing in it but the wheel and what a council runs.

The packages are those of the tests' environment, reached by links, so that no registry is asked.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMIT = "1774429200"
"""The moment of the commit of which tests make a wheel: any will do."""


def make_dist(into: Path, root: Path = ROOT) -> Path:
    """The wheel; beside it lie the bill of materials and the list of what to install."""
    subprocess.run(
        [shutil.which("make"), "-s", "-o", "setup", "dist", f"DIST={into}",
         f"BIN={ROOT / '.venv/bin'}"],
        cwd=root, env={**os.environ, "SOURCE_DATE_EPOCH": COMMIT}, check=True, capture_output=True,
    )
    [wheel] = into.glob("*.whl")
    return wheel


class Environment:
    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder, symlinks=True)
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.packages = folder / "lib" / python / "site-packages"
        listed = wheel.with_name("requirements.txt").read_text()
        for name in re.findall(r"^([\w.-]+)==", listed, re.MULTILINE):
            self._link(name)
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install",
             "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", wheel],
            check=True,
        )

    @property
    def pepway(self) -> Path:
        return self.folder / "bin" / "pepway"

    def python(self, words: str) -> str:
        """What a line of Python says in it."""
        said = subprocess.run([self.folder / "bin" / "python", "-I", "-c", words], check=True,
                              capture_output=True, text=True, cwd=self.folder)
        return said.stdout.strip()

    def _link(self, name: str) -> None:
        try:
            parts = {each.parts[0] for each in distribution(name).files or ()}
        except PackageNotFoundError:
            return  # it is for another machine
        for part in parts - {"..", "__pycache__"}:
            self.packages.joinpath(part).symlink_to(Path(sysconfig.get_path("purelib")) / part)
