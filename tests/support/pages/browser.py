"""A browser without script: fetches pages, fills their forms in, and checks every page it sees."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.pages.checks import check, parse


@dataclass
class Button:
    """A button: what it is called, where it sends the form instead, and what it adds."""

    name: str
    action: str
    adds: dict[str, str]


@dataclass
class Form:
    """A form of a page: where it goes, and its fields with the values they have."""

    action: str
    method: str
    fields: dict[str, str | list[str]]
    buttons: list[Button]

    def button(self, name: str) -> Button | None:
        """The button of this name, or whose name begins with it and a space."""
        return next((one for one in self.buttons if f"{one.name} ".startswith(f"{name} ")), None)


@dataclass
class Browser:
    """Keeps cookies and follows redirects."""

    client: FlaskClient
    status: int = 0
    path: str = ""
    text: str = ""
    _markup: str = ""
    _page: Element | None = field(default_factory=lambda: Element("html"))

    @property
    def page(self) -> Element:
        """The page, parsed when somebody looks into it."""
        if self._page is None:
            self._page = parse(self._markup)
        return self._page

    def open(self, path: str) -> "Browser":
        """Fetches a page, redirects followed."""
        return self._arrived(self.client.get(path, follow_redirects=True))

    def send(self, button: str, **values: str | list[str]) -> "Browser":
        """Sends the form with this button, with these values in place of those on the page."""
        form = self.form(button)
        pressed = form.button(button)
        assert pressed
        action, fields = pressed.action or form.action, {**form.fields, **pressed.adds, **values}
        if form.method == "get":
            path = action.partition("?")[0]
            return self._arrived(self.client.get(path, query_string=fields, follow_redirects=True))
        return self._arrived(self.client.post(action, data=fields, follow_redirects=True))

    def form(self, button: str) -> Form:
        """The form that this button sends. Raises LookupError with the buttons there are."""
        forms = [self._form(element) for element in self.page.iter("form")]
        for form in forms:
            if form.button(button):
                return form
        names = [one.name for form in forms for one in form.buttons]
        raise LookupError(f"no {button!r} among {names} at {self.path}: {self.said[:400]}")

    def follow(self, text: str) -> "Browser":
        """Follows the link with this text."""
        for link in self.page.iter("a"):
            if words(link) == text:
                return self.open(link.attrib["href"])
        raise LookupError(f"no link {text!r} at {self.path}")

    @property
    def heading(self) -> str:
        return words(next(self.page.iter("h1")))

    @property
    def title(self) -> str:
        return words(next(self.page.iter("title")))

    @property
    def said(self) -> str:
        """All the words of the main part."""
        return words(next(self.page.iter("main")))

    @property
    def problems(self) -> list[str]:
        """What the summary of problems lists."""
        summaries = [e for e in self.page.iter("div") if "nhsuk-error-summary" in e.get("class", "").split()]
        return [words(item) for summary in summaries for item in summary.iter("li")]

    def _form(self, element: Element) -> Form:
        entered: dict[str, list[str]] = {}
        for one in element.iter("input"):
            kind, name = one.get("type", "text"), one.get("name", "")
            if name and (kind not in {"radio", "checkbox"} or "checked" in one.attrib):
                entered.setdefault(name, []).append(one.get("value", ""))
        fields: dict[str, str | list[str]] = {
            name: values if len(values) > 1 else values[0] for name, values in entered.items()
        }
        fields |= {one.get("name", ""): words(one, keep=True) for one in element.iter("textarea")}
        buttons = [_button(one) for one in element.iter("button")]
        return Form(element.get("action") or self.path, element.get("method", "get").lower(), fields, buttons)

    def _arrived(self, response: TestResponse) -> "Browser":
        self.status = response.status_code
        address = urlsplit(response.request.url)
        self.path = f"{address.path}?{address.query}" if address.query else address.path
        self.text = response.get_data(as_text=True)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303}:
            check(response)
            self._markup, self._page = self.text, None
        return self


def _button(element: Element) -> Button:
    name = element.get("name", "")
    return Button(
        words(element), element.get("formaction", ""), {name: element.get("value", "")} if name else {}
    )


def words(element: Element, keep: bool = False) -> str:
    """The text of an element and all in it, spaces single unless kept."""
    text = "".join(element.itertext())
    return text.strip("\n") if keep else " ".join(text.split())
