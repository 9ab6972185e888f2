"""Puts the bill of materials that `make dist` has made into the wheel, where PEP 770 wants it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BILL = "pepway.cdx.json"
BUILT = "web/static/built/manifest.json"


class PutBillIntoWheel(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """A wheel is whole or is not made; what is installed for work on Pepway needs neither."""
        if version != "standard":
            return
        bill = Path(self.directory) / BILL
        for needed in (Path(self.root) / BUILT, bill):
            if not needed.is_file():
                msg = f"{needed} is missing: a wheel is made by `make dist`"
                raise FileNotFoundError(msg)
        build_data["sbom_files"].append(str(bill))
