"""With whom a request should be by the specification, worked out without the rules."""

from directory.errors import OrganisationNotFound
from directory.vocabulary import Organisation, Role, Standing
from portal.model.requests import AccessRequest
from tests.support.proofs.snapshot import Snapshot

STAFF = {"provider-user", "provider-finance"}
COMMISSIONING = {"icb", "sub-icb"}


def holder_of(directory: Snapshot, request: AccessRequest) -> tuple[Role, str]:
    """The role and ODS code that the request should be with; the Service Desk's code is empty."""
    for role, code in _in_turn(directory, request):
        if people_on(directory, role, code, request):
            return role, code
    return Role.SERVICE_DESK, ""


def people_on(directory: Snapshot, role: Role, code: str, request: AccessRequest) -> list[Standing]:
    """The active holders of exactly that, without the applicant; a closed organisation's don't count."""
    if _is_closed(directory, code):
        return []
    return [
        standing
        for person in directory.people()
        if (standing := directory.standing(person.id)).is_active
        and untagged(person.email) != untagged(request.email)
        and any((one.role, one.organisation) == (role, code) for one in standing.holdings)
    ]


def untagged(email: str) -> str:
    """The address without what stands between a plus and the at sign: one person's, however they write it."""
    local, _, domain = email.partition("@")
    return f"{local.split('+')[0] or local}@{domain}"


def _is_closed(directory: Snapshot, code: str) -> bool:
    try:
        return bool(code) and directory.organisation(code).status == "closed"
    except OrganisationNotFound:
        return True


def _in_turn(directory: Snapshot, request: AccessRequest) -> list[tuple[Role, str]]:
    try:
        place = directory.organisation(request.organisation_code)
    except OrganisationNotFound:
        return []
    if place.status == "closed":
        return []
    multi = place.approval_level == "multi"
    if request.role == "provider-approver" and not multi:
        return []
    above = [(Role.COMMISSIONER_APPROVER, one.code) for one in _upwards(directory, place)]
    own = request.role in STAFF and multi
    return [(Role.PROVIDER_APPROVER, place.code)] * own + above


def _upwards(directory: Snapshot, place: Organisation) -> list[Organisation]:
    """The commissioning organisations from the place itself to the top."""
    found = [directory.organisation(code) for code in reversed(place.path)]
    return [one for one in found if one.type in COMMISSIONING]
