"""What the check boxes of one organisation on User details say."""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from directory.vocabulary import Role
from portal.acts.user_details import At
from portal.rules.details import Details


@dataclass(frozen=True)
class Box:
    """A check box: its value, its words, and whether it is ticked."""

    value: str
    words: str
    ticked: bool


@dataclass(frozen=True)
class Shown:
    """One organisation as the page shows it: what is to be there, and whether that was entered.

    `stays_restricted` is None where the question doesn't arise, and else the box's tick: the person is
    restricted there, and in no cluster. `added`: the person has no role there yet.
    """

    at: At
    roles: Sequence[Box]
    payment_types: Sequence[Box]
    clusters: Sequence[Box]
    stays_restricted: bool | None
    is_changed: bool
    added: bool


def shown(at: At, wanted: Details | None, kinds: Sequence[str]) -> Shown:
    """The organisation with its boxes; `kinds` are the payment types that there are today."""
    then = wanted or at.now
    every = list(dict.fromkeys([*kinds, *sorted(at.now.payment_types)]))
    to_nothing = at.now.restricted and not at.now.clusters
    return Shown(
        at,
        [Box(role.value, role.label, role in then.roles) for role in at.roles],
        [Box(kind, kind, kind in then.payment_types) for kind in every],
        [Box(one.id, f"{one.name} ({one.short_name})", one.id in then.clusters) for one in at.clusters],
        then.restricted if to_nothing else None,
        wanted is not None and wanted != at.now,
        not at.now.roles,
    )


def entered(at: At, form: MultiDict[str, str], kinds: Sequence[str]) -> Details:
    """What the form says of the organisation; a value that the page doesn't offer is as good as none."""
    code = at.organisation.code
    able = {role.value for role in at.roles}
    roles = frozenset(Role(value) for value in form.getlist(f"role:{code}") if value in able)
    others = frozenset(role for role in at.now.roles if role.value not in able)
    there = {one.id for one in at.clusters}
    return Details(
        code,
        roles | others,
        frozenset(form.getlist(f"payment:{code}")) & {*kinds, *at.now.payment_types},
        frozenset(form.getlist(f"cluster:{code}")) & there,
        at.now.restricted and form.get(f"restricted:{code}") == "y",
    )
