"""People made for a journey, as the service makes them, with a password as if they had set it."""

import secrets
from typing import Any

from directory.vocabulary import Role
from portal.services import WorkerServices, build_for_worker
from portal.settings import WorkerSettings
from tests.browser.running import UNLIMITED
from tests.browser.stack_facts import SamplePerson, StackFacts


def services_of(stack: StackFacts) -> WorkerServices:
    """The running stack's own services, in this process."""
    return build_for_worker(WorkerSettings.from_environment(stack.environment | UNLIMITED))


def make_person(stack: StackFacts, first: str, last: str, *held: tuple[Role, str]) -> SamplePerson:
    """Somebody new who holds these roles at the organisations of these ODS codes, and can sign in."""
    services = services_of(stack)
    email = f"{first}.{last}.{secrets.token_hex(3)}@journey.example".lower()
    person = services.writer.ensure_person(email, first, last)
    for role, code in held:
        services.writer.grant(person.id, services.reader.organisation(code), role)
    password = f"Aa1!{secrets.token_urlsafe(12)}"
    _set_password(stack, person.id, password)
    return SamplePerson(f"{first} {last}", email, password, ", ".join(role.label for role, _ in held))


def _set_password(stack: StackFacts, person_id: str, password: str) -> None:
    """As Keycloak's administrator: the address is confirmed and nothing is left to do."""
    user: dict[str, Any] = {"emailVerified": True, "requiredActions": []}
    credential = {"type": "password", "value": password, "temporary": False}
    base = f"{stack.keycloak}/admin/realms/cqrs/users/{person_id}"
    for address, body in ((f"{base}/reset-password", credential), (base, user)):
        known = stack.as_administrator("GET", base) if address == base else {}
        stack.as_administrator("PUT", address, known | body)
