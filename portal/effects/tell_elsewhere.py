"""Tells the approvers of a person's other organisations that somebody changed the account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.vocabulary import Holding, Organisation, Person, Role
from portal.casework.audit_events import Author
from portal.casework.current_state import organisation_now
from portal.casework.eligible_approvers import EligibleApprovers
from portal.casework.office import own_office
from portal.effects.account_news import is_own, told_elsewhere
from portal.effects.effect import Concern, effect
from portal.effects.effect import queue as queue_effect
from portal.effects.notification import tell
from portal.model.effects import Effect, EffectKind
from portal.model.notices import NoticeKind
from portal.rules.errors import NothingFound
from portal.rules.routing import holding_rung, rungs
from portal.services import WorkerServices


@effect(EffectKind.TELL_ELSEWHERE)
@dataclass(frozen=True, slots=True)
class TellElsewhere:
    """The author changed this account, which has these roles: each an ODS code and a role."""

    person_id: str
    name: str
    email: str
    what: NoticeKind
    roles: tuple[tuple[str, Role], ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """Tells each of them once, of the roles that they answer for; not those whom the author acts with."""
        people: dict[str, Person] = {}
        roles: dict[str, list[str]] = {}
        for person, role in self._answerable(services):
            people[person.id] = person
            roles.setdefault(person.id, []).append(role)
        by = "The person" if is_own(self.author, self.person_id) else own_office(services, self.author)
        for person_id, person in people.items():
            news = told_elsewhere(self.what, self.name, self.email, roles[person_id], by)
            tell(services, session, person, news)
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.person_id)

    def _answerable(self, services: WorkerServices) -> Iterator[tuple[Person, str]]:
        """Who decides about each role now, with its words."""
        for code, role in self.roles:
            try:
                organisation = organisation_now(services, code)
            except NothingFound:
                continue
            for person in self._deciders(services, organisation, role):
                yield person, f"{role.label}, {organisation.name} ({code})"

    def _deciders(self, services: WorkerServices, organisation: Organisation, role: Role) -> Iterator[Person]:
        approvers = EligibleApprovers(services)
        people = {rung: approvers.reaching(rung, organisation) for rung in rungs(organisation, role)}
        rung = holding_rung(tuple(people), lambda one: [s.person.id for s in people[one]])
        if self._is_authors(rung.holding):
            return
        for standing in people[rung]:
            if standing.person.id not in {self.person_id, self.author["actor_id"]}:
                yield standing.person

    def _is_authors(self, holding: Holding) -> bool:
        acted_as = (self.author["actor_role"], self.author["actor_organisation"])
        return acted_as == (holding.role.value, holding.organisation)


def queue(
    session: Session,
    person: Person,
    what: NoticeKind,
    roles: tuple[tuple[str, Role], ...],
    author: Author,
    at: datetime,
) -> Effect | None:
    """Has them told; nothing for an account with no role."""
    telling = TellElsewhere(person.id, person.name, person.email, what, roles, author)
    return queue_effect(session, telling, f"elsewhere:{person.id}", at) if roles else None
