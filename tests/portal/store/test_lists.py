"""The lists that approvers work from."""

import pytest

from directory.vocabulary import Holding, Role
from portal.store.queries import providers, requests
from portal.store.queries.users_list import listing as users_list
from portal.store.queries.users_list.options import ListOptions, Sort, UserStatus
from tests.support.builders.world import World


def holding(world: World, role: Role, code: str = "") -> Holding:
    return Holding(role, world.directory.organisation(code).path if code else ())


def emails(page) -> list[str]:
    return [row.email.partition("@")[0] for row in page.items]


def test_the_users_list_shows_exactly_those_below(world: World) -> None:
    """USR-1: everybody at or below the active role's organisation, and pending requests there."""
    world.registered("new@p001.example")
    commissioner = holding(world, Role.COMMISSIONER_APPROVER, "A01")
    with world.services.sessions() as session:
        page = users_list.listing(session, commissioner, ListOptions(sort=Sort.EMAIL))
        desk = users_list.listing(session, holding(world, Role.SERVICE_DESK), ListOptions(sort=Sort.EMAIL))
        provider = users_list.listing(session, holding(world, Role.PROVIDER_APPROVER, "P002"))
    assert emails(page) == ["carol", "chris", "new", "pam", "paul", "una"]
    assert page.items[2].status is UserStatus.PENDING
    assert emails(desk) == ["bella", "carol", "chris", "desk", "iris", "new", "pam", "paul", "una"]
    assert emails(provider) == ["pam", "paul"]


def test_an_approver_of_a_single_level_provider_sees_nobody(world: World) -> None:
    """USR-1, ROL-2: made one in the console, or left over from a change of level there."""
    world.registered("new@p001.example")
    left = holding(world, Role.PROVIDER_APPROVER, "P001")
    with world.services.sessions() as session:
        assert users_list.listing(session, left).total == 0
        assert list(users_list.download(session, left)) == []
        assert requests.queue(session, left, "me").total == 0
        assert requests.open_count(session, left, "me") == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("una", ["una"]),
        ("fair isle", ["new", "una"]),
        ("pau cromarty", ["paul"]),
        ("p001", ["new", "una"]),
        ("bella", []),
        ("100%", []),
        ("'", ["carol", "chris", "new", "pam", "paul", "una"]),
    ],
)
def test_the_users_list_is_searched(world: World, typed: str, found: list[str]) -> None:
    """USR-1: each word begins a name, the e-mail address or a word of the organisation."""
    world.registered("new@p001.example")
    with world.services.sessions() as session:
        page = users_list.listing(
            session, holding(world, Role.COMMISSIONER_APPROVER, "A01"), ListOptions(typed, sort=Sort.EMAIL)
        )
    assert emails(page) == found
    assert page.total == len(found)


def test_somebody_without_a_role_is_the_service_desks_to_see(world: World) -> None:
    """USR-1: revoked is having no role."""
    from portal.mirroring.reconcile import reconcile

    world.directory.enrol("nobody@approvers.example")
    reconcile(world.services)
    with world.services.sessions() as session:
        page = users_list.listing(
            session, holding(world, Role.SERVICE_DESK), ListOptions(status=UserStatus.REVOKED)
        )
    assert emails(page) == ["nobody"]


def test_a_queue_holds_what_may_be_decided(world: World) -> None:
    """APR-1: at a multi-level practice its approver decides, and the commissioner while it has none."""
    single = world.registered("one@p001.example", "P001")
    multi = world.registered("two@p002.example", "P002")

    def queues() -> dict[str, set]:
        with world.services.sessions() as session:
            found = {
                "A01": requests.queue(session, holding(world, Role.COMMISSIONER_APPROVER, "A01"), "me"),
                "P002": requests.queue(session, holding(world, Role.PROVIDER_APPROVER, "P002"), "me"),
                "desk": requests.queue(session, holding(world, Role.SERVICE_DESK), "me"),
                "B01": requests.queue(session, holding(world, Role.COMMISSIONER_APPROVER, "B01"), "me"),
            }
        return {name: {request.id for request in page.items} for name, page in found.items()}

    assert queues() == {"A01": {single}, "P002": {multi}, "desk": {single, multi}, "B01": set()}
    for who in ("pam", "paul"):
        world.directory.disable(world.people[who].id)
    from portal.mirroring.reconcile import reconcile

    reconcile(world.services)
    assert queues()["A01"] == {single, multi}


def test_providers_are_listed_with_their_numbers(world: World) -> None:
    """ORG-4: name, level, number of users, number of open requests; search by name, code, postcode."""
    world.registered("one@p001.example", "P001")
    world.directory.change("P002", postcode="ZE2 9AA")
    from portal.mirroring.reconcile import reconcile

    reconcile(world.services)
    over = holding(world, Role.COMMISSIONER_APPROVER, "QA1")
    with world.services.sessions() as session:
        page = providers.listing(session, over)
        found = {
            typed: providers.listing(session, over, typed).items for typed in ("ze29aa", "P001", "ze2 9aa")
        }
        assert providers.get(session, holding(world, Role.COMMISSIONER_APPROVER, "B01"), "P001") is None
    assert [(one.organisation.code, one.people, one.open_requests) for one in page.items] == [
        ("P002", 2, 0),
        ("P004", 0, 0),
        ("P001", 1, 1),
    ]
    assert {typed: [one.organisation.code for one in items] for typed, items in found.items()} == {
        "ze29aa": ["P002"],
        "P001": ["P001"],
        "ze2 9aa": ["P002"],
    }
