"""Commissioners are told what became of their organisations, and administrators of their clusters."""

from datetime import timedelta

from sqlalchemy import select

from directory.vocabulary import Role
from portal.effects.organisation_news import GATHERED
from portal.mirroring.follow import follow
from portal.mirroring.reconcile import reconcile
from portal.model.effects import Effect, EffectKind
from portal.model.mail import Mail, MailKind
from portal.model.notices import Notice, NoticeKind
from tests.support.builders.world import World


def told(world: World, who: str, kind: NoticeKind = NoticeKind.ORGANISATIONS_CHANGED) -> list[str]:
    with world.sessions() as session:
        mine = select(Notice).where(Notice.person_id == world.people[who].id, Notice.kind == kind)
        return [one.text for one in session.scalars(mine.order_by(Notice.created_at))]


def mailed(world: World, kind: MailKind) -> set[str]:
    with world.sessions() as session:
        return set(session.scalars(select(Mail.to_address).where(Mail.kind == kind)))


def gathered(world: World) -> None:
    world.clock.move(GATHERED + timedelta(seconds=1))
    world.work()


def test_both_commissioners_are_told_of_a_move(world: World) -> None:
    """SYN-2, APR-1: once each, and nobody else."""
    world.directory.move("P001", "B01")
    follow(world.services)
    gathered(world)
    assert told(world, "carol") == ["1 moved to another commissioner: Fair Isle Surgery (P001)."]
    assert told(world, "bella") == ["1 came from another commissioner: Fair Isle Surgery (P001)."]
    assert told(world, "iris") == told(world, "pam") == told(world, "desk") == []
    addresses = {world.people[who].email for who in ("carol", "chris", "bella")}
    assert mailed(world, MailKind.ORGANISATIONS_CHANGED) == addresses
    gathered(world)
    assert len(told(world, "carol")) == 1


def test_what_happens_within_a_minute_is_told_together(world: World) -> None:
    """A country changes by thousands: one message to each, however the follower got to know."""
    world.directory.change("P001", status="closed")
    follow(world.services)
    world.directory.change("P004", status="closed")
    world.directory.change("P002", status="closed")
    follow(world.services)
    world.directory.change("P002", status="open")
    reconcile(world.services)
    gathered(world)
    (text,) = told(world, "carol")
    assert text.startswith("3 closed: ")
    assert "1 opened again: Cromarty Medical (P002)." in text


def test_a_new_name_or_postcode_is_no_news(world: World) -> None:
    world.directory.change("P001", name="Fair Isle Health", postcode="ZE2 9JU")
    follow(world.services)
    with world.sessions() as session:
        assert not session.scalars(select(Effect).where(Effect.kind == EffectKind.ORGANISATION_NEWS)).all()


def test_administrators_are_told_of_their_clusters(world: World) -> None:
    """Section 10: also those of a commissioner further up, whose cluster lists what moved or closed."""
    admin = world.person("olga@icb.example", ("QA1", Role.ORGANISATION_ADMINISTRATOR))
    other = world.person("otto@icb.example", ("QB1", Role.ORGANISATION_ADMINISTRATOR))
    world.people.update(olga=admin, otto=other)
    for commissioner, code in (("QA1", "P001"), ("QB1", "P003")):
        world.directory.create_cluster(commissioner, commissioner, "Coast", "", {code})
    reconcile(world.services)
    world.directory.move("P001", "B01")
    follow(world.services)
    gathered(world)
    (text,) = told(world, "olga", NoticeKind.CLUSTERS_CHANGED)
    assert text.startswith("Clusters: “Coast” (QA1-1). 1 of their organisations moved")
    assert told(world, "otto", NoticeKind.CLUSTERS_CHANGED) == []
    assert mailed(world, MailKind.CLUSTERS_CHANGED) == {"olga@icb.example"}


def test_administrators_are_told_of_what_moved_along(world: World) -> None:
    """CLU-4: practices leave an ICB's clusters, and come to another's, with the location over them."""
    for code in ("QA1", "A01", "QB1"):
        admin = world.person(f"{code.lower()}@moves.example", (code, Role.ORGANISATION_ADMINISTRATOR))
        world.people[code] = admin
        world.directory.create_cluster(code, code, "Coast", "", {"P001", "P003"})
    reconcile(world.services)
    world.directory.move("A01", "QB1")
    follow(world.services)
    gathered(world)
    for code in ("QA1", "QB1"):
        (text,) = told(world, code, NoticeKind.CLUSTERS_CHANGED)
        assert "1 of their organisations moved, closed or opened again: Fair Isle Surgery (P001)." in text
    assert told(world, "A01", NoticeKind.CLUSTERS_CHANGED) == []
