"""Which roles each kind of organisation offers."""

from directory.vocabulary import ApprovalLevel, Organisation, Role

PROVIDER_STAFF = (Role.PROVIDER_USER, Role.PROVIDER_FINANCE)
COMMISSIONER_STAFF = (
    Role.COMMISSIONER_USER,
    Role.COMMISSIONER_APPROVER,
    Role.COMMISSIONER_FINANCE,
    Role.ORGANISATION_ADMINISTRATOR,
    Role.USER_ADMINISTRATOR,
    Role.ADVANCED_USER_ADMINISTRATOR,
)
APPROVER_ROLES = frozenset({Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER})
DECIDER_ROLES = APPROVER_ROLES | {Role.SERVICE_DESK}
"""Whose holders are asked to decide on requests."""
ADMINISTRATOR_ROLES = frozenset(
    {Role.ORGANISATION_ADMINISTRATOR, Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR}
)
ORDINARY_ROLES = frozenset({*PROVIDER_STAFF, *COMMISSIONER_STAFF}) - APPROVER_ROLES - ADMINISTRATOR_ROLES


def offered(organisation: Organisation) -> tuple[Role, ...]:
    """The roles a person may ask for at the organisation today, in the order in which to list them.

    None at a region, nor at an organisation that is not open. A single-level provider has no approver of its
    own, so it offers no Provider Approver. The Service Desk's role is held everywhere and offered nowhere.
    """
    if not organisation.is_open:
        return ()
    if organisation.is_commissioner:
        return COMMISSIONER_STAFF
    if not organisation.is_provider:
        return ()
    multi = organisation.approval_level is ApprovalLevel.MULTI
    return (Role.PROVIDER_APPROVER, *PROVIDER_STAFF) if multi else PROVIDER_STAFF
