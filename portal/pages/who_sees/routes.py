"""Who can see an organisation's affairs, for its approver, its commissioner and the Service Desk."""

from collections.abc import Iterator

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from directory.vocabulary import Organisation
from portal.casework.current_state import actor_now, organisation_now
from portal.pages.csv_files import first_line, line
from portal.pages.paging import asked_page, asked_size, existing
from portal.rules.accounts import sees_role
from portal.rules.actor import powerless
from portal.rules.errors import NotAllowed
from portal.rules.verdict import Refusal, Verdict
from portal.rules.why import Chain
from portal.store.engine import at_one_moment
from portal.store.queries import clusters, organisations, who_sees
from portal.store.queries.who_sees import Watcher
from portal.web.access import Permission, me, requires, services
from portal.web.reading import reading

pages = Blueprint("who_sees", __name__, url_prefix="/organisations/<code>/who")
HEADINGS = (
    "First name", "Last name", "Role", "Held at", "Name of that organisation", "Clusters", "Listed there as",
    "Given by", "Given on", "How",
)  # fmt: skip


@pages.get("")
@requires(Permission.SEE_USERS)
def show(code: str) -> str:
    """A role a row, those of the nearest organisation first."""
    place = _place(code)
    with reading() as db:
        page = existing(who_sees.listing(db, place, asked_page(), asked_size(20)))
        holders = {one.chain.holding.organisation for one in page.items if one.chain.clusters}
        names = {row.cluster.id: row.cluster.name for at in holders for row in clusters.listing(db, at)}
    return render_template("who_sees/show.jinja", place=place, page=page, names=names)


@pages.get("/who.csv")
@requires(Permission.SEE_USERS)
def download(code: str) -> Response:
    """All of them."""
    place, sessions = _place(code), services().sessions

    def lines() -> Iterator[str]:
        yield first_line(HEADINGS)
        with at_one_moment(sessions) as db:
            for one in who_sees.download(db, place):
                yield line(_cells(one))

    headers = {"Content-Disposition": f'attachment; filename="who-sees-{place.code}.csv"'}
    return Response(lines(), mimetype="text/csv", headers=headers)


def _place(code: str) -> Organisation:
    """The organisation, whose people the viewer may see. Raises NotAllowed."""
    with reading() as db:
        known = organisations.get(db, code)
    if known is None:
        abort(404)
    actor, place = actor_now(services(), me().acting_as), organisation_now(services(), known.code)
    if refusal := powerless(actor):
        raise NotAllowed(Verdict(refusal))
    if not sees_role(actor, place):
        raise NotAllowed(Verdict(Refusal.NOT_YOUR_ORGANISATION))
    return place


def _cells(one: Watcher) -> tuple[str, ...]:
    chain, given = one.chain, one.chain.given
    where = (chain.holding.organisation, chain.place.name if chain.place else "All organisations")
    names = (one.person.first_name, one.person.last_name, chain.holding.role.label)
    when = (given.by, given.at.date().isoformat(), given.how) if given else ("", "", "")
    return (*names, *where, *_through(chain), *when)


def _through(chain: Chain) -> tuple[str, str]:
    """The clusters that let the role see it, and what each lists."""
    through = [one for one in chain.clusters if one.listed]
    return " ".join(one.short_name for one in through), " ".join(one.listed for one in through)
