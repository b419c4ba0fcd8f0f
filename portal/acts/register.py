"""Somebody without an account asks for one. What is answered never depends on whether the e-mail is known."""

from dataclasses import dataclass

from directory.vocabulary import Role
from portal.acts.admission import DAY, admit_stranger
from portal.acts.origin import Origin
from portal.effects import registration as sorting_out
from portal.rules.errors import NameRefused, NothingFound, OrganisationClosed, RoleNotOffered
from portal.rules.names import name_problem
from portal.rules.roles import offered
from portal.services import Services
from portal.store import attempts
from portal.store.queries import organisations


@dataclass(frozen=True, slots=True)
class Registration:
    """What a newcomer asks for. `email` is taken in any case."""

    email: str
    organisation_code: str
    role: Role
    first_name: str
    last_name: str
    reason: str = ""


def register(services: Services, registration: Registration, origin: Origin, sending: str = "") -> None:
    """Takes the registration in; the worker looks whether the e-mail is known, and asks or tells accordingly.

    `sending` names it: what comes again under the same name within a day does nothing more. The name is taken
    in the registration's own transaction, so one that failed can be sent again. The same work whoever it is
    for, and one commit. Raises NothingFound, OrganisationClosed, RoleNotOffered, NameRefused and
    TooManyAttempts.
    """
    email = registration.email.strip().lower()
    _check(services, registration)
    asked = sorting_out.SortOutRegistration(
        email=email,
        organisation_code=registration.organisation_code,
        role=registration.role,
        first_name=registration.first_name,
        last_name=registration.last_name,
        reason=registration.reason,
        origin=origin.address,
    )
    with services.sessions.begin() as session:
        if sending and not attempts.is_first(session, "register:sending", sending, DAY, services.true_time()):
            return
        admit_stranger(services, session, "register", email, origin)
        sorting_out.queue(session, asked, services.clock())


def _check(services: Services, registration: Registration) -> None:
    with services.sessions() as session:
        found = organisations.get(session, registration.organisation_code)
    if found is None:
        raise NothingFound(registration.organisation_code)
    organisation = found.as_organisation()
    if not organisation.is_open:
        raise OrganisationClosed(organisation.code)
    if registration.role not in offered(organisation):
        raise RoleNotOffered(registration.role)
    for name in (registration.first_name, registration.last_name):
        if problem := name_problem(name):
            raise NameRefused(problem)
