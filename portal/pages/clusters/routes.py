"""Service provider clusters: the list, one cluster with its staged changes, and its deletion."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Cluster
from portal.acts import clusters as acts
from portal.acts.clusters import Clusters, Deletion
from portal.pages.clusters import drafts, listed
from portal.pages.clusters.drafts import Draft
from portal.pages.clusters.forms import ClusterForm
from portal.pages.fields import one_line
from portal.pages.organisation_search import SHOWN, commissioner_names
from portal.rules.errors import NameTaken, NothingFound, OutOfDate
from portal.store.queries import clusters, people
from portal.web import second_factor
from portal.web.access import Permission, me, my_role, request_origin, requires, services
from portal.web.reading import reading
from portal.web.second_factor import fresh

pages = Blueprint("clusters", __name__, url_prefix="/administration/clusters")
SOMEBODY_ELSE = "Somebody else has changed this cluster since you opened it. Your changes were not submitted."
GONE_SINCE = "These left your organisation since you selected them, and were taken off the list:"
SOON = "The change is being applied: you need do nothing more."


@pages.get("", endpoint="listing")
@requires(Permission.CHANGE_CLUSTERS)
def everybodys() -> str | Response:
    """An administrator's own organisation; the Service Desk finds the commissioner first."""
    if my_role().organisation:
        return redirect(url_for("clusters.of_commissioner", code=my_role().organisation), code=303)
    text = one_line(request.args.get("q"))
    with reading() as db:
        matching = clusters.commissioners(db, text, SHOWN + 1)
        found = [row.as_organisation() for row in matching[:SHOWN]]
        above = commissioner_names(db, found)
    return render_template(
        "clusters/commissioners.jinja", found=found, more=len(matching) > SHOWN, text=text, above=above
    )


@pages.get("/<code>")
@requires(Permission.CHANGE_CLUSTERS)
def of_commissioner(code: str) -> str:
    """CLU-1's list."""
    scene = acts.look(services(), me().acting_as, code)
    with reading() as db:
        rows = clusters.listing(db, code)
    unsent = {row.cluster.short_name for row in rows if _changes(row.cluster.short_name, code)}
    return render_template("clusters/list.jinja", place=scene.commissioner, rows=rows, unsent=unsent)


