"""The link that opens Register with a provider filled in, for one provider and for many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Organisation
from portal.pages.csv_files import first_line, line
from portal.store.queries import providers
from portal.web.access import Permission, my_role, requires, services
from portal.web.reading import reading

MOST = 500
SUBJECT = "Register for CQRS"
BODY = (
    "To get access to CQRS for {name}, register with this link:\n\n{link}\n\n"
    "Your request will be sent to the person who approves it."
)


@dataclass(frozen=True)
class RegisterLink:
    """A provider's link to register."""

    code: str
    name: str
    url: str

    @property
    def mail(self) -> str:
        """A mailto address with the words already written."""
        words = {"subject": SUBJECT, "body": BODY.format(name=self.name, link=self.url)}
        return f"mailto:?{urlencode(words, quote_via=quote)}"


def register_link(code: str) -> str:
    """The public address of Register with that organisation filled in."""
    return f"{services().settings.portal_url}{url_for('register.start', organisation=code)}"


@requires(Permission.SEND_LINKS)
def many() -> str:
    """The links of the ticked providers, to copy or to e-mail."""
    return links_page(request.args.getlist("chosen"), {})


def links_page(codes: Sequence[str], entered: Mapping[str, str], wrong: Sequence[str] = ()) -> str:
    """The page of these providers' links, with the addresses `entered` by ODS code, and those `wrong`."""
    chosen = _chosen(codes)
    without = [one for one in chosen if not one.is_open]
    fields = {"mistaken_field": [f"to-{code}" for code in wrong]} if wrong else {}
    return render_template(
        "providers/links.jinja", links=_links(chosen), without=without, entered=entered, wrong=wrong, **fields
    )


@requires(Permission.SEND_LINKS)
def download() -> Response:
    """The same as a CSV file."""
    head = ("ODS code", "Name", "Link to register")
    rows = [(one.code, one.name, one.url) for one in _links(_chosen(request.args.getlist("chosen")))]
    headers = {"Content-Disposition": 'attachment; filename="register-links.csv"'}
    return Response(first_line(head) + "".join(map(line, rows)), mimetype="text/csv", headers=headers)


def _chosen(codes: Sequence[str]) -> list[Organisation]:
    """Those of the ticked providers that the active role reaches."""
    with reading() as db:
        found = [providers.get(db, my_role(), code) for code in codes[:MOST]]
    return [one.organisation.as_organisation() for one in found if one]


def _links(chosen: list[Organisation]) -> list[RegisterLink]:
    """Those of the providers that take requests."""
    return [RegisterLink(one.code, one.name, register_link(one.code)) for one in chosen if one.is_open]
