"""Registering: e-mail, organisation, role and name, check, sent. One question a page, then a redirect."""

from dataclasses import replace

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Organisation, Role
from portal.acts.register import Registration, register
from portal.pages import organisation_search
from portal.pages.drafts import Page, fingerprint
from portal.pages.fields import one_line, option
from portal.pages.register import drafts
from portal.pages.register.drafts import Draft
from portal.pages.register.forms import EmailForm, OrganisationForm, RoleForm, SendForm
from portal.rules.errors import NothingFound, OrganisationClosed, RoleNotOffered
from portal.rules.roles import offered
from portal.web.access import public, request_origin, services
from portal.web.new_sessions import keeps_session

pages = Blueprint("register", __name__, url_prefix="/register")
with_draft = drafts.DRAFTS.step(lost="register/lost.jinja", sent="register.thank_you")


@pages.route("", methods=["GET", "POST"])
@public
@keeps_session
def start() -> Page:
    """The first question; a commissioner's link may name the organisation."""
    form = EmailForm(organisation=request.args.get("organisation", ""))
    if form.validate_on_submit():
        named = organisation_search.get(form.organisation.data or "")
        name = drafts.begin(Draft(form.email.data or "", named.code if named else ""))
        return _go_on(name)
    named = organisation_search.get(form.organisation.data or "")
    unknown = bool(form.organisation.data) and named is None
    return _page("register/email.jinja", form=form, named=named, unknown=unknown, back=None)


@pages.get("/organisations")
@public
def suggest() -> Response:
    """Organisations for the search box, as JSON."""
    return jsonify(organisation_search.suggestions(one_line(request.args.get("q"))))


@pages.get("/thank-you")
@public
def thank_you() -> str:
    """The same for everybody, whether or not the e-mail was known."""
    return render_template("register/thank_you.jinja")


@pages.route("/<name>/email", methods=["GET", "POST"])
@public
@with_draft
def email(name: str, draft: Draft) -> Page:
    """The e-mail once more, from the check page."""
    form = EmailForm(email=draft.email)
    if form.validate_on_submit():
        drafts.keep(name, replace(draft, email=form.email.data or ""))
        return _go_on(name)
    return _page("register/email.jinja", form=form, named=None, unknown=False, back=_back(name, "email"))


@pages.route("/<name>/organisation", methods=["GET", "POST"])
@public
@with_draft
def organisation(name: str, draft: Draft) -> Page:
    """A search, and what it found to choose from."""
    form = OrganisationForm()
    found = organisation_search.search(one_line(request.args.get("q")))
    if form.validate_on_submit():
        chosen = organisation_search.get(form.code.data)
        if chosen:
            drafts.keep(name, draft.with_organisation(chosen.code))
            return _go_on(name)
        form.code.errors = ["Select an open organisation from the list"]
    form.code.choices = found.choices
    return _page(
        "register/organisation.jinja",
        form=form,
        found=found,
        searched="q" in request.args,
        chosen=organisation_search.get(draft.organisation),
        back=_back(name, "organisation"),
    )


@pages.route("/<name>/role", methods=["GET", "POST"])
@public
@with_draft
def role(name: str, draft: Draft) -> Page:
    """The roles that the organisation offers, and the person's name."""
    place = organisation_search.get(draft.organisation)
    if place is None:
        drafts.keep(name, draft.with_organisation(""))
        return _go_on(name)
    form = RoleForm(role=draft.role, first_name=draft.first_name, last_name=draft.last_name)
    form.role.choices = [option(one.value, one.label) for one in offered(place)]
    if form.validate_on_submit() and _is_offered(form, place):
        answers = {
            "role": form.role.data,
            "first_name": form.first_name.data,
            "last_name": form.last_name.data,
        }
        drafts.keep(name, replace(draft, **answers))
        return _go_on(name)
    return _page("register/role.jinja", form=form, organisation=place, back=_back(name, "role"))


@pages.route("/<name>/check", methods=["GET", "POST"])
@public
@with_draft
def check(name: str, draft: Draft) -> Page:
    """All answers with a way to change each; sending them is the last button."""
    place = organisation_search.get(draft.organisation)
    if place is None:
        drafts.keep(name, draft.with_organisation(""))
    elif draft.role and Role(draft.role) not in offered(place):
        drafts.keep(name, replace(draft, role=""))
    elif draft.step == "check":
        return _checked(name, draft, place)
    return _go_on(name)


def _checked(name: str, draft: Draft, place: Organisation) -> Page:
    form = SendForm(formdata=None, shown=fingerprint(draft))
    if request.method == "POST":
        if request.form.get("shown") == fingerprint(draft):
            return _send(name, draft)
        flash("Your answers were changed in another tab. Check them again.", "information")
    return _page(
        "register/check.jinja", form=form, draft=draft, organisation=place, role=Role(draft.role), name=name
    )


def _send(name: str, draft: Draft) -> Response:
    asked = Registration(draft.email, draft.organisation, Role(draft.role), draft.first_name, draft.last_name)
    sending = f"{name} {fingerprint(draft)}"
    try:
        register(services(), asked, request_origin(), sending)
    except (NothingFound, OrganisationClosed, RoleNotOffered):
        drafts.keep(name, draft.with_organisation(""))
        flash("That organisation no longer takes requests for this role. Choose again.", "information")
        return _go_on(name)
    drafts.mark_sent(name)
    return redirect(url_for("register.thank_you"), code=303)


def _is_offered(form: RoleForm, place: Organisation) -> bool:
    if form.role.data in [one.value for one in offered(place)]:
        return True
    form.role.errors = ["Select a role from the list"]
    return False


def _go_on(name: str) -> Response:
    """To the first step that still needs an answer."""
    draft = drafts.find(name) or Draft()
    return redirect(url_for(f"register.{draft.step}", name=name), code=303)


def _back(name: str, step: str) -> str:
    """Where the Back link goes: to the check page once everything is answered, else to the step before."""
    draft = drafts.find(name) or Draft()
    if draft.step == "check":
        return url_for("register.check", name=name)
    before = {"email": "email", "organisation": "email", "role": "organisation"}[step]
    return url_for(f"register.{before}", name=name)


def _page(template: str, **context: object) -> str:
    return render_template(template, **context)
