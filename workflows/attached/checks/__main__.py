"""See the package. It knows no key, no database and nothing else of Pepway."""

import resource
import sys

from workflows.attached.checks import NotTaken
from workflows.attached.checks.pdf import check_pdf
from workflows.attached.checks.text import check_text
from workflows.attached.checks.zipped import check_zipped

SECONDS, BYTES = 20, 1_000_000_000


def what_it_is(content: bytes) -> str:
    """Raises `NotTaken`; whatever a reader stumbles over is a file that cannot be read."""
    try:
        return _read(content)
    except (NotTaken, MemoryError, RecursionError):
        raise
    except Exception as problem:
        raise NotTaken("unreadable") from problem


def _read(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return check_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return check_zipped(content)
    return check_text(content)


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        said = what_it_is(sys.stdin.buffer.read())
    except NotTaken as problem:
        said = f"refused {problem.why}"
    except (MemoryError, RecursionError):
        said = "refused too_complex"
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
