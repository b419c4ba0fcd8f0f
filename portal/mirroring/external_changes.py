"""Puts on record what anybody but the portal changed in Keycloak: its console, sync, people themselves.

The portal's own acts have written their entries already, in their own transactions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from directory.contract import Change, Reader
from directory.vocabulary import Cluster, Organisation, Standing
from portal.casework.audit_events import cluster_facts
from portal.model.audit import SHAPES, AuditEvent, AuditKind

OURS = "cqrs-writer"
"""The service account that the portal's own effects change Keycloak as."""


@dataclass(frozen=True, slots=True)
class Changer:
    """Who changed something in Keycloak: an account's id and name, and the network address it came from."""

    id: str
    name: str
    origin: str


KEYCLOAK = Changer("", "Keycloak", "")


class Changers:
    """Names those who made changes, asking Keycloak once for each."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names: dict[str, str] = {"": KEYCLOAK.name}

    def last(self, changes: Sequence[Change]) -> Changer | None:
        """Who made the last of them that the portal didn't make itself; None when it made them all."""
        for change in reversed(changes):
            if (name := self._name(change.by)) != OURS:
                return Changer(change.by, name, change.origin)
        return None

    def all(self, changes: Sequence[Change]) -> str:
        """Their names, each once."""
        return ", ".join(dict.fromkeys(self._name(change.by) for change in changes))

    def _name(self, account_id: str) -> str:
        if account_id not in self._names:
            known = self._reader.account_name(account_id)
            self._names[account_id] = known or "An administrator of Keycloak"
        return self._names[account_id]


def account_changed(before: Standing | None, after: Standing | None, changer: Changer) -> AuditEvent | None:
    """The event for an account that is not as it was; None when it is, or when there was and is none."""
    known = after or before
    if known is None:
        return None
    return _event(AuditKind.ACCOUNT_CHANGED, known.person.id, _account(before), _account(after), changer)


def organisation_changed(
    before: Organisation | None, after: Organisation | None, changer: Changer
) -> AuditEvent | None:
    """Likewise for an organisation."""
    known = after or before
    code = known.code if known else ""
    kind = AuditKind.ORGANISATION_CHANGED
    return _event(kind, code, _organisation(before), _organisation(after), changer, code)


def cluster_changed(before: Cluster | None, after: Cluster | None, changer: Changer) -> AuditEvent | None:
    """Likewise for a cluster."""
    known = after or before
    kind, subject, code = AuditKind.CLUSTER_CHANGED, "", ""
    if known:
        subject, code = known.short_name, known.commissioner
    return _event(kind, subject, cluster_facts(before), cluster_facts(after), changer, code)


def reconciled(written: int, deleted: int, why: str) -> AuditEvent:
    """So many rows of the mirror were not as Keycloak has them; of a sync, its own report names each."""
    after = {"written": written, "deleted": deleted}
    return AuditEvent(AuditKind.RECONCILED, "mirror", after=after, reason=why)


def _event(
    kind: AuditKind,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    changer: Changer,
    code: str = "",
) -> AuditEvent | None:
    if before == after:
        return None
    return AuditEvent(
        kind,
        subject,
        changer.id,
        changer.name,
        organisation_code=code,
        before=before,
        after=after,
        origin=changer.origin,
    )


def _account(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return dict.fromkeys(SHAPES[AuditKind.ACCOUNT_CHANGED].before)
    held = sorted(f"{held.role.value} {held.organisation}".strip() for held in standing.holdings)
    person = standing.person
    return {
        "name": person.name,
        "email": person.email,
        "enabled": person.enabled,
        "locked": standing.locked,
        "roles": held,
        "clusters": sorted(one.short_name or one.commissioner for one in standing.restrictions),
        "payment_types": list(person.payment_types),
    }


def _organisation(organisation: Organisation | None) -> dict[str, Any]:
    if organisation is None:
        return dict.fromkeys(SHAPES[AuditKind.ORGANISATION_CHANGED].before)
    return {
        "name": organisation.name,
        "type": organisation.type.value,
        "place": "/".join(organisation.path),
        "postcode": organisation.postcode,
        "status": organisation.status.value,
        "level": organisation.approval_level.value,
    }
