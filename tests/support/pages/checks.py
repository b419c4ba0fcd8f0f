"""What every page has to be: valid, with one heading, a title, labels, and nothing of another host."""

import re
from collections import Counter
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

SERVICE = "CQRS accounts"
UNLABELLED = {"hidden", "submit", "button"}
_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
FETCHED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "form": "action"}


_passed: set[bytes] = set()
"""Digests of the pages that passed."""


def check(response: TestResponse) -> None:
    """Raises AssertionError naming what is wrong with the page of a response.

    A page that passed, and comes again with nothing new in it but its nonce and its form's token, has passed:
    to parse one takes as long as to make it.
    """
    digest = sha256(_without_tokens(response).encode()).digest()
    if digest not in _passed:
        _check(response)
        _passed.add(digest)


def _without_tokens(response: TestResponse) -> str:
    """The answer without what is new in each: where the page's nonce is not the policy's, it stays."""
    nonce = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    text = _TOKEN.sub("", response.get_data(as_text=True))
    return f"{response.status_code} {text.replace(nonce[1], '') if nonce else text}"


def _check(response: TestResponse) -> None:
    page = parse(response.get_data(as_text=True))
    where = response.request.path
    _check_title(page, where, response.status_code)
    assert page.get("lang") == "en", where
    assert len(list(page.iter("h1"))) == 1, f"{where}: one h1"
    assert any(a.get("href") == "#maincontent" for a in page.iter("a")), f"{where}: skip link"
    _check_ids(page, where)
    _check_labels(page, where)
    _check_addresses(page, where)
    _check_scripts(page, response, where)
    _check_headings(page, where)
    _check_words(page, where)


@lru_cache(maxsize=1)
def parse(text: str) -> Element:
    """The document, strictly: an error of its HTML raises. What was checked last is then looked into."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    page: Element = parser.parse(text)
    return page


def _check_title(page: Element, where: str, status: int) -> None:
    title = "".join(next(page.iter("title")).itertext())
    assert title.endswith(f" - {SERVICE}"), f"{where}: {title}"
    assert title == " ".join(title.split()), f"{where}: {title!r}"
    summary = any("nhsuk-error-summary" in e.get("class", "").split() for e in page.iter("div"))
    assert title.startswith("Error: ") == summary, f"{where}: {title} with status {status}"


def _check_ids(page: Element, where: str) -> None:
    ids = Counter(e.get("id") for e in page.iter() if e.get("id") is not None)
    twice = [one for one, count in ids.items() if count > 1 or not one]
    assert not twice, f"{where}: ids {twice}"
    for element in page.iter():
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            missing = [one for one in (element.get(name) or "").split() if one not in ids]
            assert not missing, f"{where}: {name} names {missing}"


def _check_labels(page: Element, where: str) -> None:
    labelled = {label.get("for") for label in page.iter("label")}
    for tag in ("input", "select", "textarea"):
        for element in page.iter(tag):
            if element.get("type") in UNLABELLED:
                continue
            has_one = element.get("id") in labelled or element.get("aria-label")
            assert has_one, f"{where}: no label for {element.attrib}"
    for button in page.iter("button"):
        assert "".join(button.itertext()).strip(), f"{where}: a button without a name"


def _check_addresses(page: Element, where: str) -> None:
    for tag, attribute in FETCHED.items():
        for element in page.iter(tag):
            address = element.get(attribute, "")
            assert not urlsplit(address).netloc, f"{where}: asks {address}"


def _check_scripts(page: Element, response: TestResponse, where: str) -> None:
    policy = response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce, where
    for script in page.iter("script"):
        assert script.get("src") or script.get("nonce") == nonce[1], f"{where}: a script that would not run"
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"], (
            f"{where}: {element.tag}"
        )
    assert not list(page.iter("style")), where


def _check_headings(page: Element, where: str) -> None:
    levels = [int(e.tag[1]) for e in page.iter() if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)]
    main = next(page.iter("main"))
    inside = [int(e.tag[1]) for e in main.iter() if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)]
    jumps = [(a, b) for a, b in pairwise(inside) if b > a + 1]
    assert not jumps, f"{where}: headings jump {jumps} in {levels}"


def _check_words(page: Element, where: str) -> None:
    """Markup of ours that was escaped twice shows as text."""
    shown = "".join(next(page.iter("main")).itertext())
    assert "nhsuk-" not in shown, f"{where}: markup in the text"
    assert "<p>" not in shown, f"{where}: markup in the text"
