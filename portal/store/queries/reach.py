"""Which organisations and which requests a role reaches, in SQL: the lists' side of what the rules decide."""

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from directory.vocabulary import ApprovalLevel, Holding, OrganisationStatus, OrganisationType, Role
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest
from portal.rules.roles import PROVIDER_STAFF

Organisation = MirroredOrganisation


def under(holding: Holding) -> ColumnElement[bool]:
    """Whether an organisation is the holding's or below it; everywhere for the Service Desk.

    An ODS code stands once in the tree, so it is below an organisation exactly when its path names that.
    """
    if not holding.path:
        return true()
    return Organisation.path.contains([holding.path[-1]])


def stands_over(holding: Holding) -> ColumnElement[bool]:
    """Whether the holding stands over an organisation: a closed one has left every scope but everybody's.

    A Provider Approver stands over exactly their own provider: its branches have approvers of their own.
    """
    if not holding.path:
        return true()
    own = holding.role is Role.PROVIDER_APPROVER
    place = Organisation.code == holding.organisation if own else under(holding)
    return and_(place, Organisation.status != OrganisationStatus.CLOSED)


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
            ~MirroredPerson.locked,
            MirroredPerson.id != func.coalesce(AccessRequest.person_id, ""),
        )
        .correlate(Organisation, AccessRequest)
    )


def decidable(holding: Holding) -> ColumnElement[bool]:
    """Whether a holder may decide the joined request, themselves apart: `rules.decisions` as a condition."""
    if holding.role is Role.SERVICE_DESK:
        return true()
    if holding.role is Role.COMMISSIONER_APPROVER:
        return and_(_commissions(holding), _left_to_commissioner())
    if holding.role is Role.PROVIDER_APPROVER:
        return and_(
            Organisation.code == holding.organisation,
            Organisation.status != OrganisationStatus.CLOSED,
            Organisation.approval_level == ApprovalLevel.MULTI,
            AccessRequest.role.in_(PROVIDER_STAFF),
        )
    return false()


def _commissions(holding: Holding) -> ColumnElement[bool]:
    return and_(
        under(holding),
        Organisation.status != OrganisationStatus.CLOSED,
        Organisation.type != OrganisationType.REGION,
    )


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
