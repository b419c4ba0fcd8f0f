"""What an administrator has entered on User details and not yet submitted, in their own session."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import session

from directory.vocabulary import Role
from portal.rules.details import Details, tidy

ENTRY = "user-details"
KEPT = 5


@dataclass(frozen=True)
class Draft:
    """Organisations that were added, by ODS code; what was seen where something was entered, and that."""

    added: tuple[str, ...] = ()
    seen: tuple[Details, ...] = ()
    wanted: tuple[Details, ...] = ()

    def entered(self, code: str) -> Details | None:
        """What is wanted there, if anything was entered."""
        return next((one for one in self.wanted if one.organisation == code), None)

    @property
    def is_changed(self) -> bool:
        """Whether submitting would change anything."""
        return [*self.seen] != [tidy(one) for one in self.wanted]

    def adding(self, code: str) -> "Draft":
        return replace(self, added=tuple(dict.fromkeys([*self.added, code])))

    def entering(self, seen: Details, wanted: Details) -> "Draft":
        """With this in the place of what was entered there before."""
        bare = self.without({seen.organisation})
        return replace(bare, seen=(*bare.seen, seen), wanted=(*bare.wanted, wanted))

    def without(self, codes: Collection[str]) -> "Draft":
        """With nothing entered at these organisations."""
        return replace(self, seen=_but(self.seen, codes), wanted=_but(self.wanted, codes))

    def dropping(self, code: str) -> "Draft":
        """Without an organisation that was added."""
        left = tuple(one for one in self.added if one != code)
        return replace(self.without({code}), added=left)


def find(person_id: str) -> Draft:
    """The draft for this person; an empty one when nothing was entered."""
    kept = session.get(ENTRY, {}).get(person_id)
    if kept is None:
        return Draft()
    return Draft(tuple(kept["added"]), _read(kept["seen"]), _read(kept["wanted"]))


def keep(person_id: str, draft: Draft) -> None:
    """Keeps it; the one untouched for longest makes room."""
    others = {key: kept for key, kept in session.get(ENTRY, {}).items() if key != person_id}
    while len(others) >= KEPT:
        del others[next(iter(others))]
    facts = {"added": [*draft.added], "seen": _written(draft.seen), "wanted": _written(draft.wanted)}
    session[ENTRY] = {**others, person_id: facts}


def discard(person_id: str) -> None:
    """Forgets it."""
    session[ENTRY] = {key: kept for key, kept in session.get(ENTRY, {}).items() if key != person_id}


def _but(details: Iterable[Details], codes: Collection[str]) -> tuple[Details, ...]:
    return tuple(one for one in details if one.organisation not in codes)


def _written(details: Iterable[Details]) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.organisation,
            "roles": sorted(one.roles),
            "payment_types": sorted(one.payment_types),
            "clusters": sorted(one.clusters),
            "restricted": one.restricted,
        }
        for one in details
    ]


def _read(kept: Iterable[dict[str, Any]]) -> tuple[Details, ...]:
    return tuple(
        Details(
            one["organisation"],
            frozenset(map(Role, one["roles"])),
            frozenset(one["payment_types"]),
            frozenset(one["clusters"]),
            one["restricted"],
        )
        for one in kept
    )
