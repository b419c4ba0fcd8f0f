"""Providers: the list, one provider with its people, and its approval level."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from directory.vocabulary import ApprovalLevel, Organisation
from portal.acts.level import preview, switch
from portal.model.mirror import MirroredOrganisation
from portal.pages.accounts.said import CHANGED
from portal.pages.fields import one_line
from portal.pages.organisation_search import whereabouts
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.providers import links, mailed_links, moving
from portal.pages.remove_role.links import removable_roles
from portal.pages.sign_in_help.links import helpable
from portal.rules.errors import OutOfDate
from portal.rules.levels import may_switch_level
from portal.store.queries import clusters, organisations, providers
from portal.store.queries.people import accounts
from portal.store.queries.providers import Provider
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

pages = Blueprint("providers", __name__, url_prefix="/providers")


class LevelForm(FlaskForm):
    """The box that Local's guide calls Multi-level approval."""

    multi = BooleanField("Multi-level approval")


@pages.get("")
@requires(Permission.SEE_PROVIDERS)
def listing() -> str:
    """The providers that the active role stands over."""
    text = one_line(request.args.get("q"))
    closed = request.args.get("closed") == "yes"
    with reading() as db:
        page = existing(providers.listing(db, my_role(), text, asked_page(), asked_size(), closed))
        places = [one.organisation.as_organisation() for one in page.items]
        at = whereabouts(db, places, my_role().organisation)
    return render_template("providers/list.jinja", page=page, text=text, closed=closed, at=at)


@pages.route("/<code>", methods=["GET", "POST"])
@requires(Permission.SEE_PROVIDERS)
def show(code: str) -> str | Response:
    """One provider; a ticked or unticked box goes on to its confirmation."""
    provider = _provider(code)
    place = provider.organisation.as_organisation()
    if not provider.in_scope:
        return _closed(provider)
    form = LevelForm(multi=place.approval_level is ApprovalLevel.MULTI)
    if form.validate_on_submit():
        wanted = ApprovalLevel.MULTI if form.multi.data else ApprovalLevel.SINGLE
        if wanted is place.approval_level:
            flash("The approval level is unchanged.", "information")
            return redirect(url_for("providers.show", code=place.code), code=303)
        return redirect(url_for("providers.confirm", code=place.code), code=303)
    return _open(provider, form)


def _open(provider: Provider, form: LevelForm) -> str:
    place = provider.organisation.as_organisation()
    with reading() as db:
        people = providers.people_at(db, place.code)
        in_clusters = clusters.of_provider(db, my_role(), place.path)
        known = accounts(db, {person.id for person, _role in people})
    return render_template(
        "providers/show.jinja",
        provider=provider,
        place=place,
        people=people,
        clusters=in_clusters,
        removable=removable_roles(known, me().shown_as, [(person_id, place.code) for person_id in known]),
        helpable=helpable(known, me().shown_as),
        parent=_above(provider),
        form=form if may_switch_level(me().shown_as, place).allowed else None,
        link=links.RegisterLink(place.code, place.name, links.register_link(place.code)),
    )


def _closed(provider: Provider) -> str:
    """Its facts and no more: with its closure it left the role's scope."""
    place = provider.organisation.as_organisation()
    return render_template("providers/closed.jinja", provider=provider, place=place, parent=_above(provider))


def _above(provider: Provider) -> MirroredOrganisation | None:
    with reading() as db:
        return organisations.parent(db, provider.organisation)


@pages.route("/<code>/level", methods=["GET", "POST"])
@requires(Permission.CHANGE_LEVELS)
@fresh
def confirm(code: str) -> str | Response:
    """Names what a change of level will do, and does it."""
    change = preview(services(), me().acting_as, _provider(code).organisation.code)
    place = change.organisation
    if request.method == "POST":
        return _switch(place)
    return render_template("providers/confirm.jinja", change=change, place=place)


def _switch(place: Organisation) -> Response:
    """Makes the confirmed change; what is no longer as it was shown is shown again."""
    if request.form.get("level") not in set(ApprovalLevel):
        abort(400)
    wanted = ApprovalLevel(request.form["level"])
    try:
        change = switch(
            services(), me().acting_as, place.code, wanted, request.form.getlist("approver"), request_origin()
        )
    except OutOfDate:
        flash(CHANGED, "information")
        return redirect(url_for("providers.confirm", code=place.code), code=303)
    flash(_said(place, wanted, change.applied), "success")
    return redirect(url_for("providers.show", code=place.code), code=303)


def _said(place: Organisation, level: ApprovalLevel, applied: bool) -> str:
    if applied:
        return f"{place.name} is now {level}-level."
    return f"{place.name} will soon be {level}-level. The change is being applied: you need do nothing more."


def _provider(code: str) -> Provider:
    with reading() as db:
        provider = providers.get(db, my_role(), code)
    if provider is None:
        abort(404)
    return provider


pages.get("/links")(links.many)
pages.post("/links/email")(mailed_links.check)
pages.get("/links/sent")(mailed_links.sent)
pages.get("/links.csv")(links.download)
pages.route("/<code>/people", methods=["GET", "POST"])(moving.people)
