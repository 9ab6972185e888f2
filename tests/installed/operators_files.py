"""The files that README gives to operators, each by the path in its first line."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "web/commands/README.md"
FILE = re.compile(r"^```(?:ini|nginx)\n# (/\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def files() -> dict[str, str]:
    return dict(FILE.findall(README.read_text()))
