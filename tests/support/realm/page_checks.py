"""What every page of Keycloak in our theme has to be: valid, titled, labelled, and asking nobody else."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

SERVICE = "CQRS accounts"
_FETCHED = {"link": "href", "script": "src", "img": "src", "iframe": "src"}


def parse(text: str) -> Element:
    """The document, strictly: an error of its HTML raises."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    page: Element = parser.parse(text)
    return page


def check(page: Element, where: str, headers: Mapping[str, str]) -> None:
    """Raises AssertionError naming what is wrong with the page."""
    _check_frame(page, where)
    _check_names(page, where)
    _check_scripts(page, where)
    _check_addresses(page, where, headers)


def _check_frame(page: Element, where: str) -> None:
    title = "".join(next(page.iter("title")).itertext())
    assert title.endswith(f" - {SERVICE}"), f"{where}: {title}"
    assert title == " ".join(title.split()), f"{where}: {title!r}"
    assert page.get("lang") == "en", where
    assert len(list(page.iter("h1"))) == 1, f"{where}: one h1"
    for tag in ("header", "main", "footer"):
        assert len(list(page.iter(tag))) == 1, f"{where}: one {tag}"
    assert any(link.get("href") == "#maincontent" for link in page.iter("a")), f"{where}: skip link"


def _check_names(page: Element, where: str) -> None:
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert not [one for one, count in ids.items() if count > 1], f"{where}: {ids}"
    labelled = {label.get("for") for label in page.iter("label")}
    for field in page.iter("input"):
        if field.get("type") != "hidden" and "hidden" not in field.attrib:
            assert field.get("id") in labelled, f"{where}: no label for {field.attrib}"
        for described in (field.get("aria-describedby") or "").split():
            assert described in ids, f"{where}: {described}"


def _check_scripts(page: Element, where: str) -> None:
    assert not list(page.iter("style")), where
    for script in page.iter("script"):
        # Keycloak itself adds one to an answer to a form, so that Back does not send the form again.
        added = "history.replaceState" in (script.text or "")
        assert script.get("src") or added, f"{where}: a script in the page"
    for element in page.iter():
        handlers = [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not handlers, f"{where}: {element.tag} {handlers}"


def _check_addresses(page: Element, where: str, headers: Mapping[str, str]) -> None:
    for tag, attribute in _FETCHED.items():
        for element in page.iter(tag):
            assert not urlsplit(element.get(attribute, "")).netloc, f"{where}: {element.attrib}"
    assert "default-src 'self'" in headers["Content-Security-Policy"], where
