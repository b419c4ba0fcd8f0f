"""Decides questions: on the mirror while it is in step with Keycloak, else on Keycloak itself.

A change made in Keycloak's console has to be in every answer ten seconds later. So a mirror that was last
known to be in step longer ago answers nothing: each question goes to Keycloak, and a search has to wait.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from directory.contract import Reader
from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import Organisation, Role, Standing
from portal.api.allowance import spend
from portal.api.asking import caller
from portal.api.bodies import Entity
from portal.api.problems import AGAIN_SOON, Problem
from portal.rules.accounts import Account
from portal.rules.grounds import Ground, ground
from portal.store.queries import access
from portal.store.queries.access import Facts, Question
from portal.web.access import services
from portal.web.reading import straight

OLDEST = timedelta(seconds=10)
SUBJECTS, RESOURCE = frozenset({"person", "user"}), "organisation"
ROLES = {role.value: role for role in Role}
LONGEST_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321): nobody is asked after by a longer one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One evaluation: who, which role, where, as the application wrote it."""

    subject: Entity
    action: str
    resource: Entity

    @property
    def question(self) -> Question:
        return Question(self.subject.id, ROLES.get(self.action), self.resource.id)


@contextmanager
def mirror() -> Iterator[Session]:
    """A session that only reads: each statement by itself."""
    with Session(current_app.extensions["cqrs_reading"], expire_on_commit=False) as session:
        yield session


@contextmanager
def mirror_in_step() -> Iterator[Session]:
    """The same, for a search. Raises Problem when the mirror isn't in step."""
    spend(caller().counted_as, 1)
    with mirror() as session:
        _demand_in_step(access.age(session))
        yield session


def facts_in_step(question: Question) -> Facts:
    """Of one question, for a search; the same statement says how old the mirror is. Raises Problem."""
    spend(caller().counted_as, 1)
    old, (facts,) = access.questions(straight(), [question])
    _demand_in_step(old)
    return facts


def _demand_in_step(age: timedelta | None) -> None:
    if _is_old(age):
        raise Problem(503, "Changes are still being read. Ask again.", AGAIN_SOON)


def is_in_step() -> bool:
    """Whether the mirror may answer."""
    with mirror() as session:
        return not _is_old(access.age(session))


def decide(asked: Sequence[Asked]) -> list[Ground]:
    """The answer to each, in order."""
    spend(caller().counted_as, len(asked))
    old, facts = access.questions(straight(), [one.question for one in asked])
    if _is_old(old):
        keycloak = Keycloak(services().reader)
        facts = [keycloak.facts(one.question) for one in asked]
    return [_decided(one, found) for one, found in zip(asked, facts, strict=True)]


def told(account: Account | None, role: Role, organisation: Organisation | None) -> Ground:
    """The ground, as far as the one who asks may be told."""
    if organisation is not None and not caller().given.covers(role, organisation):
        return Ground.NOT_GIVEN
    if not caller().may_ask_about(account.standing.person.id if account else None):
        return Ground.NOT_GIVEN
    return ground(account, role, organisation)


def named(reader: Reader, who: str) -> str | None:
    """The id of whom an id or an e-mail address names; None: nobody, or nobody of whom the asker may ask.

    On behalf of a person nobody else is read, so that not even the time it takes tells whether others have
    an account. Raises PersonNotFound when their own is gone.
    """
    if "@" not in who:
        found = _as_id(who)
        return found if caller().may_ask_about(found) else None
    if len(who) > LONGEST_ADDRESS:
        return None
    own, address = caller().person_id, who.lower()
    if own is not None:
        return own if reader.person(own).email.lower() == address else None
    person = reader.person_by_email(address)
    return person.id if person else None


def _as_id(who: str) -> str | None:
    try:
        return str(UUID(who))
    except ValueError:
        return None


def is_about(subject: Entity, resource: Entity) -> bool:
    """Whether these are of the types that there are here."""
    return subject.type in SUBJECTS and resource.type == RESOURCE


def _decided(asked: Asked, facts: Facts) -> Ground:
    if not is_about(asked.subject, asked.resource):
        return Ground.UNKNOWN_TYPE
    role = ROLES.get(asked.action)
    return told(facts.account, role, facts.organisation) if role else Ground.UNKNOWN_ROLE


def _is_old(age: timedelta | None) -> bool:
    return age is None or age > OLDEST


class Keycloak:
    """Keycloak's own answers: each person and organisation is read once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._standings: dict[str, Standing | None] = {}
        self._organisations: dict[str, Organisation | None] = {}

    def facts(self, question: Question) -> Facts:
        """The same as the mirror has. Raises DirectoryUnavailable."""
        standing = self._standing(question.person)
        organisation = self._organisation(question.code)
        if standing is None or organisation is None:
            return Facts(None, organisation)
        over = [held.organisation for held in standing.holdings if held.stands_over(organisation.path)]
        places = {code: place for code in over if code and (place := self._organisation(code))}
        return Facts(Account(standing, places), organisation)

    def _standing(self, person: str) -> Standing | None:
        if person not in self._standings:
            self._standings[person] = self._read(person)
        return self._standings[person]

    def _read(self, person: str) -> Standing | None:
        try:
            found = named(self._reader, person)
            return self._reader.standing(found) if found else None
        except PersonNotFound:
            return None

    def _organisation(self, code: str) -> Organisation | None:
        if code not in self._organisations:
            self._organisations[code] = self._looked_up(code)
        return self._organisations[code]

    def _looked_up(self, code: str) -> Organisation | None:
        if not (code.isascii() and code.isalnum()):  # no ODS code, and nothing to put in an address
            return None
        try:
            return self._reader.organisation(code)
        except OrganisationNotFound:
            return None
