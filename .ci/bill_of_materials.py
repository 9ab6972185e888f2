"""The bill of materials in CycloneDX JSON, made of both lock files, to standard output.

Scope `required` is what a council runs; `excluded` is what builds and tests it. From npm only what
is built into the pages is in it. The same commit gives the same bytes: the moment is that of
`SOURCE_DATE_EPOCH`, the serial number is made of what the bill lists.
"""

import base64
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import AttachedText, HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, License
from cyclonedx.output.json import JsonV1Dot6
from license_expression import get_spdx_licensing
from locked import Locked, locked
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "web" / "static" / "built"
LICENCES = LicenseFactory()
SPDX = get_spdx_licensing()


def python_package(package: Locked) -> Component:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes]
    return _component("pypi", package.name, package.version, hashes,
                      _licences_as_installed(package.name), required=package.needed)


def _licences_as_installed(name: str) -> Iterator[License]:
    """Nothing of a package that is for other machines."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return
    named = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier", [])
             if each.startswith("License :: ") and each != "License :: OSI Approved"]
    for text in (said.get("License-Expression"), said.get("License")):
        if _is_expression(text):
            named = [text]
            break
    for text in named:
        yield LICENCES.make_from_string(text)


def _is_expression(text: str | None) -> bool:
    return bool(text) and "\n" not in text and not SPDX.validate(text).errors


def shipped_scripts(lock: str) -> Iterator[Component]:
    for path, package in json.loads(lock)["packages"].items():
        called = path.rpartition("node_modules/")[2]
        licence = BUILT / f"{called.replace('/', '-')}-LICENSE.txt"
        if path and licence.is_file():
            algorithm, _, digest = package["integrity"].partition("-")
            hashes = [HashType(alg=HashAlgorithm[f"SHA_{algorithm.removeprefix('sha')}"],
                               content=base64.b64decode(digest).hex())]
            yield _component("npm", package.get("name", called), package["version"], hashes,
                             [_licence_as_shipped(package["license"], licence)], required=True)


def _licence_as_shipped(said: str, licence: Path) -> License:
    if _is_expression(said):
        return LICENCES.make_from_string(said)
    name = licence.stem.removesuffix("-LICENSE")
    return DisjunctiveLicense(name=f"licence of {name}",
                              text=AttachedText(content=licence.read_text()))


def _component(
    kind: str, name: str, version: str, hashes: list[HashType], licences: Iterable[License],
    *, required: bool,
) -> Component:
    scope, _, plain = name.rpartition("/")
    purl = PackageURL(kind, scope or None, plain, version)
    return Component(
        name=plain, group=scope or None, version=version, type=ComponentType.LIBRARY, purl=purl,
        bom_ref=str(purl), hashes=hashes, licenses=licences,
        scope=ComponentScope.REQUIRED if required else ComponentScope.EXCLUDED,
    )


def bill_of_materials() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pepway = Component(
        name="pepway", version=project["version"], type=ComponentType.APPLICATION, bom_ref="pepway",
        purl=PackageURL("pypi", None, "pepway", project["version"]),
        licenses=[LICENCES.make_from_string(project["license"])],
    )
    bom = Bom(components=[*map(python_package, locked()),
                          *shipped_scripts((ROOT / "package-lock.json").read_text())])
    bom.metadata.component = pepway
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    bom.register_dependency(pepway, [each for each in bom.components
                                     if each.scope is ComponentScope.REQUIRED])
    listed = "\n".join(sorted(f"{each.bom_ref} {each.scope}" for each in bom.components))
    bom.serial_number = uuid5(NAMESPACE_URL, f"{pepway.purl} {bom.metadata.timestamp}\n{listed}")
    return JsonV1Dot6(bom).output_as_string(indent=2)


if __name__ == "__main__":
    sys.stdout.write(bill_of_materials() + "\n")
