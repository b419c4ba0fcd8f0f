"""Searching 12,440 organisations as one types: at the server, by the query alone and over HTTP."""

import random
from collections.abc import Sequence

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.model.mirror import MirroredOrganisation
from portal.store.engine import make_engine, make_sessions
from portal.store.queries import organisations
from tests.bench.national import import_national
from tests.bench.rows import Row, p95, seconds
from tests.bench.servers import Bench

SEARCHES = 500


def run(stack: Bench) -> Sequence[Row]:
    """Two rows, goal 20 ms each: every search is what somebody typing a real name or code makes."""
    import_national(stack)
    sessions = make_sessions(make_engine(stack.portal_database))
    with sessions() as session:
        typed = _typed(session)
        alone = [seconds(lambda text=text: organisations.search(session, text, limit=9)) for text in typed]
    address = f"{stack.facts['portal'].rstrip('/')}/register/organisations"
    with requests.Session() as client:
        answered = [seconds(lambda text=text: _asked(client, address, text)) for text in typed]
    note = f"{SEARCHES} searches, from two letters to the whole; slowest {max(alone) * 1000:.1f} ms"
    return [
        Row("organisation search, p95 of the query", p95(alone) * 1000, "ms", goal=20, note=note),
        Row("organisation search, p95 of the answer over HTTP", p95(answered) * 1000, "ms", goal=20),
    ]


def _asked(client: requests.Session, address: str, text: str) -> None:
    answer = client.get(address, params={"q": text}, timeout=10)
    assert answer.ok, answer.text
    assert answer.json()["organisations"], text


def _typed(session: Session) -> list[str]:
    """What is in the box at some moment of typing an open organisation's name, code or postcode."""
    chance = random.Random(1948)
    known = list(session.execute(_searchable()))
    chosen = [chance.choice([text for text in chance.choice(known) if text]) for _ in range(SEARCHES)]
    return [text[: chance.randint(2, len(text))].strip() for text in chosen]


def _searchable() -> object:
    row = MirroredOrganisation
    return select(row.name, row.code, row.postcode).where(row.status == "open", row.type == "provider")
