"""CLU-4: the lists' condition and the rule agree, over random trees, clusters, moves and closures."""

from random import Random

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.model.mirror import MirroredOrganisation
from portal.rules.scope import scope
from portal.store.mirror import organisation_row
from portal.store.queries.reach import stands_over
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
        restricted += holding.only is not None and bool(shown)
    return restricted


def mirror(session: Session, country: RandomCountry) -> None:
    session.execute(delete(MirroredOrganisation))
    rows = [organisation_row(one) for one in country.organisations()]
    session.execute(insert(MirroredOrganisation).values(rows))
