"""The link that opens Register with a provider filled in, for one provider and for many."""

import csv
from dataclasses import dataclass
from io import StringIO
from urllib.parse import quote, urlencode

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from portal.access import Permission, my_role, requires, services
from portal.store.queries import providers

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


@requires(Permission.SEE_PROVIDERS)
def many() -> str:
    """The links of the ticked providers, to copy or to e-mail."""
    return render_template("providers/links.jinja", links=_links(request.args.getlist("chosen")))


@requires(Permission.SEE_PROVIDERS)
def download() -> Response:
    """The same as a CSV file."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["ODS code", "Name", "Link to register"])
    writer.writerows([one.code, one.name, one.url] for one in _links(request.args.getlist("chosen")))
    headers = {"Content-Disposition": 'attachment; filename="register-links.csv"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def _links(codes: list[str]) -> list[RegisterLink]:
    with services().sessions() as db:
        found = [providers.get(db, my_role(), code) for code in codes[:MOST]]
    chosen = [one.organisation for one in found if one]
    return [RegisterLink(one.code, one.name, register_link(one.code)) for one in chosen]
