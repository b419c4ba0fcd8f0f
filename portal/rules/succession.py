"""Who decides at an organisation once one of its approvers is gone."""

from collections.abc import Collection

from directory.vocabulary import Holding, Organisation, Role
from portal.rules.routing import ActivePeople, Rung, holding_rung, rungs

QUEUES = {
    Role.COMMISSIONER_APPROVER: Role.COMMISSIONER_USER,
    Role.PROVIDER_APPROVER: Role.PROVIDER_USER,
}
"""For each approver's role, one of the roles whose requests sit with its holders."""


def successor(
    organisation: Organisation,
    role: Role,
    leaving: Collection[tuple[str, Holding]],
    active_people: ActivePeople,
) -> Rung | None:
    """The rung that the requests held by `role` at the organisation sit with once the last such is gone.

    `leaving` is who will no longer hold what, by person's id: one holding when a role is removed, all of a
    person's when the account is disabled or revoked. None while somebody active remains, and where requests
    don't sit with that role there anyway.
    """
    if role not in QUEUES:
        return None
    own, ladder = Rung(role, organisation.path), rungs(organisation, QUEUES[role])
    if own not in ladder or holding_rung(ladder, active_people) != own:
        return None
    after = holding_rung(ladder, _without(leaving, active_people))
    return None if after == own else after


def _without(leaving: Collection[tuple[str, Holding]], active_people: ActivePeople) -> ActivePeople:
    return lambda rung: [who for who in active_people(rung) if (who, rung.holding) not in leaving]
