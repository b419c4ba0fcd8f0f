"""Inviting: e-mail, name, organisation, role, check, sent. One question a page, then a redirect."""

from dataclasses import replace

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Organisation, Role
from portal.acts.invite import Invited, look_up, send
from portal.pages.drafts import Page, fingerprint
from portal.pages.fields import one_line, option
from portal.pages.invitations.drafts import DRAFTS, STEPS, Draft
from portal.pages.invitations.forms import EmailForm, OrganisationForm, PersonForm, RoleForm, SendForm
from portal.pages.organisation_search import SEARCH_LIMIT, SHOWN, SUGGESTED, Found, commissioner_names
from portal.rules.errors import AlreadyAsked, AlreadyInvited, AlreadyKnown, NotAllowed, NothingFound
from portal.rules.invitations import invitable_roles
from portal.rules.verdict import Refusal
from portal.store.queries import invitations, organisations
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

pages = Blueprint("invitations", __name__, url_prefix="/users/invite")
KNOWN = "An invitation can be sent to a new user only"
NOT_ANY_MORE = "You can no longer invite to that role there. Choose again."
WAITING = "This person is invited to that role there already. You can send the invitation again."
ASKED = "This person has already asked for that role there. Look at the request instead."
CHANGED = "Your answers were changed in another tab. Check them again."
with_draft = DRAFTS.step(lost="invitations/lost.jinja", sent="pending_invitations.listing")


@pages.route("", methods=["GET", "POST"])
@requires(Permission.INVITE)
def start() -> Page:
    """The first question."""
    form = EmailForm()
    if form.validate_on_submit() and _is_new(form):
        return _go_on(DRAFTS.begin(Draft(form.email.data or "")))
    return _email(form, back=url_for("users.listing"))


@pages.route("/<name>/email", methods=["GET", "POST"])
@requires(Permission.INVITE)
@with_draft
def email(name: str, draft: Draft) -> Page:
    """The same once more."""
    form = EmailForm(email=draft.email)
    if form.validate_on_submit() and _is_new(form):
        DRAFTS.keep(name, replace(draft, email=form.email.data or ""))
        return _on_from(name, "email")
    return _email(form, back=url_for("users.listing"))


def _is_new(form: EmailForm) -> bool:
    """Whether they may be invited; the form says why not."""
    try:
        look_up(services(), me().acting_as, form.email.data or "", request_origin())
    except AlreadyKnown:
        form.email.errors = [KNOWN]
    except NotAllowed as no:
        if no.verdict.refusal is not Refusal.YOURSELF:
            raise
        form.email.errors = ["You cannot invite yourself"]
    return not form.email.errors


def _email(form: EmailForm, back: str) -> str:
    known = KNOWN in form.email.errors
    return render_template(
        "invitations/email.jinja", form=form, back=back, known=known, mistaken_field="email"
    )


@pages.route("/<name>/person", methods=["GET", "POST"])
@requires(Permission.INVITE)
@with_draft
def person(name: str, draft: Draft) -> Page:
    """What they are called."""
    form = PersonForm(first_name=draft.first_name, last_name=draft.last_name)
    if form.validate_on_submit():
        first, last = form.first_name.data or "", form.last_name.data or ""
        DRAFTS.keep(name, replace(draft, first_name=first, last_name=last))
        return _on_from(name, "person")
    return _page("person", name, draft, form=form)


@pages.route("/<name>/organisation", methods=["GET", "POST"])
@requires(Permission.INVITE)
@with_draft
def organisation(name: str, draft: Draft) -> Page:
    """Those that the inviter may invite to: all, or a search when they are many."""
    form = OrganisationForm(code=draft.organisation)
    found, total = _places(one_line(request.args.get("q")), SHOWN)
    if form.validate_on_submit():
        if place := _place(form.code.data):
            DRAFTS.keep(name, draft.with_organisation(place.code))
            return _on_from(name, "organisation")
        form.code.errors = ["Select an organisation from the list"]
    form.code.choices = found.choices
    many, searched = total > SHOWN or bool(found.text), "q" in request.args
    return _page(
        "organisation", name, draft, form=form, found=found, many=many, searched=searched,
        chosen=_place(draft.organisation),
    )  # fmt: skip


@pages.get("/organisations")
@requires(Permission.INVITE)
def suggest() -> Response:
    """Organisations for the search box, as JSON."""
    found, total = _places(one_line(request.args.get("q")), SUGGESTED)
    listed = [{"code": one.code, "name": one.name, "about": found.described(one)} for one in found.items]
    return jsonify({"organisations": listed, "more": total > len(listed)})


