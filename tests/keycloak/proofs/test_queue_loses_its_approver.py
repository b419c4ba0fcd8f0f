"""Every way in which a queue loses its last approver, made in Keycloak's console: somebody else gets it.

The worker follows Keycloak as a process of its own. Nothing in the portal is told of the changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, OrganisationType, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.mirroring.reconcile import reconcile
from portal.model.notices import Notice
from portal.services import now
from tests.keycloak.proofs.http import Portal, portal
from tests.support.builders.world import HERE, World, build_real
from tests.support.directory.keycloak_scene import KeycloakScene
from tests.support.servers.realm import TestRealm
from tests.support.waiting import wait_until
from tests.support.worker_process import worker_process

APPROVER, COMMISSIONER, DESK = Role.PROVIDER_APPROVER, Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK
WITHIN = 60.0
"""Seconds, on a machine that is busy with other tests; a second or two on an idle one."""
pytestmark = pytest.mark.keycloak


@dataclass(frozen=True)
class Queue:
    """A practice with one approver, its commissioner with one, and a request that waits.

    `place` is the practice's ODS code, `over` its commissioner's.
    """

    scene: KeycloakScene
    place: str
    over: str
    approver: Person
    commissioner: Person
    applicant: Person
    request_id: UUID

    def attribute(self, **facts: str) -> None:
        self.scene.change(self.place, **facts)

    def close(self, code: str) -> None:
        self.scene.change(code, status="closed")

    def close_all_above(self) -> None:
        """The commissioner moves below an ICB that has closed, and closes too."""
        self.scene.move(self.over, "QX1")
        self.close(self.over)

    def take_role(self, person: Person, code: str, role: Role) -> None:
        self.scene.writer.remove(person.id, self.scene.reader.organisation(code), role)

    def delete_role_group(self) -> None:
        practice = self.scene.reader.organisation(self.place)
        path = "/".join(("organisations", *practice.path, APPROVER.value))
        group = self.scene.ask("GET", f"group-by-path/{path}").json()["id"]
        self.scene.ask("DELETE", f"groups/{group}")


@dataclass(frozen=True)
class Way:
    """How the queue loses whom it was with, at which level it was, and with whom it is then.

    `then` is the role and, of the queue, where: "place", "over", or an ODS code.
    """

    lose: Callable[[Queue], object]
    then: tuple[Role, str]
    told: str
    level: ApprovalLevel = ApprovalLevel.MULTI


SINGLE = ApprovalLevel.SINGLE
UP = (COMMISSIONER, "over")
WAYS: Mapping[str, Way] = {
    "the approver is disabled": Way(lambda q: q.scene.disable(q.approver.id), UP, "commissioner"),
    "the approver is locked, who counts as ever": Way(
        lambda q: q.scene.lock(q.approver.id), (APPROVER, "place"), "approver"
    ),
    "the approver's role is taken": Way(
        lambda q: q.take_role(q.approver, q.place, APPROVER), UP, "commissioner"
    ),
    "the approver's account is deleted": Way(
        lambda q: q.scene.delete_person(q.approver.id), UP, "commissioner"
    ),
    "the level is switched": Way(lambda q: q.attribute(approval_level="single"), UP, "commissioner"),
    "the practice closes": Way(lambda q: q.attribute(status="closed"), (DESK, ""), "desk"),
    "the practice moves": Way(lambda q: q.scene.move(q.place, "B01"), (COMMISSIONER, "B01"), "bella", SINGLE),
    "the commissioner moves to another region": Way(
        lambda q: (q.scene.disable(q.commissioner.id), q.scene.move(q.over, "QB1")),
        (DESK, ""),
        "desk",
        SINGLE,
    ),
    "the commissioner's approver is disabled": Way(
        lambda q: q.scene.disable(q.commissioner.id), (COMMISSIONER, "QA1"), "iris", SINGLE
    ),
    "the commissioner's approver loses the role": Way(
        lambda q: q.take_role(q.commissioner, q.over, COMMISSIONER), (COMMISSIONER, "QA1"), "iris", SINGLE
    ),
    "the commissioner closes": Way(lambda q: q.close(q.over), (COMMISSIONER, "QA1"), "iris", SINGLE),
    "the commissioner closes, and the practice's approver is disabled": Way(
        lambda q: (q.scene.disable(q.approver.id), q.close(q.over)), (COMMISSIONER, "QA1"), "iris"
    ),
    "the commissioner closes below one that has closed": Way(
        lambda q: q.close_all_above(), (DESK, ""), "desk", SINGLE
    ),
    "the level is switched to multi, with an approver": Way(
        lambda q: q.attribute(approval_level="multi"), (APPROVER, "place"), "approver", SINGLE
    ),
}
AT_ONCE: Mapping[str, Way] = {
    "the role's group is deleted": Way(lambda q: q.delete_role_group(), UP, "commissioner"),
    "the commissioner is deleted, with the practice": Way(
        lambda q: q.scene.close_down(q.over), (DESK, ""), "desk", SINGLE
    ),
    "the practice is deleted": Way(lambda q: q.scene.close_down(q.place), (DESK, ""), "desk"),
}
"""Keycloak doesn't say what was in a deleted group: these have everything read again, so they come last."""
ALL = {**WAYS, **AT_ONCE}


@dataclass(frozen=True)
class Lost:
    """The country after everything happened, with a queue for each way."""

    world: World
    portal: Portal
    queues: Mapping[str, Queue]

    def person(self, name: str, queue: Queue) -> Person:
        return self.world.people.get(name) or getattr(queue, name)

    def is_with(self, name: str) -> tuple[Role | None, str | None]:
        request = self.world.request(self.queues[name].request_id)
        return request.held_by_role, request.held_by_organisation

    def should_be_with(self, name: str) -> tuple[Role, str]:
        role, where = ALL[name].then
        return role, getattr(self.queues[name], where, where)


