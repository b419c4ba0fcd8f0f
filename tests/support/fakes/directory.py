"""A directory in memory that keeps to the gateway's contract, with builders and with faults to order.

It passes the same suite as Keycloak (tests/keycloak/directory/contract_suite.py), so a test that uses it does
not drift from the real one.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from directory.contract import AccountEvent, Change, ChangeKind
from directory.errors import DirectoryRefused, DirectoryUnavailable, MailNotSent, OrganisationNotFound
from directory.sync_runs import SyncRun
from directory.vocabulary import (
    ApprovalLevel,
    Holding,
    KeycloakSession,
    Organisation,
    Person,
    Role,
    SecondFactor,
    Standing,
)
from portal.rules.names import name_problem
from tests.support.fakes.clusters import FakeClusters
from tests.support.fakes.state import WRITER


class FakeDirectory(FakeClusters):
    """Reader and Writer in one; the builders and the faults are in DirectoryState, clusters in the base."""

    @property
    def reader(self) -> "FakeDirectory":
        """Itself, as a realm's scene has a reader and a writer."""
        return self

    @property
    def writer(self) -> "FakeDirectory":
        return self

    # Reader

    def organisation(self, code: str, group_id: str = "") -> Organisation:  # noqa: ARG002
        with self._call():
            return self._by_code(code)

    def organisation_by_id(self, group_id: str) -> Organisation:
        with self._call():
            if group_id not in self._organisations:
                raise OrganisationNotFound(group_id)
            return self._organisations[group_id]

    def organisations(self) -> Iterator[Organisation]:
        with self._call():
            return iter(sorted(self._organisations.values(), key=lambda o: len(o.path)))

    def person(self, person_id: str) -> Person:
        with self._call():
            return self._known(person_id)

    def person_by_email(self, email: str) -> Person | None:
        with self._call():
            return self._by_email(email)

    def people(self) -> Iterator[Person]:
        with self._call():
            return iter(sorted(self._people.values(), key=lambda p: p.email))

    def standing(self, person_id: str) -> Standing:
        with self._call():
            person = self._known(person_id)
            held, restrictions = frozenset(self._holdings(person_id)), self._restrictions(person_id)
            return Standing(person, held, person_id in self._locked, restrictions)

    def all_holdings(self) -> Iterator[tuple[str, Holding]]:
        with self._call():
            return iter([(who, holding) for who in self._people for holding in self._holdings(who)])

    def holders(self, organisation: Organisation, role: Role) -> list[Standing]:
        with self._call():
            place = self._now(organisation)
            found = self._holding(Holding(role, place.path))
            return [replace(one, restrictions=self._restrictions(one.person.id, place.code)) for one in found]

    def service_desk(self) -> list[Standing]:
        with self._call():
            return self._holding(Holding(Role.SERVICE_DESK, ()))

    def role_group(self, organisation_id: str, role: Role) -> str:
        with self._call():
            if organisation_id not in self._organisations:
                raise OrganisationNotFound(organisation_id)
            return f"{organisation_id}/{role}" if (organisation_id, role) in self._role_groups else ""

    def has_credential(self, person_id: str) -> bool:
        with self._call():
            return self._known(person_id).id in self._credentials

    def second_factors(self, person_id: str) -> tuple[SecondFactor, ...]:
        with self._call():
            return tuple(self._factors.get(self._known(person_id).id, ()))

    def sessions(self, person_id: str) -> tuple[KeycloakSession, ...]:
        with self._call():
            return tuple(self._sessions.get(self._known(person_id).id, ()))

    def payment_types(self, person_id: str) -> dict[str, frozenset[str]]:
        with self._call():
            return dict(self._payment_types.get(self._known(person_id).id, {}))

    def account_events(self, since: datetime) -> list[AccountEvent]:
        with self._call():
            return [event for event in self._account_events if event.at >= since]

    def account_name(self, account_id: str) -> str:
        with self._call():
            if account_id == WRITER:
                return "cqrs-writer"
            known = self._people.get(account_id)
            return known.name if known else ""

    def changes(self, since: datetime) -> list[Change]:
        with self._call():
            return [change for change in self._changes if change.at >= since]

    def sync_runs(self) -> list[SyncRun]:
        with self._call():
            return sorted(self._runs, key=lambda run: -run.number)

    # Writer

    def ensure_person(self, email: str, first_name: str, last_name: str, invitation: str = "") -> Person:
        with self._call():
            if known := self._by_email(email):
                return known
            if "@" not in email or len(email) > 254 or name_problem(first_name) or name_problem(last_name):
                raise DirectoryRefused("the account's details are not valid")
            made = self._make_person(email, first_name, last_name)
            self._made_for[made.id] = invitation
            return made

    def remove_unused(self, person_id: str, invitations: Collection[str]) -> bool:
        with self._call():
            if person_id not in self._people:
                return True
            used = person_id in self._credentials or self._held[person_id]
            ours = self._made_for.get(person_id) in set(invitations)
            if used or not ours or not self._people[person_id].enabled:
                return False
            self.delete_person(person_id)
            return True

    def grant(self, person_id: str, organisation: Organisation, role: Role, role_group: str = "") -> None:  # noqa: ARG002
        with self._call():
            if role is Role.SERVICE_DESK:
                raise DirectoryRefused("the Service Desk's role is held everywhere, not at an organisation")
            where = self._now(organisation).id
            self._held[self._known(person_id).id].add((where, role))
            self._role_groups.add((where, role))
            self._note(ChangeKind.MEMBERSHIP, person_id)

    def remove(self, person_id: str, organisation: Organisation, role: Role) -> None:
        with self._call():
            where = self._now(organisation).id
            self._held[self._known(person_id).id].discard((where, role))
            self._note(ChangeKind.MEMBERSHIP, person_id)

    def send_welcome(self, person_id: str, since: datetime, *, forgotten: bool = False) -> bool:  # noqa: ARG002
        with self._call():
            if not self._known(person_id).enabled:
                raise DirectoryRefused("a disabled person is sent no welcome")
            if any(who == person_id and at >= since for who, at in self._welcomed):
                return False
            if self.cannot_mail:
                raise MailNotSent("ordered by the test")
            self._welcomed.append((person_id, self._clock()))
            return True

    def unlock(self, person_id: str) -> None:
        with self._call():
            self._locked.discard(self._known(person_id).id)
            self._note(ChangeKind.PERSON, person_id)

    def remove_second_factors(self, person_id: str, ids: Collection[str]) -> None:
        with self._call():
            had = self._factors.get(self._known(person_id).id, [])
            self._factors[person_id] = [one for one in had if one.id not in ids]
            self._note(ChangeKind.PERSON, person_id)

    def sign_out_of(self, person_id: str, ids: Collection[str]) -> None:
        with self._call():
            on = self._sessions.get(self._known(person_id).id, [])
            self._sessions[person_id] = [one for one in on if one.id not in ids]

    def set_names(self, person_id: str, first_name: str, last_name: str) -> Person:
        with self._call():
            if max(len(first_name), len(last_name)) > 255:
                raise DirectoryRefused("the names are too long")
            changed = replace(self._known(person_id), first_name=first_name, last_name=last_name)
            return self._put_person(changed)

    def set_enabled(self, person_id: str, enabled: bool) -> Person:
        with self._call():
            if self._known(person_id).enabled is enabled:
                return self._known(person_id)
            return self._put_person(replace(self._known(person_id), enabled=enabled))

    def end_sessions(self, person_id: str) -> None:
        with self._call():
            if self._sessions_stay:
                raise DirectoryUnavailable("ordered by the test")
            self._signed_out.append(self._known(person_id).id)
            self._sessions.pop(person_id, None)

    def set_wants_email(self, person_id: str, wants: bool) -> Person:
        with self._call():
            changed = replace(self._known(person_id), wants_email=wants)
            self._put_person(changed)
            return changed

    def set_access(self, person_id: str, access: str) -> Person:
        with self._call():
            if self._known(person_id).access == access:
                return self._known(person_id)
            return self._put_person(replace(self._known(person_id), access=access))

    def set_approval_level(self, organisation: Organisation, level: ApprovalLevel) -> Organisation:
        with self._call():
            return self._put(replace(self._now(organisation), approval_level=level))

    def set_payment_types(self, person_id: str, organisation: str, types: Collection[str]) -> None:
        with self._call():
            others = self._payment_types.get(self._known(person_id).id, {})
            kept = others | {organisation: frozenset(types)}
            self._payment_types[person_id] = {code: kinds for code, kinds in kept.items() if kinds}
            written = sorted(f"{code}:{kind}" for code, kinds in kept.items() for kind in kinds)
            self._people[person_id] = replace(self._known(person_id), payment_types=tuple(written))
            self._note(ChangeKind.PERSON, person_id)
