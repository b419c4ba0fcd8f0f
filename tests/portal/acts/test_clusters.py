"""CLU-1 to CLU-4: what Organisation Administrators do with clusters, and what follows for who sees whom."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from directory.vocabulary import Cluster, Role
from portal.acts import clusters, disable
from portal.mirroring.follow import follow
from portal.model.audit import AuditKind
from portal.model.mirrored_clusters import MirroredCluster
from portal.model.notices import Notice
from portal.rules.actor import ActingAs
from portal.rules.disabling import Reason, Why
from portal.rules.errors import NameTaken, NotAllowed, NothingFound, OutOfDate
from portal.rules.verdict import Refusal
from portal.store.queries import people, requests
from tests.portal.acts.cluster_acts import asked, make, on_record, reached, restrict
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World
from tests.support.proofs.race import Course


def test_made_changed_and_on_record(world: World, oscar: ActingAs) -> None:
    """CLU-2, CLU-3, AUD-1."""
    made = make(world, oscar, "Coast", SINGLE)
    wanted = replace(made, name="Inland", organisations=frozenset({MULTI}))
    assert clusters.change(world.services, oscar, made, wanted, HERE)
    after = world.directory.cluster(made.id)
    assert (after.name, after.organisations, after.short_name) == ("Inland", {MULTI}, f"{SUB_ICB}-1")
    with world.sessions() as session:
        assert session.get_one(MirroredCluster, made.id).as_cluster() == after
    first, second = on_record(world, AuditKind.CLUSTER_CHANGED)
    assert (first.actor_name, first.subject, first.before["name"]) == ("Oscar Example", made.short_name, None)
    assert (second.before["organisations"], second.after["organisations"]) == ([SINGLE], [MULTI])
    assert (second.before["name"], second.after["name"]) == ("Coast", "Inland")
    assert len(on_record(world, AuditKind.CLUSTER_CHANGE_ASKED)) == 2


def test_asked_twice_there_is_one(world: World, oscar: ActingAs) -> None:
    for _ in range(2):
        assert clusters.create(world.services, oscar, SUB_ICB, "one click", asked(), HERE)
    assert len(world.directory.clusters(SUB_ICB)) == 1


@pytest.mark.parametrize("name", ["coast", " COAST ", "Coast"])
def test_a_name_in_any_case_is_taken(world: World, oscar: ActingAs, name: str) -> None:
    """CLU-2: by one that Keycloak has, and by one that it is about to have."""
    made = make(world, oscar, "Coast")
    with pytest.raises(NameTaken):
        clusters.create(world.services, oscar, SUB_ICB, "other", asked(name), HERE)
    other = make(world, oscar, "Hills")
    with pytest.raises(NameTaken):
        clusters.change(world.services, oscar, other, replace(other, name=name), HERE)
    away = replace(world.services, wait=lambda _ids: False)
    assert not clusters.create(away, oscar, SUB_ICB, "waiting", asked("Moors"), HERE)
    with pytest.raises(NameTaken):
        clusters.create(away, oscar, SUB_ICB, "other", asked("MOORS"), HERE)
    assert clusters.change(world.services, oscar, made, replace(made, name="COAST"), HERE)


def test_of_two_editors_the_second_is_told(world: World, oscar: ActingAs) -> None:
    """CLU-3: whether the first changed it in the portal, in the console, or is changing it."""
    made = make(world, oscar, "Coast", SINGLE)
    world.services.writer.change_cluster(made.id, "Coast", "By the sea", add=[MULTI])
    with pytest.raises(OutOfDate):
        clusters.change(world.services, oscar, made, replace(made, name="Inland"), HERE)
    now = world.directory.cluster(made.id)
    away = replace(world.services, wait=lambda _ids: False)
    clusters.change(away, oscar, now, replace(now, name="Inland"), HERE)
    with pytest.raises(OutOfDate):
        clusters.change(away, oscar, now, replace(now, name="Moors"), HERE)
    world.services.writer.delete_cluster(made.id)
    with pytest.raises(NothingFound):
        clusters.change(world.services, oscar, now, replace(now, name="Moors"), HERE)


def test_of_two_at_the_same_moment_one_wins(world: World, oscar: ActingAs) -> None:
    """CLU-3: two editors of one cluster, and two clusters of one name; the other is told in so many words."""
    course, desk = Course(), world.actor("desk", Role.SERVICE_DESK)
    for number in range(10):
        made = make(world, oscar, f"Coast {number}", SINGLE)

        def change(who: ActingAs, code: str, seen: Cluster = made) -> bool:
            wanted = replace(seen, organisations=frozenset({code}))
            return clusters.change(world.services, who, seen, wanted, HERE)

        def create(who: ActingAs, key: str, name: str = f"Moor {number}") -> bool:
            return clusters.create(world.services, who, SUB_ICB, f"{key} {name}", asked(name), HERE)

        edits = course.run(partial(change, oscar, MULTI), partial(change, desk, "P004"))
        makings = course.run(partial(create, oscar, "a"), partial(create, desk, "b"))
        assert sorted(type(one.fault) for one in edits if one.fault) == [OutOfDate]
        assert sorted(type(one.fault) for one in makings if one.fault) == [NameTaken]
        winner = MULTI if edits[0].succeeded else "P004"
        assert world.directory.cluster(made.id).organisations == {winner}
    names = [one.name for one in world.directory.clusters(SUB_ICB)]
    assert len(names) == len(set(names)) == 20
    course.close()


def test_a_restricted_approver_sees_and_judges_the_listed_alone(world: World, oscar: ActingAs) -> None:
    """CLU-4: in lists, in the queue, and by the rules; the request of another practice goes to others."""
    inside = world.open_request("in@p001.example", SINGLE)
    outside = world.open_request("out@p004.example", "P004")
    restrict(world, "carol", make(world, oscar, "Coast", SINGLE))
    assert reached(world, "carol") == {SINGLE}
    assert reached(world, "chris") == {SINGLE, MULTI, "P004"}
    carol = world.people["carol"]
    with world.sessions() as session:
        held = people.standing(session, carol.id).holdings
        found = [one.id for one in requests.queue(session, *held, carol.id).items]
    assert found == [inside]
    assert outside not in found


def test_nobody_else_there_so_the_next_level_decides(world: World, oscar: ActingAs) -> None:
    """A request outside everybody's clusters waits for nobody: it goes up."""
    made = make(world, oscar, "Coast", SINGLE)
    for name in ("carol", "chris"):
        restrict(world, name, made)
    request = world.request(world.registered("out@p004.example", "P004"))
    assert request.held_by_organisation == "QA1"
    request = world.request(world.registered("in@p001.example", SINGLE))
    assert request.held_by_organisation == SUB_ICB
    clusters.change(world.services, oscar, made, replace(made, organisations=frozenset({"P004"})), HERE)
    world.work()
    assert world.request(request.id).held_by_organisation == "QA1"


