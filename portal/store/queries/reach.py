"""Which organisations and which requests a role reaches, in SQL: the lists' side of what the rules decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from directory.vocabulary import (
    COMMISSIONING_TYPES,
    PROVIDER_TYPES,
    ApprovalLevel,
    Holding,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from portal.model.invitations import Invitation
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest
from portal.rules.conditions import NO, OVER, OVER_MULTI_LEVEL, OWN_PROVIDER, YES, Condition
from portal.rules.rights import GIVES, TABLE, Action
from portal.rules.roles import PROVIDER_STAFF
from portal.rules.scope import is_region, levels_below
from portal.store.mailboxes import is_same_mailbox

Organisation = MirroredOrganisation
Values = dict[str, Any]
NONE: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")
CLOSED: ColumnElement[str] = literal_column(f"'{OrganisationStatus.CLOSED.value}'")
LEVELS_BELOW: dict[Any, ColumnElement[int]] = {
    literal_column(f"'{kind.value}'"): literal_column(str(levels_below(kind)))
    for kind in OrganisationType
    if levels_below(kind) != 1
}
"""As they stand in the statement, which is the same for everybody: shorter, and with fewer parameters.

PostgreSQL soon plans a statement without looking at its parameters; what it is to choose an index by, or to
estimate by, stands there itself.
"""
PARAMETERS: dict[str, BindParameter[Any]] = {
    "held_at": bindparam("held_at", type_=Text),
    "held_path": bindparam("held_path", type_=ARRAY(Text)),
    "held_depth": bindparam("held_depth", type_=Integer),
    "held_only": bindparam("held_only", type_=ARRAY(Text)),
}
"""The parameters of a statement made for a shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """All that the form of a condition depends on: a statement made for it serves every holding of the shape.

    Whose it is then goes in by `values_of`; without these the statement isn't run at all. `commissions`: the
    place is one that can be over others. `restricted`: to clusters, whichever.
    """

    role: Role
    everywhere: bool
    commissions: bool
    restricted: bool


def shape_of(viewer: Holding | Shape) -> Shape:
    """The holding's, as it is now."""
    if isinstance(viewer, Shape):
        return viewer
    everywhere = viewer.role is Role.SERVICE_DESK and not viewer.path
    commissions = bool(viewer.path) and not is_region(viewer.path)
    return Shape(viewer.role, everywhere, commissions, viewer.only is not None)


def values_of(holding: Holding) -> Values:
    """What tells a holding from the others of its shape, clusters too: the parameters of their statements."""
    return {
        "held_at": holding.organisation,
        "held_path": [holding.organisation],
        "held_depth": len(holding.path),
        "held_only": sorted((holding.only or frozenset()).difference(holding.path)),
    }


def _value(viewer: Holding | Shape, name: str) -> ColumnElement[Any]:
    """The holding's own, or for a shape what stands for it."""
    if isinstance(viewer, Shape):
        return PARAMETERS[name]
    return literal(values_of(viewer)[name], PARAMETERS[name].type)


def is_everywhere(viewer: Holding | Shape) -> bool:
    """Whether it is the Service Desk's, which stands over everybody, with a role or without."""
    return shape_of(viewer).everywhere


