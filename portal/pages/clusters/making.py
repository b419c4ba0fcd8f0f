"""Making a cluster: its name and description, the chooser, the summary and the confirmation.

The chooser also serves a cluster that there is: what is chosen there is staged on the cluster's page.
"""

from dataclasses import replace

from flask import abort, flash, get_flashed_messages, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory.vocabulary import Organisation
from portal.acts import clusters as acts
from portal.acts.clusters import Clusters
from portal.pages.clusters import choosing, drafts, listed
from portal.pages.clusters.choosing import Ticks
from portal.pages.clusters.drafts import Draft
from portal.pages.clusters.files import UnreadableFile, lines
from portal.pages.clusters.forms import TAKEN, ClusterForm
from portal.pages.clusters.routes import pages, take_off_strangers
from portal.pages.fields import one_line
from portal.pages.organisation_search import whereabouts
from portal.pages.paging import asked_page, asked_size
from portal.rules.errors import NameTaken, NothingFound
from portal.store.queries import clusters
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

NO_PROVIDERS = "Select at least one service provider"
TOO_MANY_CODES = f"Enter {choosing.MOST_CODES:,} ODS codes or fewer"


@pages.route("/<code>/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
def new(code: str) -> str | Response:
    """Create Service Provider Cluster: a draft begins with its name."""
    scene, form = acts.look(services(), me().acting_as, code), ClusterForm()
    if _is_valid(scene, form):
        name = drafts.begin(Draft(code, *form.entered))
        return redirect(url_for("clusters.choose", code=code, name=name), code=303)
    return render_template("clusters/new.jinja", place=scene.commissioner, form=form)


@pages.route("/<code>/new/<name>", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
def rename(code: str, name: str) -> str | Response:
    """The same with what was entered."""
    scene, draft = acts.look(services(), me().acting_as, code), _draft(code, name)
    form = ClusterForm(name=draft.name, description=draft.description)
    if _is_valid(scene, form):
        called, about = form.entered
        drafts.keep(name, replace(draft, name=called, description=about))
        return redirect(url_for("clusters.choose", code=code, name=name), code=303)
    return render_template("clusters/new.jinja", place=scene.commissioner, form=form, mistaken_field="name")


def _is_valid(scene: Clusters, form: ClusterForm) -> bool:
    if not form.validate_on_submit():
        return False
    if scene.is_taken(form.entered[0]):
        form.say_taken()
        return False
    return True


@pages.route("/<code>/choose/<name>", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
def choose(code: str, name: str) -> str | Response:
    """The chooser: a page of the providers that a search finds, with boxes that the draft remembers."""
    place = acts.look(services(), me().acting_as, code).commissioner
    draft = _draft(code, name)
    if request.method == "POST":
        return _chosen(place, name, draft)
    text = one_line(request.args.get("q"))
    with reading() as db:
        page = clusters.candidates(db, place.path, text, asked_page(), asked_size(20))
        matching = clusters.candidate_codes(db, place.path, text)
        at = whereabouts(db, [row.as_organisation() for row in page.items], place.code)
    return render_template(
        "clusters/choose.jinja",
        place=place,
        draft=draft,
        chosen=frozenset(draft.organisations),
        page=page,
        at=at,
        text=text,
        all_chosen=bool(matching) and matching <= set(draft.organisations),
        back=_before(code, name, draft),
        mistaken_field=_mistaken("all" if page.items else "q"),
    )


def _mistaken(boxes: str) -> list[str] | str:
    """To which part of the chooser each problem leads; `boxes` is where a provider is selected."""
    fields = {NO_PROVIDERS: boxes, TOO_MANY_CODES: "codes"}
    told = get_flashed_messages(category_filter=["problem"])
    return [fields.get(str(one), "file") for one in told] or boxes


def _chosen(place: Organisation, name: str, draft: Draft) -> Response:
    """Keeps the boxes as they are, and goes where the button says."""
    form, go = request.form, request.form.get("go", "")
    text = one_line(form.get("text"))
    ticks = Ticks(
        form.getlist("shown"),
        form.getlist("chosen"),
        text,
        all_was=form.get("all_was") == "y",
        all_is=form.get("all") == "y",
    )
    with reading() as db:
        draft = choosing.ticked(db, place.path, draft, ticks)
        if go == "codes":
            draft = _pasted(db, place, draft)
        if go == "file":
            draft = _uploaded(db, place, draft)
    drafts.keep(name, draft)
    return _next(place.code, name, draft, go, text)


def _pasted(db: Session, place: Organisation, draft: Draft) -> Draft:
    """With the pasted codes; so many that they aren't all looked at change nothing."""
    codes = choosing.codes_of(request.form.get("codes", ""))
    if len(codes) > choosing.MOST_CODES:
        flash(TOO_MANY_CODES, "problem")
        return draft
    draft, added = choosing.pasted(db, place.path, draft, codes)
    flash(_said(added), "information")
    return draft


def _uploaded(db: Session, place: Organisation, draft: Draft) -> Draft:
    """With the codes of the file; one that can't be read as a whole changes nothing."""
    file = request.files.get("file")
    content = file.read() if file and file.filename else b""
    if not content:
        flash("Choose a file that has ODS codes", "problem")
        return draft
    try:
        draft, added = choosing.uploaded(db, place.path, draft, lines(content))
    except UnreadableFile as wrong:
        flash(str(wrong), "problem")
        return draft
    flash(_said(added), "information")
    return draft


def _said(added: int) -> str:
    return f"{added} added." if added else "None were added."


def _next(code: str, name: str, draft: Draft, go: str, text: str) -> Response:
    if go == "continue" and draft.seen is not None:
        return redirect(url_for("clusters.show", code=code, short_name=name), code=303)
    if go == "continue" and draft.organisations:
        return redirect(url_for("clusters.check", code=code, name=name), code=303)
    if go == "continue":
        flash(NO_PROVIDERS, "problem")
    if go == "search":
        text = one_line(request.form.get("q"))
    number = go.removeprefix("page:") if go.startswith("page:") else None
    address = url_for("clusters.choose", code=code, name=name, q=text or None, page=number)
    return redirect(address, code=303)


@pages.route("/<code>/new/<name>/check", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
@fresh
def check(code: str, name: str) -> str | Response:
    """The summary: Yes creates the cluster, No goes back with nothing lost."""
    place, draft = acts.look(services(), me().acting_as, code).commissioner, _draft(code, name)
    if request.method == "POST":
        if request.form.get("answer") != "yes":
            return redirect(url_for("clusters.rename", code=code, name=name), code=303)
        return _create(code, name, draft)
    with reading() as db:
        rows = listed.rows(db, place, draft.organisations)
    return render_template("clusters/check.jinja", place=place, draft=draft, rows=rows, name=name)


def _create(code: str, name: str, draft: Draft) -> Response:
    try:
        made = acts.create(services(), me().acting_as, code, name, draft.wanted, request_origin())
    except NameTaken:
        flash(TAKEN, "problem")
        return redirect(url_for("clusters.rename", code=code, name=name), code=303)
    except NothingFound:
        if (left := take_off_strangers(name, draft)) is None:
            raise
        to = "clusters.check" if left.organisations else "clusters.choose"
        return redirect(url_for(to, code=code, name=name), code=303)
    drafts.keep(name, replace(draft, organisations=(), sent=True, made=made))
    return redirect(url_for("clusters.done", code=code, name=name), code=303)


@pages.get("/<code>/new/<name>/done")
@requires(Permission.CHANGE_CLUSTERS)
def done(code: str, name: str) -> str:
    """The confirmation, with links to the list and to another new cluster."""
    draft = drafts.find(name, code)
    if draft is None or not draft.sent:
        abort(404)
    return render_template("clusters/done.jinja", draft=draft)


def _before(code: str, name: str, draft: Draft) -> str:
    if draft.seen is None:
        return url_for("clusters.rename", code=code, name=name)
    return url_for("clusters.show", code=code, short_name=name)


def _draft(code: str, name: str) -> Draft:
    """The draft in hand; one that was sent leads to its confirmation. Nobody else's is found."""
    draft = drafts.find(name, code)
    if draft is None:
        abort(404)
    if draft.sent:
        abort(redirect(url_for("clusters.done", code=code, name=name), code=303))
    return draft
