"""How the tests of User details look, change boxes and submit."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from directory.vocabulary import Cluster, Role
from portal.acts import submit_user_details as submitting
from portal.acts import user_details as acts
from portal.acts.user_details import Preview
from portal.rules.actor import ActingAs
from portal.rules.details import Details
from portal.store.queries.reached import reached
from tests.support.builders.world import HERE, SUB_ICB, World

USER_ADMIN, ADVANCED = Role.USER_ADMINISTRATOR, Role.ADVANCED_USER_ADMINISTRATOR
COMMISSIONER_USER, FINANCE = Role.COMMISSIONER_USER, Role.COMMISSIONER_FINANCE
QOF, ENHANCED = "Quality and Outcomes Framework", "Enhanced services"


def administrator(world: World, role: Role = USER_ADMIN, code: str = SUB_ICB) -> ActingAs:
    """Somebody new with that role there."""
    name = f"{role.value[:4]}{len(world.people)}"
    world.people[name] = world.person(f"{name}@admins.example", (code, role), first="Ada", last="Admin")
    return world.actor(name, role, code)


def staff(world: World, name: str, *holdings: tuple[str, Role]) -> str:
    """Somebody new, by id."""
    world.people[name] = world.person(f"{name}@staff.example", *holdings, first=name.title(), last="Staff")
    return world.people[name].id


def make_cluster(world: World, name: str, *codes: str) -> Cluster:
    return world.services.writer.create_cluster(SUB_ICB, name, name, "By the sea", codes)


def now(world: World, asked_by: ActingAs, person_id: str, code: str) -> Details:
    found = acts.look(world.services, asked_by, person_id, [code]).at(code)
    assert found, code
    return found.now


def wanted(seen: Details, give: Collection[Role] = (), take: Collection[Role] = (), **facts: Any) -> Details:
    changed = replace(
        seen, **{key: value if key == "restricted" else frozenset(value) for key, value in facts.items()}
    )
    return replace(changed, roles=(seen.roles | set(give)) - set(take))


def submit(
    world: World, asked_by: ActingAs, person_id: str, seen: list[Details], after: list[Details], **how: Any
) -> Preview:
    """Looks at what it will do, and confirms that."""
    services = how.get("services", world.services)
    shown = how.get("shown") or acts.preview(services, asked_by, person_id, seen, after).shown
    return submitting.submit(services, asked_by, person_id, seen, after, shown, HERE)


def change(
    world: World, asked_by: ActingAs, person_id: str, code: str, give: Collection[Role] = (), **facts: Any
) -> Preview:
    """The whole way, at one organisation."""
    seen = now(world, asked_by, person_id, code)
    return submit(world, asked_by, person_id, [seen], [wanted(seen, give, **facts)])


def sees(world: World, person_id: str) -> set[str]:
    """The ODS codes that the person reaches."""
    with world.sessions() as session:
        return set(reached(session, world.directory.standing(person_id).holdings))