@pages.route("/<name>/role", methods=["GET", "POST"])
@requires(Permission.INVITE)
@with_draft
def role(name: str, draft: Draft) -> Page:
    """The roles that the inviter may grant there."""
    place = _place(draft.organisation)
    if place is None:
        return _without_organisation(name, draft)
    form = RoleForm(role=draft.role)
    able = {one.value: one.label for one in invitable_roles(me().shown_as, place)}
    form.role.choices = [option(*one) for one in able.items()]
    if form.validate_on_submit() and form.role.data in able:
        DRAFTS.keep(name, replace(draft, role=form.role.data))
        return _on_from(name, "role")
    if request.method == "POST" and not form.role.errors:
        form.role.errors = ["Select a role from the list"]
    return _page("role", name, draft, form=form, organisation=place)


@pages.route("/<name>/check", methods=["GET", "POST"])
@requires(Permission.INVITE)
@fresh
@with_draft
def check(name: str, draft: Draft) -> Page:
    """All answers with a way to change each; sending them is the last button."""
    place = _place(draft.organisation)
    if place is None:
        return _without_organisation(name, draft)
    if draft.role and Role(draft.role) not in invitable_roles(me().shown_as, place):
        DRAFTS.keep(name, replace(draft, role=""))
        return _go_on(name)
    if draft.step != "check":
        return _go_on(name)
    if request.method == "POST":
        if request.form.get("shown") == fingerprint(draft):
            return _send(name, draft)
        flash(CHANGED, "information")
    form = SendForm(formdata=None, shown=fingerprint(draft))
    return _page("check", name, draft, form=form, organisation=place, role=Role(draft.role))


def _send(name: str, draft: Draft) -> Response:
    asked = Invited(draft.email, draft.first_name, draft.last_name, draft.organisation, Role(draft.role))
    try:
        send(services(), me().acting_as, asked, request_origin(), f"{name} {fingerprint(draft)}")
    except AlreadyKnown:
        flash(f"{KNOWN}.", "problem")
        return redirect(url_for("invitations.email", name=name), code=303)
    except (AlreadyInvited, AlreadyAsked) as waiting:
        flash(WAITING if isinstance(waiting, AlreadyInvited) else ASKED, "information")
        to = "pending_invitations.listing" if isinstance(waiting, AlreadyInvited) else "users.listing"
        return redirect(url_for(to, q=draft.email), code=303)
    except NothingFound:
        return _without_organisation(name, draft)
    DRAFTS.keep(name, Draft(sent=True))
    flash(f"The invitation was sent to {draft.email}.", "success")
    return redirect(url_for("pending_invitations.listing"), code=303)


def _without_organisation(name: str, draft: Draft) -> Response:
    """It has closed, or the inviter's reach has changed, since it was chosen."""
    if draft.organisation:
        DRAFTS.keep(name, draft.with_organisation(""))
        flash(NOT_ANY_MORE, "information")
    return _go_on(name)


def _places(text: str, limit: int) -> tuple[Found, int]:
    text = text[:SEARCH_LIMIT]
    with reading() as db:
        found, total = invitations.places(db, my_role(), text, limit)
        above = commissioner_names(db, found)
    return Found(text, tuple(found), more=total > limit, above=above), total


def _place(code: str | None) -> Organisation | None:
    """The organisation of that ODS code, when the inviter may invite anybody to it."""
    with reading() as db:
        row = organisations.get(db, code) if code else None
        place = row.as_organisation() if row else None
    return place if place and invitable_roles(me().shown_as, place) else None


def _go_on(name: str) -> Response:
    """To the first step that still needs an answer."""
    draft = DRAFTS.find(name) or Draft()
    return redirect(url_for(f"invitations.{draft.step}", name=name), code=303)


def _on_from(name: str, step: str) -> Response:
    """To the next step; from a changed answer straight back to the check, when nothing is missing."""
    draft = DRAFTS.find(name) or Draft()
    following = STEPS[STEPS.index(step) + 1]
    earlier = STEPS.index(draft.step) < STEPS.index(following)
    to = draft.step if draft.step == "check" or earlier else following
    return redirect(url_for(f"invitations.{to}", name=name), code=303)


def _page(step: str, name: str, draft: Draft, **context: object) -> str:
    before = STEPS[STEPS.index(step) - 1]
    return render_template(
        f"invitations/{step}.jinja",
        name=name,
        draft=draft,
        previous=url_for(f"invitations.{before}", name=name),
        **context,
    )
