"""One person: their details, roles, requests and history, and what may be done about them."""

from uuid import UUID

from flask import render_template

from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.users.routes import pages
from portal.pages.users.rows import TAGS
from portal.pages.users.view import view
from portal.store.queries import audit
from portal.web.access import Permission, me, my_role, requires
from portal.web.reading import reading


@pages.get("/<uuid:person_id>")
@requires(Permission.SEE_USERS)
def person(person_id: UUID) -> str:
    """As the viewer may see them, with what the audit has about them at the organisations they stand over."""
    seen = view(me(), str(person_id))
    with reading() as db:
        history = audit.about(db, seen.person.id, seen.person.email, my_role(), asked_page(), asked_size())
        kept_back = audit.without_reason(db, history.items, my_role())
    return render_template(
        "users/person.jinja",
        seen=seen,
        status=TAGS[seen.status],
        page=existing(history),
        kept_back=kept_back,
    )
