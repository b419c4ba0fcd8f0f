"""How many requests are open at each organisation, where the command line may ask the portal's database.

The sync itself has no access to it, and doesn't need any: only the command line knows both.
"""

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from portal.store.engine import make_engine, make_sessions
from portal.store.queries.requests import open_by_organisation


def open_requests(environment: Mapping[str, str]) -> dict[str, int] | None:
    """By ODS code; None where CQRS_DATABASE_URL isn't set, or the database doesn't answer."""
    url = environment.get("CQRS_DATABASE_URL")
    if not url:
        return None
    engine = make_engine(url)
    try:
        with make_sessions(engine)() as session:
            return open_by_organisation(session)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
