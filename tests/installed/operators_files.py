"""The files that README gives to operators, each by the path in its first line, and its scripts."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "web/commands/README.md"
FILE = re.compile(r"^```(?:ini|nginx)\n# (/\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SCRIPT = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^##+ ", re.MULTILINE)


def files() -> dict[str, str]:
    return dict(FILE.findall(README.read_text()))


def scripts(heading: str) -> list[str]:
    """Those below a heading, up to the next one of any level."""
    [_, section] = re.split(rf"^##+ {re.escape(heading)}$", README.read_text(), flags=re.MULTILINE)
    return SCRIPT.findall(HEADING.split(section)[0])
