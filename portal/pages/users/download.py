"""The users list as a file: exactly what the filter shows, read and sent bit by bit."""

from collections.abc import Iterator

from flask import request
from werkzeug.wrappers import Response

from portal.pages.csv_files import first_line, line
from portal.pages.users.routes import options_of, pages
from portal.store.queries.users_list.listing import download
from portal.web.access import Permission, my_role, requires, services

HEADINGS = ("Organisation code", "Organisation name", "First name", "Last name", "Email address", "Status")


@pages.get("/users.csv", endpoint="download")
@requires(Permission.SEE_USERS)
def send() -> Response:
    """Every row of the list, in its order."""
    holding, options, sessions = my_role(), options_of(request.args), services().sessions

    def lines() -> Iterator[str]:
        yield first_line(HEADINGS)
        with sessions() as db:
            for row in download(db, holding, options):
                names = (row.first_name, row.last_name, row.email, row.status.label)
                yield line((row.organisation_code, row.organisation_name, *names))

    headers = {"Content-Disposition": 'attachment; filename="users.csv"'}
    return Response(lines(), mimetype="text/csv", headers=headers)
