"""Choosing the role to act in, for people who hold several."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField

from directory.vocabulary import Holding
from portal.model.mirror import MirroredOrganisation
from portal.pages.fields import needed, one_line, option
from portal.pages.organisation_search import whereabouts
from portal.pages.paging import part_of
from portal.pages.return_address import own_page_or
from portal.store.folding import fold
from portal.store.queries import organisations
from portal.web.access import me, signed_in
from portal.web.guard import choose, place_of
from portal.web.reading import reading

pages = Blueprint("roles", __name__)
FILTER_FROM = 10


@dataclass(frozen=True)
class Choice:
    """A role held, with the name of its organisation, whether that has closed and where it is: one row."""

    holding: Holding
    organisation_name: str
    closed: bool
    where: str = ""

    @property
    def value(self) -> str:
        return f"{self.holding.organisation}:{self.holding.role.value}"

    @property
    def hint(self) -> str:
        """What tells it apart from others at organisations of the same name."""
        told = (self.holding.role.label, self.holding.organisation, self.where)
        closed = ". This organisation has closed." if self.closed else ""
        return f"{', '.join(part for part in told if part)}{closed}"

    def answers(self, text: str) -> bool:
        """Whether every word typed is in the organisation's name or code, or in the role."""
        mine = " ".join(
            fold(f"{self.organisation_name} {self.holding.organisation} {self.holding.role.label}")
        )
        return all(word in mine for word in fold(text))


class RoleForm(FlaskForm):
    """One of the person's roles."""

    role = RadioField(
        "Select the organisation and role to work in",
        validators=[needed("Select the organisation and role to work in")],
        validate_choice=False,
    )


@pages.route("/role", methods=["GET", "POST"], endpoint="choose")
@signed_in
def choose_role() -> str | Response:
    """The list, filtered and in pages when it is long; Confirm makes one the active role."""
    person = me()
    with reading() as db:
        everything = choices(db, person.holdings)
    form = RoleForm(role=_value(person.active))
    if form.validate_on_submit():
        chosen = next((one for one in everything if one.value == form.role.data), None)
        if chosen:
            choose(chosen.holding)
            return redirect(own_page_or(request.args.get("next"), url_for("home.show")), code=303)
        form.role.errors = ["You no longer hold that role. Select another."]
    text = one_line(request.args.get("q"))
    page = part_of([one for one in everything if one.answers(text)], default_size=20)
    form.role.choices = [option(one.value, one.organisation_name) for one in page.items]
    return render_template(
        "roles/choose.jinja",
        form=form,
        hints={one.value: one.hint for one in page.items},
        page=page,
        text=text,
        filtered=len(everything) >= FILTER_FROM,
        total=len(everything),
    )


def choices(db: Session, holdings: frozenset[Holding]) -> list[Choice]:
    """The roles with their organisations' names, by name."""
    known = organisations.by_codes(db, [holding.organisation for holding in holdings])
    at = whereabouts(db, [row.as_organisation() for row in known.values()])
    named = [_choice(one, known.get(one.organisation), at.get(one.organisation, "")) for one in holdings]
    return sorted(named, key=lambda one: (one.organisation_name.lower(), one.value))


def _choice(holding: Holding, found: MirroredOrganisation | None, where: str) -> Choice:
    name, closed = place_of(holding, found)
    return Choice(holding, name if holding.organisation else name.capitalize(), closed, where)


def _value(holding: Holding | None) -> str | None:
    return f"{holding.organisation}:{holding.role.value}" if holding else None
