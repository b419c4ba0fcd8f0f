"""The users page of the largest commissioner, a person's page, and the list as a file."""

import tracemalloc
from collections.abc import Sequence
from functools import partial

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from directory.vocabulary import Holding, OrganisationType, Role
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.store.engine import make_engine, make_sessions
from portal.store.queries.users_list.listing import download
from tests.bench.at_rest import until_told
from tests.bench.crowd import fill_mirror, provider_codes
from tests.bench.national import import_national
from tests.bench.rows import Row, alternate, p95, seconds
from tests.bench.servers import Bench
from tests.bench.signed_in import SignedIn, sign_in_as_approver
from tests.browser.accounts import make_person, services_of
from tests.browser.stack_facts import StackFacts

FEW, MANY, TIMES = 1_000, 100_000, 60
SOME, MORE = 1_000, 10_000
"""Rows of the file after which memory is looked at."""
DESK = Holding(Role.SERVICE_DESK, ())


def run(stack: Bench) -> Sequence[Row]:
    """The users page with few people and with many, in one run; then a person's page, and the file."""
    import_national(stack)
    sessions = make_sessions(make_engine(stack.portal_database))
    with sessions() as session:
        icb = _largest(session)
        practice = provider_codes(session, icb)[0]
    client = sign_in_as_approver(stack, icb)
    with sessions.begin() as session:
        session.execute(delete(MirroredPerson).where(MirroredPerson.email.like("person%@bench.example")))
        fill_mirror(session, FEW)
    until_told(stack, icb)
    few = _pages(client, "/users")
    with sessions.begin() as session:
        fill_mirror(session, MANY)
    until_told(stack, icb)
    many = _pages(client, "/users")
    return [*_users_rows(few, many), _person_row(stack, client, practice), *_file_rows(sessions)]


def _largest(session: Session) -> str:
    """The integrated care board with the most providers below it."""
    below = select(func.unnest(MirroredOrganisation.path).label("over")).subquery()
    boards = select(MirroredOrganisation.code).where(MirroredOrganisation.type == OrganisationType.ICB)
    counted = select(below.c.over).where(below.c.over.in_(boards)).group_by(below.c.over)
    return str(session.scalars(counted.order_by(func.count().desc(), below.c.over)).first())


def _pages(client: SignedIn, path: str) -> list[float]:
    client.page(path)
    (taken,) = alternate(TIMES, lambda: client.page(path))
    return taken


def _users_rows(few: list[float], many: list[float]) -> list[Row]:
    name, ms = "users page of the largest ICB over HTTP, p95", p95(many) * 1000
    with_few = f"with {FEW:,}"
    return [
        Row(f"{name}, {MANY:,} people", ms, "ms", goal=50),
        Row(f"{name}, {MANY:,} people", ms, "ms", p95(few) * 1000, with_few, goal=1.2),
    ]


def _person_row(stack: Bench, client: SignedIn, practice: str) -> Row:
    facts = StackFacts(stack.facts)
    person = make_person(facts, "Una", "Bench", (Role.PROVIDER_USER, practice))
    found = services_of(facts).reader.person_by_email(person.email)
    assert found
    taken = _pages(client, f"/users/{found.id}")
    return Row("a person's page over HTTP, p95", p95(taken) * 1000, "ms")


def _file_rows(sessions: sessionmaker[Session]) -> list[Row]:
    """By the query, which is read bit by bit: what the process holds then, whatever the file's length."""
    peaks: list[float] = []
    with sessions() as session:
        assert (session.scalar(select(func.count()).select_from(MirroredHolding)) or 0) >= MORE
        taken = seconds(partial(_read, session, peaks))
    some, more = peaks
    return [
        Row(f"users list as a file, {MORE:,} rows, at the query", taken, "s"),
        Row(
            f"users list as a file, memory after {MORE:,} rows", more, "MB", some, f"after {SOME:,}", goal=1.2
        ),
    ]


def _read(session: Session, peaks: list[float]) -> None:
    tracemalloc.start()
    for number, _row in enumerate(download(session, DESK), start=1):
        if number in {SOME, MORE}:
            peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        if number == MORE:
            break
    tracemalloc.stop()
