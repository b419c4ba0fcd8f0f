"""`python -m tests.support.sbom`: what the service is made of, as CycloneDX 1.6, on standard output.

From the locks, so it is what is installed: the libraries of `requirements/service.txt`, Keycloak, and the NHS
frontend. Licences are as the installed libraries say.
"""

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from stack.keycloak_installation import VERSION

ROOT = Path(__file__).parents[2]
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
_OURS = "cqrs-accounts"


def document() -> str:
    """The document, as JSON."""
    bom = Bom(components=[*_libraries(), *_others()])
    bom.metadata.component = Component(name=_OURS, type=ComponentType.APPLICATION, version=_version())
    bom.register_dependency(bom.metadata.component, bom.components)
    return str(JsonV1Dot6(bom).output_as_string(indent=2))


def pinned(lock: Path) -> list[tuple[str, str]]:
    """Name and version of each library of a lock."""
    return _PINNED.findall(lock.read_text())


def _libraries() -> Iterator[Component]:
    for name, version in pinned(ROOT / "requirements" / "service.txt"):
        yield _component(name, version, "pypi", _licence(name))


def _others() -> Iterator[Component]:
    frontend = json.loads((ROOT / "stack" / "frontend" / "package.json").read_text())["dependencies"]
    for name, version in frontend.items():
        yield _component(name, version, "npm", "MIT")
    yield _component("keycloak", VERSION, "generic", "Apache-2.0")


def _component(name: str, version: str, kind: str, licence: str) -> Component:
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{kind}:{name}@{version}",
        purl=PackageURL(kind, None, name, version),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
    )


def _licence(name: str) -> str:
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    licence = said.get("License-Expression") or said.get("License") or ""
    return licence if len(licence) < 80 else ""


def _version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert found
    return found[1]


if __name__ == "__main__":
    print(document())
