"""Puts the bill of materials that `make dist` has made into the wheel, where PEP 770 wants it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BILL = "dist/pepway.cdx.json"


class PutBillIntoWheel(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard" and (Path(self.root) / BILL).is_file():
            build_data["sbom_files"].append(BILL)
