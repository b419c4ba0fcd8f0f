"""CLU-4: the lists' condition and the rule agree, over random trees, clusters, moves and closures."""

from random import Random

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Role
from portal.model.mirror import MirroredOrganisation
from portal.rules.scope import scope
from portal.store.mirror import organisation_row
from portal.store.queries import providers
from portal.store.queries.reach import shape_of, stands_over, values_of
from portal.store.queries.users_list import listing as users_list
from portal.store.queries.users_list.options import ListOptions, Sort
from tests.support.builders.random_country import RandomCountry
from tests.support.builders.world import World


def test_the_lists_show_what_the_rule_says(world: World) -> None:
    """Of each person at each commissioner, after every few things that happen."""
    restricted = 0
    with world.sessions() as session:
        for seed in range(8):
            country = RandomCountry(Random(seed))
            for _ in range(20):
                for _ in range(4):
                    country.happen()
                mirror(session, country)
                restricted += sum(agree(session, country, who) for who in "ab")
        session.rollback()
    assert restricted > 20


def agree(session: Session, country: RandomCountry, who: str) -> int:
    """In how many places the person sees something, and not everything."""
    restricted = 0
    for where in country.commissioners:
        holding = country.holding(who, where)
        shown = set(session.scalars(select(MirroredOrganisation.code).where(stands_over(holding))))
        assert shown == scope(holding, country.organisations()), (who, where)
        kept = select(MirroredOrganisation.code).where(stands_over(shape_of(holding)))
        assert set(session.scalars(kept, values_of(holding))) == shown, (who, where)
        restricted += holding.only is not None and bool(shown)
    return restricted


def mirror(session: Session, country: RandomCountry) -> None:
    session.execute(delete(MirroredOrganisation))
    rows = [organisation_row(one) for one in country.organisations()]
    session.execute(insert(MirroredOrganisation).values(rows))


def test_a_kept_statement_says_nothing_without_whose_it_is(world: World) -> None:
    """One statement serves all holdings of a shape: to forget the values must not show one of them to all."""
    held = Holding(Role.COMMISSIONER_APPROVER, ("Y90", "QA1", "A01"), frozenset({"P001"}))
    kept = select(MirroredOrganisation.code).where(stands_over(shape_of(held)))
    with world.sessions() as session, pytest.raises(StatementError, match="held_path"):
        session.scalars(kept)


def test_two_of_one_shape_see_each_their_own(world: World) -> None:
    """The attack: whoever asks after somebody with other clusters at the same place is shown theirs."""
    place = ("Y90", "QA1", "A01")
    one, other = (Holding(Role.COMMISSIONER_APPROVER, place, frozenset({code})) for code in ("P001", "P002"))
    assert one == other, "clusters are no part of what is held, so nothing may be kept by holding"
    assert shape_of(one) == shape_of(other)
    with world.sessions() as session:
        for holding, code in ((one, "P001"), (other, "P002"), (one, "P001")):
            assert [each.organisation.code for each in providers.listing(session, holding).items] == [code]
            shown = users_list.listing(session, holding, ListOptions(sort=Sort.LAST_NAME)).items
            assert {each.organisation_code for each in shown} <= {code}
            shown = users_list.listing(session, holding).items
            assert {each.organisation_code for each in shown} <= {code}
