"""The bill of materials in CycloneDX JSON, made of both lock files, to standard output.

Scope `required` is what a council runs; `excluded` is what builds and tests it. From npm only what
is built into the pages is in it.
"""

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^([\w.-]+)==([^\s;]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
ASKED_FOR = "pepway (pyproject.toml)"


def python_packages(lock: str) -> Iterator[Component]:
    blocks = {name: (version, rest) for name, version, rest in BLOCK.findall(lock)}
    asked_by = {name: _via(rest) for name, (_, rest) in blocks.items()}
    needed = _needed(asked_by)
    for name, (version, rest) in blocks.items():
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each)
                  for each in re.findall(r"--hash=sha256:(\w+)", rest)]
        yield _component("pypi", name, version, hashes, required=name in needed)


def _via(rest: str) -> list[str]:
    """Who asks for a package, as the lock says below it."""
    said = [line.strip().removeprefix("#").strip() for line in rest.splitlines() if "#" in line]
    return [each.removeprefix("via").strip() for each in said]


def _needed(asked_by: dict[str, list[str]]) -> set[str]:
    needed: set[str] = set()
    while True:
        more = {name for name, by in asked_by.items()
                if ASKED_FOR in by or needed & {each.split("[")[0] for each in by}}
        if more == needed:
            return needed
        needed = more


def shipped_scripts(lock: str) -> Iterator[Component]:
    for path, package in json.loads(lock)["packages"].items():
        if path and not package.get("dev"):
            name = path.rpartition("node_modules/")[2]
            algorithm, _, digest = package["integrity"].partition("-")
            hashes = [HashType(alg=HashAlgorithm[f"SHA_{algorithm.removeprefix('sha')}"],
                               content=base64.b64decode(digest).hex())]
            yield _component("npm", name, package["version"], hashes, required=True)


def _component(
    kind: str, name: str, version: str, hashes: list[HashType], *, required: bool
) -> Component:
    scope, _, plain = name.rpartition("/")
    purl = PackageURL(kind, scope or None, plain, version)
    return Component(
        name=plain, group=scope or None, version=version, type=ComponentType.LIBRARY, purl=purl,
        bom_ref=str(purl), hashes=hashes,
        scope=ComponentScope.REQUIRED if required else ComponentScope.EXCLUDED,
    )


def bill_of_materials() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pepway = Component(name="pepway", version=project["version"], type=ComponentType.APPLICATION,
                       bom_ref="pepway")
    bom = Bom(components=[*python_packages((ROOT / "requirements.lock").read_text()),
                          *shipped_scripts((ROOT / "package-lock.json").read_text())])
    bom.metadata.component = pepway
    bom.register_dependency(pepway, [each for each in bom.components
                                     if each.scope is ComponentScope.REQUIRED])
    return JsonV1Dot6(bom).output_as_string(indent=2)


if __name__ == "__main__":
    sys.stdout.write(bill_of_materials() + "\n")
