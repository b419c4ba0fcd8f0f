"""The matrix's country with the portal on it, and everybody's browser signed in."""

from dataclasses import dataclass

from directory.vocabulary import Holding, Organisation, Person, Role
from portal.mirroring.reconcile import reconcile
from portal.model.requests import AccessRequest
from portal.services import now
from portal.store import mirror
from tests.keycloak.proofs.http import Portal, portal
from tests.keycloak.proofs.matrix_country import (
    CLOSED,
    CLOSED_COMMISSIONER,
    WITHOUT_ACTIVE_APPROVER,
    Actor,
    Asked,
    Scene,
    asked_for,
    enrol,
    enrol_all,
    open_request,
    place_all,
)
from tests.support.builders.services import KeptPost, services
from tests.support.pages.browser import Browser
from tests.unit.rules import world

COMMISSIONER, APPROVER, DESK = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.SERVICE_DESK


@dataclass
class Country:
    """The portal with everybody signed in, and all that waits; `held` is who holds what in the directory."""

    portal: Portal
    scene: Scene
    places: dict[str, Organisation]
    actors: list[Actor]
    asked: list[Asked]

    def __post_init__(self) -> None:
        self._browsers: dict[str, tuple[Browser, str]] = {}
        self.held = self.all_held()

    def browser(self, actor: Actor) -> tuple[Browser, str]:
        """The actor's browser, kept, and its forms' token."""
        if actor.label not in self._browsers:
            browser = self.portal.browser(actor.person.id, actor.holding).open("/profile")
            token = browser.form("Sign out").fields["csrf_token"]
            self._browsers[actor.label] = browser, str(token)
        return self._browsers[actor.label]

    def post(self, actor: Actor, path: str, **form: str) -> int:
        browser, token = self.browser(actor)
        return browser.client.post(path, data={"csrf_token": token, **form}).status_code

    def get(self, actor: Actor, path: str) -> Browser:
        return self.browser(actor)[0].open(path)

    def find(self, asked: Asked) -> AccessRequest:
        with self.portal.services.sessions() as session:
            return session.get_one(AccessRequest, asked.id)

    def again(self, asked: Asked) -> Asked:
        """A new request like that one."""
        return open_request(self.portal.services, asked.target, asked.role, asked.escalated)

    def mirror(self, person: Person) -> None:
        """The portal's mirror of this person as the follower would leave it."""
        with self.portal.services.sessions.begin() as session:
            mirror.refresh_person(session, self.scene.reader.standing(person.id))

    def held_by(self, person: Person) -> frozenset[Holding]:
        return self.scene.reader.standing(person.id).holdings

    def all_held(self) -> set[tuple[str, Holding]]:
        return set(self.scene.reader.all_holdings())


def build_country(database: str, scene: Scene) -> Country:
    """Everybody signed in; then those who fall, fall, without the portal's mirror hearing of it.

    So does a commissioner's place: its people's state is "organisation closed".
    """
    made = services(database, scene.reader, scene.writer, KeptPost(), now)
    places, actors = place_all(scene), enrol_all(scene)
    fallen = _those_who_fall(scene)
    approver = world.holding(APPROVER, WITHOUT_ACTIVE_APPROVER)
    for actor in [one for one in actors if one.holding == approver]:
        scene.disable(actor.person.id)
        actors.remove(actor)
    places[CLOSED] = scene.change(CLOSED, status="closed")
    reconcile(made)
    found = Country(portal(made), scene, places, [*actors, *fallen], [])
    for actor in found.actors:
        found.browser(actor)
    _fall(scene, fallen)
    places[CLOSED_COMMISSIONER] = scene.change(CLOSED_COMMISSIONER, status="closed")
    found.held = found.all_held()
    found.asked = [
        open_request(made, places[code], role, escalated)
        for code in places
        if code != "Y90"
        for role, escalated in asked_for(places[code])
    ]
    return found


def _those_who_fall(scene: Scene) -> list[Actor]:
    """People with the strongest roles, who lose their powers after having signed in; a lock takes none."""
    strong = [(COMMISSIONER, "QAA"), (APPROVER, "A10001"), (DESK, "")]
    return [
        Actor(enrol(scene, f"{state[:4]}.{role}", (code, role)), world.holding(role, code), state)
        for role, code in strong
        for state in ("disabled", "locked", "role taken away")
    ]


def _fall(scene: Scene, actors: list[Actor]) -> None:
    for actor in actors:
        assert actor.holding is not None
        if actor.state == "disabled":
            scene.disable(actor.person.id)
        elif actor.state == "locked":
            scene.lock(actor.person.id)
        else:
            scene.take_every_role(actor.person.id)