@pages.route("/<code>/<short_name>", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
def show(code: str, short_name: str) -> str | Response:
    """One cluster, as it is to be once somebody presses Submit."""
    scene = acts.look(services(), me().acting_as, code)
    now = scene.named(short_name)
    draft = _changes(short_name, code) or drafts.of_cluster(now)
    form = ClusterForm(name=draft.name, description=draft.description)
    if request.method == "POST":
        if request.form.get("seen") != listed.fingerprint(now) and not draft.is_changed:
            flash(SOMEBODY_ELSE, "information")
            return redirect(request.path, code=303)
        name, description = form.entered
        return _stage(scene, replace(draft, name=name, description=description), form)
    return _page(scene, draft, form)


def _page(scene: Clusters, draft: Draft, form: ClusterForm) -> str:
    now = scene.named(draft.opened.short_name)
    moved = acts.preview_change(services(), draft.opened, draft.wanted)
    with reading() as db:
        rows = listed.rows(db, scene.commissioner, draft.organisations)
        names = people.names(db, [one.person_id for one in moved])
        members = next(
            (row.people for row in clusters.listing(db, now.commissioner) if row.cluster.id == now.id), 0
        )
    return render_template(
        "clusters/show.jinja",
        place=scene.commissioner,
        draft=draft,
        rows=rows,
        form=form,
        members=members,
        moved=moved,
        names=names,
        seen=listed.fingerprint(draft.opened),
        outdated=draft.opened != now,
    )


def _stage(scene: Clusters, draft: Draft, form: ClusterForm) -> str | Response:
    """Keeps what was entered; a button says what then."""
    here, go = draft.opened, request.form.get("go", "")
    if go.startswith("remove:"):
        left = tuple(code for code in draft.organisations if code != go.removeprefix("remove:"))
        draft = replace(draft, organisations=left)
    drafts.keep(here.short_name, draft)
    if go == "add":
        return redirect(url_for("clusters.choose", code=here.commissioner, name=here.short_name), code=303)
    if go != "submit":
        return redirect(request.path, code=303)
    if form.validate_on_submit():
        return _submit(scene, draft, form)
    return _page(scene, draft, form)


def _submit(scene: Clusters, draft: Draft, form: ClusterForm) -> str | Response:
    here = draft.opened
    if not draft.is_changed:
        drafts.discard(here.short_name)
        flash("Nothing was changed.", "information")
        return redirect(request.path, code=303)
    if second_factor.is_stale():
        return second_factor.ask(request.path)
    try:
        applied = acts.change(services(), me().acting_as, here, draft.wanted, request_origin())
    except NameTaken:
        form.say_taken()
        return _page(scene, draft, form)
    except OutOfDate:
        flash(SOMEBODY_ELSE, "information")
        return redirect(request.path, code=303)
    except NothingFound:
        if take_off_strangers(here.short_name, draft) is None:
            raise
        return redirect(request.path, code=303)
    drafts.discard(here.short_name)
    flash(_updated(draft.wanted, applied), "success")
    return redirect(url_for("clusters.of_commissioner", code=here.commissioner), code=303)


def take_off_strangers(name: str, draft: Draft) -> Draft | None:
    """Keeps the draft without what has left the commissioner since it was chosen, and says which that is.

    None when nothing has.
    """
    kept = draft.opened.organisations if draft.seen else frozenset()
    with reading() as db:
        gone = clusters.not_below(db, draft.commissioner, set(draft.organisations) - kept)
    if not gone:
        return None
    left = replace(draft, organisations=tuple(code for code in draft.organisations if code not in gone))
    drafts.keep(name, left)
    flash(f"{GONE_SINCE} {', '.join(sorted(gone))}. Check the list again.", "information")
    return left


def _updated(cluster: Cluster, applied: bool) -> str:
    named = f"{cluster.name} ({cluster.short_name})"
    return f"{named} was updated." if applied else f"{named} will soon be updated. {SOON}"


@pages.route("/<code>/<short_name>/leave", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
def leave(code: str, short_name: str) -> str | Response:
    """Warns of changes that were not submitted, and forgets them if that is meant."""
    draft = _changes(short_name, code)
    if request.method == "POST" or draft is None:
        return _left(short_name, code)
    return render_template("clusters/leave.jinja", draft=draft)


def _left(short_name: str, code: str) -> Response:
    drafts.discard(short_name)
    return redirect(url_for("clusters.of_commissioner", code=code), code=303)


@pages.route("/<code>/<short_name>/delete", methods=["GET", "POST"])
@requires(Permission.CHANGE_CLUSTERS)
@fresh
def delete(code: str, short_name: str) -> str | Response:
    """Says whom it concerns and who would gain what, asks, and does it."""
    if request.method == "POST":
        return _delete(code, short_name)
    deletion = acts.preview_deletion(services(), me().acting_as, code, short_name)
    with reading() as db:
        names = people.names(db, [one.person_id for one in deletion.people])
        below = len(clusters.candidate_codes(db, deletion.commissioner.path))
    return render_template("clusters/delete.jinja", deletion=deletion, names=names, below=below)


def _delete(code: str, short_name: str) -> Response:
    answer = request.form.get("people", "stay")
    if answer not in {"stay", "lift"}:
        abort(400)
    confirmed, lift = request.form.get("warning", ""), answer == "lift"
    try:
        done = acts.delete(
            services(), me().acting_as, code, short_name, confirmed, request_origin(), lift=lift
        )
    except OutOfDate:
        flash("The people in this cluster have changed. Check this again.", "information")
        return redirect(request.path, code=303)
    drafts.discard(short_name)
    flash(_deleted(done), "success")
    return redirect(url_for("clusters.of_commissioner", code=code), code=303)


def _deleted(done: Deletion) -> str:
    named = f"{done.cluster.name} ({done.cluster.short_name})"
    return f"{named} was deleted." if done.applied else f"{named} will soon be deleted. {SOON}"


def _changes(short_name: str, code: str) -> Draft | None:
    """What was entered about the cluster and not submitted; None when that is nothing."""
    draft = drafts.find(short_name, code)
    return draft if draft is not None and draft.is_changed else None
