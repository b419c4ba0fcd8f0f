"""Links to register that the portal mails: what will go where, sent, and what became of it."""

import secrets
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.acts.send_links import emails, mail_links, plan, too_many
from portal.pages.fields import EMAIL, EMAIL_LIMIT, email_address, one_line
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.providers.links import MOST, links_page
from portal.rules.errors import OutOfDate
from portal.store.queries import mail, organisations
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading

CHANGED = "Who gets the links has changed. Check this again."


@requires(Permission.SEND_LINKS)
def check() -> str | Response:
    """Names every address that a link will go to, with a way to change them; confirmed, has them sent."""
    wanted = _wanted()
    wrong = [code for code, address in wanted.items() if address and not _is_address(address)]
    for code in wrong:
        flash(f"Enter an email address in the correct format for {code}, like name@nhs.net", "problem")
    if wrong or "change" in request.form:
        return links_page(list(wanted), wanted, wrong)
    if "confirm" in request.form:
        try:
            count = _send(wanted)
        except OutOfDate:
            flash(CHANGED, "information")
        else:
            sent = "1 email is" if count == 1 else f"{count} emails are"
            flash(f"{sent} on the way. Reload this page to see each one sent.", "success")
            return redirect(url_for("providers.sent"), code=303)
    mails = plan(services(), me().acting_as, wanted)
    count, beyond = emails(mails), too_many(services(), mails)
    return render_template(
        "providers/check_links.jinja",
        mails=mails,
        wanted=wanted,
        sending=secrets.token_urlsafe(9),
        count=count,
        beyond=beyond,
    )


def _send(wanted: Mapping[str, str]) -> int:
    """The mails as they were shown, once for two clicks; how many."""
    shown, sending = request.form.getlist("shown"), one_line(request.form.get("sending"))[:40]
    return mail_links(services(), me().acting_as, wanted, shown, request_origin(), sending)


@requires(Permission.SEND_LINKS)
def sent() -> str:
    """What was mailed for the providers that the active role stands over, and how far it is."""
    with reading() as db:
        page = existing(mail.register_links(db, my_role(), asked_page(), asked_size()))
    return render_template("providers/sent_links.jinja", page=page)


def _wanted() -> dict[str, str]:
    """For each chosen provider the address typed in, if any."""
    chosen = request.form.getlist("chosen")[:MOST]
    with reading() as db:
        known = organisations.by_codes(db, chosen)
    if not known:
        abort(400)
    return {code: email_address(request.form.get(f"to-{code}")) for code in chosen if code in known}


def _is_address(address: str) -> bool:
    return len(address) <= EMAIL_LIMIT and EMAIL.fullmatch(address) is not None
