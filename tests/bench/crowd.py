"""Fills the portal's own tables as a large country would: people in the mirror, and open requests.

These people are only in the mirror, for lists and searches; nothing asks Keycloak about them.
"""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from directory.vocabulary import PROVIDER_TYPES, OrganisationStatus, Role
from portal.effects import send_mail
from portal.model.feed import Reach, Touched
from portal.model.mail import Mail, MailKind, MailState
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson
from portal.model.requests import AccessRequest, RequestKind, RequestState
from portal.services import Services
from portal.store.folding import person_words

AT_ONCE = 5_000
CROWD = f"{UUID(int=0)}"[:20] + "%"
"""Ids of made-up people begin so: each is its number."""
FIRST = ("Ada", "Björn", "Chidi", "Dilys", "Efua", "Finn", "Grace", "Hari", "Iona", "Jessica", "Kofi")
LAST = ("Abbey", "Brennan", "Clarke", "Dogger", "Fisher", "Humber", "Lundy", "O'Malley", "Patel", "Thames")


def provider_codes(session: Session, beneath: str = "") -> list[str]:
    """The open providers in the mirror, or those below one commissioner, by code."""
    statement = select(MirroredOrganisation.code).where(
        MirroredOrganisation.type.in_(PROVIDER_TYPES),
        MirroredOrganisation.status == OrganisationStatus.OPEN,
    )
    if beneath:
        statement = statement.where(MirroredOrganisation.path.contains([beneath]))
    return list(session.scalars(statement.order_by(MirroredOrganisation.code)))


def fill_mirror(session: Session, count: int) -> None:
    """Brings the made-up people to `count`, each a Provider User somewhere, some an approver too."""
    there = session.scalar(select(func.count()).where(MirroredPerson.id.like(CROWD))) or 0
    codes = provider_codes(session)
    for start in range(there, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        session.execute(insert(MirroredPerson), [_person(number, codes) for number in numbers])
        session.execute(insert(MirroredHolding), list(_holdings(numbers, codes)))
    _as_if_followed(session)


def _as_if_followed(session: Session) -> None:
    """Leaves the worker nothing to do about them: it would be busy for minutes while others are measured."""
    session.execute(delete(Touched).where(Touched.key.like(CROWD)))
    session.execute(delete(Reach).where(Reach.person_id.like(CROWD)))
    held = select(MirroredHolding.person_id, MirroredHolding.role, MirroredHolding.organisation_code)
    active = held.join(MirroredPerson, MirroredPerson.id == MirroredHolding.person_id).where(
        MirroredPerson.enabled, MirroredPerson.id.like(CROWD)
    )
    session.execute(insert(Reach).from_select(["person_id", "role", "organisation_code"], active))


def _person(number: int, codes: Sequence[str]) -> dict[str, Any]:
    chance = random.Random(number)
    first, last = chance.choice(FIRST), f"{chance.choice(LAST)}-{number}"
    email = f"person{number}@bench.example"
    return {
        "id": str(UUID(int=number)),
        "email": email,
        "first_name": first,
        "last_name": last,
        "enabled": number % 50 != 0,
        "access": _access(number, codes) if number % 50 else "",
        "words": person_words(first, last, email),
    }


def _access(number: int, codes: Sequence[str]) -> str:
    """What tokens would say of them."""
    held = {
        one["role"].value: [one["organisation_code"]] for one in _holdings(range(number, number + 1), codes)
    }
    return json.dumps({"roles": held}, separators=(",", ":"), sort_keys=True)


def _holdings(numbers: range, codes: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        place = {"person_id": str(UUID(int=number)), "organisation_code": codes[number % len(codes)]}
        yield place | {"role": Role.PROVIDER_USER}
        if number % 10 == 0:
            yield place | {"role": Role.PROVIDER_APPROVER}


def fill_queue(session: Session, commissioner: str, count: int) -> None:
    """`count` open requests of newcomers at the commissioner's providers."""
    codes = provider_codes(session, commissioner)
    asked = datetime.now(UTC)
    rows = [_request(number, codes[number % len(codes)], asked) for number in range(count)]
    session.execute(insert(AccessRequest), rows)


def _request(number: int, code: str, now: datetime) -> dict[str, Any]:
    return {
        "kind": RequestKind.NEW_ACCOUNT,
        "email": f"newcomer{number}@bench.example",
        "first_name": FIRST[number % len(FIRST)],
        "last_name": f"{LAST[number % len(LAST)]} {number}",
        "organisation_code": code,
        "organisation_name": f"Practice {code}",
        "role": Role.PROVIDER_USER,
        "state": RequestState.OPEN,
        "asked_at": now - timedelta(minutes=number),
    }


def keep_mails_waiting(services: Services, count: int) -> None:
    """Has the worker find so many messages to send, all to nobody in particular."""
    with services.sessions.begin() as session:
        queued = select(func.count()).select_from(Mail).where(Mail.state == MailState.QUEUED)
        for number in range(session.scalar(queued) or 0, count):
            to = f"nobody{number}@bench.example"
            send_mail.write(services, session, to, MailKind.NO_ACCOUNT, {})
