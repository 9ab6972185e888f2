"""A Debian with nothing on it but what README says a server needs, in a folder of this machine."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NEW_NETWORK = 0x40000000
SYSTEMCTL = Path(__file__).with_name("systemctl.py")


class Machine:
    """Made and used by a program that is alone with it (`alone`). No folder of this machine is
    mounted in it, for whoever clears it away might clear that, too: what it needs is copied."""

    def __init__(self, root: Path, packages: str) -> None:
        self._root = root
        run("debootstrap", "--variant=minbase", f"--include={packages}", DEBIAN, str(root))
        for each in map(Path, pips_own().values()):
            if each.is_absolute() and each.exists():
                self.copy(each, str(each))
        self.copy(SYSTEMCTL, "/usr/local/bin/systemctl")
        run("mount", "--bind", str(root), str(root))
        run("mount", "-t", "proc", "proc", str(self._at("/proc")))

    def copy(self, source: Path, path: str) -> None:
        """A file or a folder."""
        run("mkdir", "--parents", str(self._at(path).parent))
        run("cp", "--recursive", "--dereference", "--no-target-directory", str(source),
            str(self._at(path)))

    def leave_the_network(self) -> None:
        """From here on nothing can be asked of a registry, and every port is this machine's own."""
        if ctypes.CDLL(None).unshare(NEW_NETWORK):
            msg = "a network of its own cannot be had"
            raise OSError(msg)
        run("ip", "link", "set", "lo", "up")

    def type(self, script: str, user: str = "root") -> str:
        """What a script says, typed by somebody who has just come in; it has to end well."""
        home = "/root" if user == "root" else "/"
        return run("chroot", str(self._root), "runuser", "--user", user, "--",
                   "env", f"--chdir={home}", "sh", "-ec", script,
                   environment={**pips_own(), "PATH": PATH, "HOME": home, "LANG": "C.UTF-8"})

    def add(self, path: str, text: str) -> None:
        """At the end of a file, which keeps whose it is and who may read it."""
        run("mkdir", "--parents", str(self._at(path).parent))
        with self._at(path).open("a") as file:
            file.write(text)

    def _at(self, path: str) -> Path:
        """Never by a link out of it."""
        found = (self._root / path.removeprefix("/")).resolve()
        assert found.is_relative_to(self._root.resolve()), path
        return found


def alone(program: str, *words: str) -> int:
    """What a Python program ends with; all that it mounts and starts is seen by it alone, and ends
    with it."""
    done = subprocess.run([shutil.which("unshare"), "--mount", "--pid", "--fork", "--kill-child",
                    sys.executable, program, *words], check=False)
    return done.returncode


def pips_own() -> dict[str, str]:
    """What pip is told on this machine."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}


def run(*words: str, environment: dict[str, str] | None = None) -> str:
    """What it says; raises with all of that where it does not end well."""
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        msg = f"{words[-1]}\n{done.stdout}{done.stderr}"
        raise RuntimeError(msg)
    return done.stdout
