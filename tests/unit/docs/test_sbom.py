"""What the service is made of, for whoever looks for a hole in one of its parts."""

import json

from stack.keycloak_installation import VERSION
from tests.support.sbom import ROOT, document, pinned


def test_every_locked_library_is_named() -> None:
    """By name and version, with Keycloak and the NHS frontend."""
    components = {(each["name"], each["version"]) for each in json.loads(document())["components"]}
    libraries = set(pinned(ROOT / "requirements" / "service.txt"))
    assert len(libraries) > 50
    assert libraries < components
    assert ("keycloak", VERSION) in components
    assert {name for name, _ in components - libraries} == {"keycloak", "nhsuk-frontend"}


def test_it_says_under_which_licences() -> None:
    """As far as the libraries say so themselves."""
    made = json.loads(document())
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    without = {each["name"] for each in made["components"] if not each.get("licenses")}
    assert len(without) < 12, without
