"""A small country: a region, two ICBs with sub-ICB locations, practices, and those who approve.

Y90 region > QA1 icb > A01 sub-icb > P001 and P004 single-level practices, P002 multi-level practice
           > QB1 icb > B01 sub-icb > P003 single-level practice
"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session, sessionmaker

from directory.vocabulary import ApprovalLevel, Holding, OrganisationType, Person, Role
from portal.acts.origin import Origin
from portal.acts.register import Registration, register
from portal.mirroring.reconcile import reconcile
from portal.model import Base
from portal.model.requests import AccessRequest
from portal.rules.actor import ActingAs
from portal.services import WorkerServices
from portal.store import mirror
from tests.support.builders import rows
from tests.support.builders.filled_mirror import fill_mirror
from tests.support.builders.served_app import application
from tests.support.builders.services import Clock, KeptPost, services
from tests.support.builders.worker_at_once import for_one_go, run_due
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.fakes.directory import FakeDirectory
from tests.support.pages.browser import Browser

HERE = Origin("192.0.2.1")
REGION, ICB, SUB_ICB = "Y90", "QA1", "A01"
SINGLE, MULTI = "P001", "P002"
CLOSED = "P004"
"""Open in the country as it is built; tests of closed organisations close it."""
COOKIE = "cqrs"


@dataclass(frozen=True)
class World:
    """Everything a test of acts or of pages needs. `people` are by the short names used in `enrol`."""

    services: WorkerServices
    directory: FakeDirectory | KeycloakScene
    post: KeptPost
    clock: Clock
    people: dict[str, Person]

    @property
    def sessions(self) -> sessionmaker[Session]:
        return self.services.sessions

    @cached_property
    def app(self) -> Flask:
        """The portal that serves this country."""
        return application(self.services)

    def actor(self, who: str, role: Role, code: str = "") -> ActingAs:
        """The person, acting in that role there."""
        return ActingAs(self.people[who].id, self.holding(code, role))

    def holding(self, code: str, role: Role) -> Holding:
        return Holding(role, self.services.reader.organisation(code).path if code else ())

    def work(self) -> None:
        """Does everything that is due now, as the worker would."""
        services = for_one_go(self.services)
        while run_due(services):
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
        with self.sessions() as session:
            newest = select(AccessRequest).where(AccessRequest.email == email)
            return session.scalars(newest.order_by(AccessRequest.asked_at.desc())).first()

    def request(self, request_id: UUID) -> AccessRequest:
        """The request as it is now."""
        with self.sessions() as session:
            return session.get_one(AccessRequest, request_id)

    def person(
        self, email: str, *holdings: tuple[str, Role], first: str = "Ann", last: str = "Example"
    ) -> Person:
        """Somebody with these roles, in the directory and in the mirror."""
        made = self.directory.enrol(email, first, last, holdings)
        self.mirror(made.id)
        return made

    def mirror(self, person_id: str) -> None:
        """The mirror as the follower would leave it."""
        with self.sessions.begin() as session:
            mirror.refresh_person(session, self.services.reader.standing(person_id))

    def mirror_organisation(self, code: str) -> None:
        with self.sessions.begin() as session:
            mirror.refresh_organisation(session, self.services.reader.organisation(code))

    def browser(
        self, person: Person | None = None, acting_as: Holding | None = None, **kept: object
    ) -> Browser:
        """A browser, with a session of this person when one is given."""
        browser = Browser(self.app.test_client())
        if person:
            token = rows.signed_in(self.services, person, acting_as, **kept)
            browser.client.set_cookie(COOKIE, token, domain="localhost")
        return browser

    def open_request(
        self, email: str, code: str = SINGLE, role: Role = Role.PROVIDER_USER, **facts: object
    ) -> UUID:
        """An open request, as registering and telling the deciders leave it."""
        return rows.open_request(self.services, email, code, role, **facts)

    def notice(self, person: Person, name: str, **facts: object) -> UUID:
        """An unread notice of this person's."""
        return rows.notice(self.services, person, name, **facts)


def build(database: str) -> World:
    """The country in an emptied database, with its mirror filled."""
    directory, post, clock = FakeDirectory(), KeptPost(), Clock()
    made = services(database, directory, directory, post, clock)
    empty(made)
    place_organisations(directory)
    world = World(made, directory, post, clock, enrol(directory))
    fill_mirror(made)
    return world


def build_places(database: str, **environment: str) -> World:
    """The country's places beside what the database has: a test adds whom it needs, and no mail gets out."""
    directory, post, clock = FakeDirectory(), KeptPost(), Clock()
    post.away = True
    world = World(
        services(database, directory, directory, post, clock, environment), directory, post, clock, {}
    )
    place_organisations(directory)
    for organisation in directory.organisations():
        world.mirror_organisation(organisation.code)
    return world


def build_real(
    database: str,
    scene: KeycloakScene,
    environment: dict[str, str] | None = None,
    post: KeptPost | None = None,
) -> World:
    """The same country on a real Keycloak, whose realm must be new; `environment` is for the settings."""
    post, clock = post or KeptPost(), Clock()
    made = services(database, scene.reader, scene.writer, post, clock, environment)
    empty(made)
    place_organisations(scene)
    world = World(made, scene, post, clock, enrol(scene))
    reconcile(made)
    return world


def empty(services: WorkerServices) -> None:
    """Deletes every row, as nothing but a test may."""
    with services.sessions.begin() as session:
        rows.as_owner(session)
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
    directory.place("P003", "Viking Practice", parent="B01")
    directory.place("P004", "Dogger Practice", parent="A01")


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
