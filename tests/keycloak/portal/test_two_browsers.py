"""Something happens to an approver elsewhere while their browser is open: its next request has no power.

Where the account's sessions end, they have ended within five seconds, here and in Keycloak.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from directory.vocabulary import Person, Role
from portal.acts import disable, remove_role, revoke
from portal.acts.sign_out_elsewhere import sign_out_elsewhere
from portal.model.sessions import PortalSession
from portal.rules.actor import ActingAs
from portal.rules.disabling import Reason, Why
from tests.support.builders.names import in_letters
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.serving import free_port, served
from tests.support.servers.realm import fresh_realm
from tests.support.servers.running import RunningServers
from tests.support.waiting import wait_until

pytestmark = pytest.mark.keycloak
APPROVER, DESK = Role.PROVIDER_APPROVER, ("desk", Role.SERVICE_DESK, "")
LONGEST_WAIT = 60
"""Seconds in which a session has ended, on a busy machine too."""


@dataclass(frozen=True)
class Site:
    """The portal, and the country that it and Keycloak know."""

    world: World
    address: str

    def visitor(self) -> KeycloakVisitor:
        return KeycloakVisitor(self.address, self.world.directory.realm.servers.keycloak_url)

    def sessions_of(self, person: Person) -> tuple[int, int]:
        """In the portal, and in Keycloak."""
        count = select(func.count()).select_from(PortalSession).where(PortalSession.person_id == person.id)
        with self.world.sessions() as session:
            return session.scalar(count) or 0, len(self.world.services.reader.sessions(person.id))


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    port = free_port()
    with fresh_realm(servers, f"http://localhost:{port}") as realm:
        scene = KeycloakScene(realm)
        scene.ask("PUT", "", {"verifyEmail": False})
        world = build_real(database, scene, realm.environment)
        with served(world.app, port) as address:
            yield Site(world, address)


@pytest.fixture
def approver(site: Site) -> Person:
    """An approver of P002 whom no other test knows."""
    last = in_letters(uuid4().hex[:6]).title()
    held = (("P002", APPROVER),)
    made = site.world.directory.enrol(f"{uuid4().hex}@browsers.example", "Paula", last, held)
    site.world.mirror(made.id)
    return made


def disabled(world: World, person: Person) -> None:
    actor = world.actor(*DESK)
    shown = disable.preview(world.services, actor, person.id).shown
    disable.disable(world.services, actor, person.id, Reason(Why.LEFT), shown, HERE)


def revoked(world: World, person: Person) -> None:
    actor = world.actor(*DESK)
    shown = revoke.preview(world.services, actor, person.id).shown
    revoke.revoke(world.services, actor, person.id, shown, HERE)


def signed_out_from_another(world: World, person: Person) -> None:
    """By themselves, from My profile in another browser."""
    everywhere = {one.id for one in world.services.reader.sessions(person.id)}
    sign_out_elsewhere(world.services, ActingAs(person.id), everywhere, HERE)


def signed_out_in_the_console(world: World, person: Person) -> None:
    world.directory.ask("POST", f"users/{person.id}/logout", {})


def role_removed(world: World, person: Person) -> None:
    actor = world.actor(*DESK)
    removal = remove_role.preview(world.services, actor, person.id, "P002", APPROVER)
    decides = removal.decides.key if removal.decides else ""
    remove_role.remove(world.services, actor, person.id, "P002", APPROVER, decides, HERE)


def role_taken_in_the_console(world: World, person: Person) -> None:
    world.directory.take_every_role(person.id)


def disabled_in_the_console(world: World, person: Person) -> None:
    world.directory.disable(person.id)


Happening = Callable[[World, Person], None]
AT_ONCE: tuple[Happening, ...] = (disabled, revoked, signed_out_from_another)
ENDS: tuple[Happening, ...] = (*AT_ONCE, signed_out_in_the_console)
STAYS: tuple[Happening, ...] = (role_removed, role_taken_in_the_console, disabled_in_the_console)
"""Of which the sessions may go on, without any power."""


@pytest.mark.parametrize("happening", [*ENDS, *STAYS], ids=lambda one: one.__name__)
def test_the_other_browser(site: Site, approver: Person, happening: Happening) -> None:
    """AUT-6, ROL-3, USR-3, USR-6, AUT-11: an answer that was ready to be sent decides nothing any more."""
    waiting = site.world.registered(f"{uuid4().hex}@p002.example", "P002")
    other = site.visitor().open(f"/requests/{waiting}").sign_in(approver.email, PASSWORD)
    send = partial(
        other._go,
        "POST",
        f"{site.address}/requests/{waiting}/decision",
        {"csrf_token": other.token, "decision": "approve", "reason": ""},
    )
    assert site.sessions_of(approver) == (1, 1)
    happening(site.world, approver)
    if happening in AT_ONCE:
        assert site.sessions_of(approver) == (0, 0)
    elif happening in ENDS:
        wait_until(lambda: site.sessions_of(approver) == (0, 0), LONGEST_WAIT, "the sessions' end")
    send()
    assert site.world.request(waiting).is_open
    assert other.at_keycloak or other.status == 403 or other.heading == "My profile"
    assert "You approved" not in other.text


def test_who_is_left_alone_decides(site: Site, approver: Person) -> None:
    """The same request, when nothing happens elsewhere: it is decided."""
    waiting = site.world.registered(f"{uuid4().hex}@p002.example", "P002")
    other = site.visitor().open(f"/requests/{waiting}").sign_in(approver.email, PASSWORD)
    other._go(
        "POST",
        f"{site.address}/requests/{waiting}/decision",
        {"csrf_token": other.token, "decision": "approve", "reason": ""},
    )
    assert not site.world.request(waiting).is_open
