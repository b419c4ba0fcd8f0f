"""User details: roles, payment types and clusters at several organisations, staged until Submit."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField

from portal.acts import user_details as acts
from portal.acts.submit_user_details import submit
from portal.acts.user_details import Preview, Scene
from portal.pages.fields import needed, one_line
from portal.pages.organisation_search import SEARCH_LIMIT, SHOWN, Found, commissioner_names
from portal.pages.paging import asked_page
from portal.pages.user_details import drafts
from portal.pages.user_details.drafts import Draft
from portal.pages.user_details.entered import Shown, entered, shown
from portal.rules.errors import NothingFound, OutOfDate
from portal.store.queries.page import Page
from portal.store.queries.reached import settable
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

pages = Blueprint("user_details", __name__, url_prefix="/users/<uuid:person_id>/details")
ON_A_PAGE = 10
SOMEBODY_ELSE = (
    "Somebody else has changed this person's access since you opened it, or is changing it. "
    "Your changes there were not submitted."
)
NOTHING = "Nothing was changed. Tick or clear a box first."


class OrganisationForm(FlaskForm):
    """One of the organisations where the administrator may set User details."""

    code = RadioField(
        "Select the organisation", validators=[needed("Select the organisation")], validate_choice=False
    )


@dataclass(frozen=True)
class Part:
    """The organisations of one page, with all there are in `scene`."""

    scene: Scene
    draft: Draft
    page: Page[Shown]


@pages.route("", methods=["GET", "POST"])
@requires(Permission.ASSIGN)
def show(person_id: UUID) -> str | Response:
    """The organisations, each with its boxes; a button says what then."""
    who = str(person_id)
    part = _part(who, asked_page())
    if request.method == "POST":
        return _stage(who, part)
    return render_template("user_details/show.jinja", part=part, scene=part.scene, draft=part.draft)


def _part(person_id: str, number: int) -> Part:
    draft = drafts.find(person_id)
    scene = _scene(person_id, draft)
    kinds = services().settings.payment_types
    every = [shown(at, draft.entered(at.organisation.code), kinds) for at in scene.places]
    every.sort(key=lambda one: not one.added)
    number = min(number, max(1, -(-len(every) // ON_A_PAGE)))
    here = every[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    return Part(scene, draft, Page(here, number, ON_A_PAGE, len(every)))


def _scene(person_id: str, draft: Draft) -> Scene:
    """With what was added; an organisation that has gone since is added no more."""
    try:
        return acts.look(services(), me().acting_as, person_id, draft.added)
    except NothingFound:
        drafts.discard(person_id)
        return acts.look(services(), me().acting_as, person_id)


def _stage(person_id: str, part: Part) -> Response:
    """Keeps what was entered where nobody else has changed anything meanwhile."""
    draft, go = part.draft, request.form.get("go", "")
    if go == "discard":
        drafts.discard(person_id)
        return _to("show", person_id)
    for code in request.form.getlist("shown"):
        at = part.scene.at(code)
        if at is None or request.form.get(f"seen:{code}") != at.now.fingerprint:
            flash(SOMEBODY_ELSE, "information")
            drafts.keep(person_id, draft.without({code}))
            return _to("show", person_id)
        draft = draft.entering(at.now, entered(at, request.form, services().settings.payment_types))
    if go.startswith("drop:"):
        draft = draft.dropping(go.removeprefix("drop:"))
    drafts.keep(person_id, draft)
    return _next(person_id, draft, go)


def _next(person_id: str, draft: Draft, go: str) -> Response:
    if go == "add":
        return _to("organisation", person_id)
    if go == "continue" and draft.is_changed:
        return _to("check", person_id)
    if go == "continue":
        flash(NOTHING, "problem")
    page = go.removeprefix("page:") if go.startswith("page:") else None
    return redirect(url_for("user_details.show", person_id=person_id, page=page), code=303)


@pages.route("/organisation", methods=["GET", "POST"])
@requires(Permission.ASSIGN)
def organisation(person_id: UUID) -> str | Response:
    """Add organisation: one of those where the administrator may set User details."""
    who = str(person_id)
    draft, form = drafts.find(who), OrganisationForm()
    scene = _scene(who, draft)
    text = one_line(request.args.get("q"))[:SEARCH_LIMIT]
    with reading() as db:
        rows, total = settable(db, my_role(), text, SHOWN)
        above = commissioner_names(db, rows)
    found = Found(text, tuple(rows), more=total > len(rows), above=above)
    form.code.choices = found.choices
    if form.validate_on_submit():
        return _add(who, draft, str(form.code.data))
    return render_template("user_details/organisation.jinja", scene=scene, form=form, found=found)


def _add(person_id: str, draft: Draft, code: str) -> Response:
    """What can't be added, the act leaves out; whoever asks for that did not use the list."""
    wider = draft.adding(code)
    if _scene(person_id, wider).at(code) is None:
        return _to("organisation", person_id)
    drafts.keep(person_id, wider)
    return redirect(f"{url_for('user_details.show', person_id=person_id)}#place-{code}", code=303)


@pages.route("/check", methods=["GET", "POST"])
@requires(Permission.ASSIGN)
@fresh
def check(person_id: UUID) -> str | Response:
    """What the person gains and loses; Submit has it done."""
    who, draft = str(person_id), drafts.find(str(person_id))
    if not draft.is_changed:
        return _to("show", who)
    try:
        if request.method == "POST":
            return _submit(who, draft)
        found = acts.preview(services(), me().acting_as, who, draft.seen, draft.wanted)
    except (OutOfDate, NothingFound):
        return _out_of_date(who)
    return render_template("user_details/check.jinja", found=found)


def _submit(person_id: str, draft: Draft) -> Response:
    confirmed = request.form.get("shown", "")
    done = submit(
        services(), me().acting_as, person_id, draft.seen, draft.wanted, confirmed, request_origin()
    )
    drafts.discard(person_id)
    flash(_said(done), "success")
    return redirect(url_for("users.person", person_id=person_id), code=303)


def _said(done: Preview) -> str:
    who = done.scene.person.display_name
    if done.applied:
        return f"{who} was successfully updated."
    return f"{who} will soon be updated. The change is being applied: you need do nothing more."


def _out_of_date(person_id: str) -> Response:
    drafts.discard(person_id)
    flash(SOMEBODY_ELSE, "information")
    return _to("show", person_id)


def _to(page: str, person_id: str) -> Response:
    return redirect(url_for(f"user_details.{page}", person_id=person_id), code=303)
