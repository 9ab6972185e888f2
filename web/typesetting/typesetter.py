"""A program of its own: JSON comes in, a PDF/UA-1 goes out. It imports nothing of Pepway.

Nothing is written to a disk, and nothing that was typed is a part of a command or of a message:
whatever goes wrong ends it with a number.
"""

import json
import resource
import sys
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import typst

SECONDS, BYTES = 20, 1_500_000_000
"""Of a processor, unless whoever starts it allows more; of memory."""
NOT_TYPESET = 3


def typeset(data: str) -> bytes:
    """Raises `typst.TypstError`, whose message may quote what was typed."""
    document = json.loads(data)
    year, month, day = document["on"]
    document["pictures"] = [list(b64decode(each)) for each in document.get("pictures", [])]
    made: bytes = typst.compile(
        Path(__file__).with_name("document.typ"),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(document)},
        timestamp=datetime(year, month, day, tzinfo=UTC),
    )
    return made


def main() -> int:
    seconds = max(SECONDS, int(sys.argv[1])) if len(sys.argv) > 1 else SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    try:
        made = typeset(sys.stdin.buffer.read().decode())
    except typst.TypstError:
        return NOT_TYPESET
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