def under(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether the holding is at a commissioner over an organisation, a closed one too; the Service Desk's is.

    And whether the organisation is in the person's clusters there, for somebody who is restricted.

    An ODS code stands once in the tree, so a path that names the holding's organisation runs through it. What
    commissions nothing, a region or a provider, is over nothing.
    """
    if is_everywhere(viewer):
        return true()
    if not shape_of(viewer).commissions:
        return false()
    nearest = func.cardinality(Organisation.path) - case(
        LEVELS_BELOW, value=cast(Organisation.type, Text), else_=ONE
    )
    through = Organisation.path.contains(_value(viewer, "held_path"))
    return and_(through, nearest >= _value(viewer, "held_depth"), _listed(viewer))


def _listed(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether the person's clusters let the role see it: `rules.scope.is_listed` as a condition.

    Nothing above the holding's organisation, nor that itself, counts as listed.
    """
    if not shape_of(viewer).restricted:
        return true()
    found: ColumnElement[bool] = Organisation.path.overlap(_value(viewer, "held_only"))
    return found


def stands_over(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether the holding stands over an organisation: by the table, sees its people.

    So a closed one has left every scope but everybody's, and a provider's approver stands over exactly their
    own provider, while that is multi-level: its branches have approvers of their own.
    """
    return IN_SQL[TABLE[Action.SEE_PEOPLE].cell(viewer.role)](viewer)


def _everywhere(viewer: Holding | Shape) -> ColumnElement[bool]:
    return true() if is_everywhere(viewer) else false()


def _over(viewer: Holding | Shape) -> ColumnElement[bool]:
    return and_(under(viewer), Organisation.status != CLOSED)


def _own_provider(viewer: Holding | Shape) -> ColumnElement[bool]:
    return and_(
        Organisation.code == _value(viewer, "held_at"),
        Organisation.type.in_(PROVIDER_TYPES),
        Organisation.status != CLOSED,
        Organisation.approval_level == ApprovalLevel.MULTI,
    )


def _over_multi_level(viewer: Holding | Shape) -> ColumnElement[bool]:
    return and_(_over(viewer), Organisation.approval_level == ApprovalLevel.MULTI)


def _nothing(_viewer: Holding | Shape) -> ColumnElement[bool]:
    return false()


IN_SQL: Mapping[Condition, Callable[[Holding | Shape], ColumnElement[bool]]] = {
    YES: _everywhere,
    OVER: _over,
    OWN_PROVIDER: _own_provider,
    OVER_MULTI_LEVEL: _over_multi_level,
    NO: _nothing,
}
"""The cells of the table's rows on accounts and on invitations, as conditions on the joined organisation."""


def invitable(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether a holder may invite somebody to the organisation: `rules.invitations` as a condition."""
    return or_(*(and_(_invites(action, viewer), _offers(action)) for action in GIVES))


def may_have_invited(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether a holder may send the invitation that the organisation is joined to.

    Also at an organisation that has closed or changed since: whoever could have sent it then looks after it.
    """
    return or_(*(and_(_invites(action, viewer), Invitation.role.in_(GIVES[action])) for action in GIVES))


def _invites(action: Action, viewer: Holding | Shape) -> ColumnElement[bool]:
    return IN_SQL[TABLE[action].cell(viewer.role)](viewer)


def _offers(action: Action) -> ColumnElement[bool]:
    """Whether the organisation offers what this row gives: `rules.roles.offered` as a condition."""
    open_ = Organisation.status == OrganisationStatus.OPEN
    if action is Action.INVITE_COMMISSIONER_STAFF:
        return and_(open_, Organisation.type.in_(COMMISSIONING_TYPES))
    provider = and_(open_, Organisation.type.in_(PROVIDER_TYPES))
    multi = Organisation.approval_level == ApprovalLevel.MULTI
    return and_(provider, multi) if action is Action.INVITE_PROVIDER_APPROVER else provider


def has_active_approver() -> ColumnElement[bool]:
    """Whether the organisation has a Provider Approver, active and not the request's applicant."""
    return exists(
        select(1)
        .select_from(MirroredHolding)
        .join(MirroredPerson, MirroredPerson.id == MirroredHolding.person_id)
        .where(
            MirroredHolding.organisation_code == Organisation.code,
            MirroredHolding.role == Role.PROVIDER_APPROVER,
            MirroredPerson.enabled,
            MirroredPerson.id != func.coalesce(AccessRequest.person_id, ""),
            ~is_same_mailbox(MirroredPerson.email, AccessRequest.email),
        )
        .correlate(Organisation, AccessRequest)
    )


def decidable(viewer: Holding | Shape) -> ColumnElement[bool]:
    """Whether a holder may decide the joined request, themselves apart: `rules.decisions` as a condition."""
    if viewer.role is Role.SERVICE_DESK:
        return _everywhere(viewer)
    if viewer.role is Role.COMMISSIONER_APPROVER:
        return and_(_over(viewer), _left_to_commissioner())
    if viewer.role is Role.PROVIDER_APPROVER:
        return and_(_own_provider(viewer), AccessRequest.role.in_(PROVIDER_STAFF))
    return false()


def _left_to_commissioner() -> ColumnElement[bool]:
    single = Organisation.approval_level == ApprovalLevel.SINGLE
    staff = AccessRequest.role.in_(PROVIDER_STAFF)
    approver = AccessRequest.role == Role.PROVIDER_APPROVER
    waiting = or_(AccessRequest.escalated_at.is_not(None), ~has_active_approver())
    return or_(
        ~or_(staff, approver),
        and_(approver, ~single),
        and_(staff, or_(single, waiting)),
    )
