"""What `pip install --require-hashes` needs for this wheel: `python what_to_install.py WHEEL`.

Each package that a council runs, as `requirements.lock` has it, and the wheel beside this list.
"""

import sys
from hashlib import sha256
from pathlib import Path

from locked import Locked, locked


def _as_locked(package: Locked) -> str:
    lines = f"{package.name}=={package.version}{package.below}".splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


if __name__ == "__main__":
    wheel = Path(sys.argv[1])
    digest = sha256(wheel.read_bytes()).hexdigest()
    for package in locked():
        if package.needed:
            sys.stdout.write(_as_locked(package) + "\n")
    sys.stdout.write(f"./{wheel.name} --hash=sha256:{digest}\n")