@pytest.fixture(scope="module")
def lost(database: str, realm: TestRealm) -> Iterator[Lost]:
    scene = KeycloakScene(realm)
    built = build_real(database, scene)
    scene.place("QX1", "ICB X", OrganisationType.ICB, "Y90")
    scene.change("QX1", status="closed")
    world = replace(built, services=replace(built.services, clock=now))  # the worker's clock is the real one
    places = [place(scene, number, way) for number, way in enumerate(ALL.values())]
    reconcile(world.services)
    with worker_process(realm.environment | {"CQRS_DATABASE_URL": database}):
        queues = [waiting(world, scene, *facts) for facts in places]
        made = Lost(world, portal(world.services), dict(zip(ALL, queues, strict=True)))
        wait_until(lambda: all(made.is_with(name) == first_with(made, name) for name in ALL), 60)
        lose(made, WAYS)
        lose(made, AT_ONCE)
        yield made


def place(scene: KeycloakScene, number: int, way: Way) -> tuple[str, str, Person, Person]:
    over, code = f"S{number:02}", f"P9{number:02}"
    scene.place(over, f"Location {number}", OrganisationType.SUB_ICB, "QA1")
    scene.place(code, f"Practice {number}", parent=over, approval_level=way.level)
    approver = scene.enrol(f"approver{number}@proofs.example", "App", "Rover", ((code, APPROVER),))
    commissioner = scene.enrol(f"com{number}@proofs.example", "Com", "Missioner", ((over, COMMISSIONER),))
    return over, code, approver, commissioner


def waiting(
    world: World, scene: KeycloakScene, over: str, code: str, approver: Person, commissioner: Person
) -> Queue:
    applicant = scene.enrol(f"asks.{code.lower()}@proofs.example", "Asa", "Applicant")
    asked = AskedRole(code, Role.PROVIDER_USER, "I work there")
    request_id = ask(world.services, applicant.id, asked, HERE)
    return Queue(scene, code, over, approver, commissioner, applicant, request_id)


def first_with(lost: Lost, name: str) -> tuple[Role, str]:
    queue, multi = lost.queues[name], ALL[name].level is ApprovalLevel.MULTI
    return (APPROVER, queue.place) if multi else (COMMISSIONER, queue.over)


def lose(lost: Lost, ways: Mapping[str, Way]) -> None:
    """Makes the changes, and gives the worker its seconds; what is then so, the tests say one by one."""
    for name, way in ways.items():
        way.lose(lost.queues[name])
    try:
        wait_until(lambda: all(lost.is_with(name) == lost.should_be_with(name) for name in ways), WITHIN)
    except AssertionError:
        return


@pytest.mark.parametrize("name", ALL)
def test_somebody_else_has_it(lost: Lost, name: str) -> None:
    """APR-1: it goes to the next who can decide, or to the Service Desk."""
    assert lost.is_with(name) == lost.should_be_with(name)


@pytest.mark.parametrize("name", ALL)
def test_they_are_told(lost: Lost, realm: TestRealm, name: str) -> None:
    """APR-2: by a notice and an e-mail."""
    queue = lost.queues[name]
    person = lost.person(ALL[name].told, queue)

    def has_notice() -> bool:
        of_the_request = select(Notice.person_id).where(Notice.request_id == queue.request_id)
        with lost.world.services.sessions() as session:
            return person.id in session.scalars(of_the_request).all()

    wait_until(has_notice, WITHIN, "the notice")
    address = f"/requests/{queue.request_id}"
    wait_until(lambda: any(address in str(mail) for mail in realm.servers.mail.to(person.email)), WITHIN)


@pytest.mark.parametrize("name", ALL)
def test_the_requester_sees_who_has_it_since_when(lost: Lost, name: str) -> None:
    """APR-1: on the request's page and among their roles."""
    queue = lost.queues[name]
    role, code = lost.should_be_with(name)
    request = lost.world.request(queue.request_id)
    assert request.held_since is not None
    browser = lost.portal.browser(queue.applicant.id)
    said = browser.open(f"/requests/{queue.request_id}").said
    assert f"waiting for the {role.label}" in said, said
    with lost.portal.app.app_context():
        moment = lost.portal.app.jinja_env.filters["day_and_time"](request.held_since)
    assert f"since {moment}" in said, said
    if code:
        assert lost.world.services.reader.organisation(code).name in said
    assert f"With {role.label}" in browser.open("/profile/roles").said


@pytest.mark.parametrize("name", ALL)
def test_who_has_it_can_decide(lost: Lost, name: str) -> None:
    """APR-1, ROL-3: what the pages offer follows at once."""
    queue = lost.queues[name]
    person = lost.person(ALL[name].told, queue)
    role, code = lost.should_be_with(name)
    reader = lost.world.services.reader
    holding = next(
        one for one in reader.standing(person.id).holdings if (one.role, one.organisation) == (role, code)
    )
    browser = lost.portal.browser(person.id, holding).open(f"/requests/{queue.request_id}")
    assert (browser.status, browser.heading) == (200, "Asa Applicant")
    assert browser.form("Continue")


def test_it_comes_back_when_the_commissioner_opens_again(lost: Lost) -> None:
    """ORG-5, APR-1: reopened in the console, it has its requests back at once."""
    name = "the commissioner closes"
    queue = lost.queues[name]
    queue.scene.change(queue.over, status="open")
    wait_until(lambda: lost.is_with(name) == (COMMISSIONER, queue.over), WITHIN)