def test_news_of_an_account_goes_to_who_reaches_it(world: World, oscar: ActingAs) -> None:
    """CLU-4: of a practice outside their clusters an approver hears nothing; the next above does."""
    restrict(world, "carol", elsewhere := make(world, oscar, "Coast", MULTI))
    restrict(world, "chris", elsewhere)
    una, desk = world.people["una"].id, world.actor("desk", Role.SERVICE_DESK)
    shown = disable.preview(world.services, desk, una).shown
    disable.disable(world.services, desk, una, Reason(Why.LEFT), shown, HERE)
    world.work()
    with world.sessions() as session:
        told = set(session.scalars(select(Notice.person_id)))
    assert world.people["iris"].id in told
    assert not told & {world.people["carol"].id, world.people["chris"].id}


def test_nobody_changes_a_cluster_that_they_are_in(world: World, oscar: ActingAs) -> None:
    """ROL-3: not in the Service Desk's role either; and a restricted administrator has no say at all."""
    made = make(world, oscar, "Coast", SINGLE)
    restrict(world, "desk", made)
    desk = world.actor("desk", Role.SERVICE_DESK)
    for act in (
        lambda: clusters.change(world.services, desk, made, replace(made, name="Mine"), HERE),
        lambda: clusters.preview_deletion(world.services, desk, SUB_ICB, made.short_name),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.verdict.refusal is Refusal.YOURSELF
    world.services.writer.restrict(oscar.person_id, SUB_ICB, [made.id])
    with pytest.raises(NotAllowed) as refused:
        make(world, oscar, "Hills", MULTI)
    assert refused.value.verdict.refusal is Refusal.OUTSIDE_CLUSTERS


def test_an_organisation_leaves_the_tree_and_comes_back(world: World, oscar: ActingAs) -> None:
    """CLU-4: and so does one that closes and opens again."""
    restrict(world, "carol", make(world, oscar, "Coast", SINGLE, "P004"))
    for change, back in (
        (lambda: world.directory.move(SINGLE, "B01"), lambda: world.directory.move(SINGLE, SUB_ICB)),
        (
            lambda: world.directory.change(SINGLE, status="closed"),
            lambda: world.directory.change(SINGLE, status="open"),
        ),
    ):
        change()
        world.mirror_organisation(SINGLE)
        assert reached(world, "carol") == {"P004"}
        back()
        world.mirror_organisation(SINGLE)
        assert reached(world, "carol") == {SINGLE, "P004"}


def test_what_the_console_does_reaches_the_portal(world: World, oscar: ActingAs) -> None:
    """SYN-7, AUD-1: a cluster changed, a person put in it, and it deleted; nobody sees more for it."""
    made = make(world, oscar, "Coast", SINGLE)
    follow(world.services)
    world.directory.join_cluster(world.people["carol"].id, made.id)
    follow(world.services)
    world.work()
    assert reached(world, "carol") == {SINGLE}
    assert on_record(world, AuditKind.ACCOUNT_CHANGED)[-1].after["clusters"] == [made.short_name]
    world.directory.relist_cluster(made.id, MULTI)
    follow(world.services)
    assert reached(world, "carol") == {MULTI}
    assert on_record(world, AuditKind.CLUSTER_CHANGED)[-1].before["organisations"] == [SINGLE]
    world.directory.drop_cluster(made.id)
    follow(world.services)
    world.work()
    assert reached(world, "carol") == set()
    with world.sessions() as session:
        assert session.get(MirroredCluster, made.id) is None
