"""A small country: a region, two ICBs with sub-ICB locations, practices, and those who approve.

Y90 region > QA1 icb > A01 sub-icb > P001 single-level practice, P002 multi-level practice
           > QB1 icb > B01 sub-icb > P003 single-level practice
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, text

from directory.vocabulary import ApprovalLevel, Holding, OrganisationType, Person, Role
from portal.acts.origin import Origin
from portal.acts.register import Registration, register
from portal.effects.runner import run_due
from portal.mirroring.reconcile import reconcile
from portal.model import Base
from portal.model.requests import AccessRequest
from portal.rules.actor import ActingAs
from portal.services import WorkerServices
from tests.support.builders.services import Clock, KeptPost, services
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory

HERE = Origin("192.0.2.1", "a browser")


@dataclass(frozen=True)
class World:
    """Everything a test of the acts needs. `people` are by the short names used in `build`."""

    services: WorkerServices
    directory: FakeDirectory | KeycloakScene
    post: KeptPost
    clock: Clock
    people: dict[str, Person]

    def actor(self, who: str, role: Role, code: str = "") -> ActingAs:
        """The person, acting in that role there."""
        reader = self.services.reader
        path = reader.organisation(code).path if code else ()
        return ActingAs(self.people[who].id, Holding(role, path))

    def work(self) -> None:
        """Does everything that is due now, as the worker would."""
        while run_due(self.services):
            pass

    def registered(
        self, email: str = "new@p001.example", code: str = "P001", role: Role = Role.PROVIDER_USER
    ) -> UUID:
        """The id of the request of somebody new."""
        register(self.services, Registration(email, code, role, "Nora", "New", "I work here"), HERE)
        self.work()
        return self.request_of(email).id

    def request_of(self, email: str) -> AccessRequest:
        """The latest request of this address."""
        with self.services.sessions() as session:
            newest = select(AccessRequest).where(AccessRequest.email == email)
            return session.scalars(newest.order_by(AccessRequest.asked_at.desc())).first()

    def request(self, request_id: UUID) -> AccessRequest:
        """The request as it is now."""
        with self.services.sessions() as session:
            return session.get_one(AccessRequest, request_id)


def build(database: str) -> World:
    """The country in an emptied database, with its mirror filled."""
    directory, post, clock = FakeDirectory(), KeptPost(), Clock()
    made = services(database, directory, directory, post, clock)
    empty(made)
    place_organisations(directory)
    world = World(made, directory, post, clock, enrol(directory))
    reconcile(made)
    return world


def build_real(database: str, scene: KeycloakScene) -> World:
    """The same country on a real Keycloak, whose realm must be new."""
    post, clock = KeptPost(), Clock()
    made = services(database, scene.reader, scene.writer, post, clock)
    empty(made)
    place_organisations(scene)
    world = World(made, scene, post, clock, enrol(scene))
    reconcile(made)
    return world


def empty(services: WorkerServices) -> None:
    """Deletes every row, as nothing but a test may."""
    with services.sessions.begin() as session:
        session.execute(text("SELECT set_config('cqrs.audit_retiring', 'yes', true)"))
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        session.execute(text("DELETE FROM audit_anchor"))


def place_organisations(directory: FakeDirectory | KeycloakScene) -> None:
    kinds = OrganisationType
    directory.place("Y90", "North", kinds.REGION)
    for letter in "AB":
        directory.place(f"Q{letter}1", f"ICB {letter}", kinds.ICB, "Y90")
        directory.place(f"{letter}01", f"Place {letter}", kinds.SUB_ICB, f"Q{letter}1")
    directory.place("P001", "Fair Isle Surgery", parent="A01")
    directory.place("P002", "Cromarty Medical", parent="A01", approval_level=ApprovalLevel.MULTI)
    directory.place("P003", "Dogger Practice", parent="B01")


def enrol(directory: FakeDirectory | KeycloakScene) -> dict[str, Person]:
    """The people who approve: two at A01, one above, one elsewhere, two at P002, and the desk."""
    approver, commissioner = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER
    held = {
        "carol": ("A01", commissioner),
        "chris": ("A01", commissioner),
        "iris": ("QA1", commissioner),
        "bella": ("B01", commissioner),
        "pam": ("P002", approver),
        "paul": ("P002", approver),
        "una": ("P001", Role.PROVIDER_USER),
        "desk": ("", Role.SERVICE_DESK),
    }
    return {
        name: directory.enrol(f"{name}@approvers.example", name.title(), "Person", (where,))
        for name, where in held.items()
    }
