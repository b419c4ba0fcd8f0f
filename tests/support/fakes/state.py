"""What the directory in memory holds, and the builders that tests place organisations and people with."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from uuid import uuid4

from directory.contract import AccountEvent, AccountEventKind, Change, ChangeKind
from directory.errors import DirectoryUnavailable, OrganisationNotFound, PersonNotFound
from directory.sync_runs import SyncRun
from directory.vocabulary import (
    ApprovalLevel,
    FactorKind,
    Holding,
    KeycloakSession,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Role,
    SecondFactor,
    Standing,
)
from tests.support.fakes.faults import Fault

EVERYWHERE = ""
# Whose changes are noted: those of the writer's calls, and those that the builders make as the console would.
WRITER, ADMINISTRATOR = str(uuid4()), str(uuid4())


class DirectoryState:
    """Organisations, people and what they hold, with each change noted."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._lock = RLock()
        self._organisations: dict[str, Organisation] = {}
        self._people: dict[str, Person] = {}
        self._held: dict[str, set[tuple[str, Role]]] = {}
        self._role_groups: set[tuple[str, Role]] = set()
        self._locked: set[str] = set()
        self._credentials: set[str] = set()
        self._factors: dict[str, list[SecondFactor]] = {}
        self._sessions: dict[str, list[KeycloakSession]] = {}
        self._payment_types: dict[str, dict[str, frozenset[str]]] = {}
        self._account_events: list[AccountEvent] = []
        self._made_for: dict[str, str] = {}
        self._welcomed: list[tuple[str, datetime]] = []
        self._signed_out: list[str] = []
        self._runs: list[SyncRun] = []
        self._sessions_stay = False
        self._changes: list[Change] = []
        self._faults: deque[Fault] = deque()
        self._by = ADMINISTRATOR
        self.cannot_mail = False
        """Whether the mail server takes nothing from Keycloak."""

    # Building

    def place(
        self,
        code: str,
        name: str = "",
        kind: OrganisationType = OrganisationType.PROVIDER,
        parent: str = "",
        approval_level: ApprovalLevel = ApprovalLevel.SINGLE,
    ) -> Organisation:
        """A new organisation below the one with the code `parent`, or at the top of the tree."""
        above = self._by_code(parent).path if parent else ()
        made = Organisation(
            code, name or code, kind, (*above, code), approval_level=approval_level, id=str(uuid4())
        )
        return self._put(made, ChangeKind.NEW_ORGANISATION)

    def change(self, code: str, **facts: str) -> Organisation:
        """The organisation with some facts changed, as in the console or by sync."""
        return self._put(_with(self._by_code(code), **facts))

    def note_run(self, run: SyncRun) -> SyncRun:
        """A run of the sync, the newest."""
        noted = replace(run, number=len(self._runs) + 1, id=str(uuid4()))
        self._runs.append(noted)
        return noted

    def move(self, code: str, parent: str) -> None:
        """Puts the organisation, with everything below it, under another."""
        old, above = self._by_code(code).path, self._by_code(parent).path
        for below in [o for o in self._organisations.values() if o.path[: len(old)] == old]:
            self._put(replace(below, path=(*above, *below.path[len(old) - 1 :])))

    def close_down(self, code: str) -> None:
        """Deletes the organisation and everything below it, and every role held there."""
        gone = self._by_code(code).path
        lost = {o.id for o in self._organisations.values() if o.path[: len(gone)] == gone}
        for group_id in lost:
            del self._organisations[group_id]
        for held in self._held.values():
            held -= {holding for holding in held if holding[0] in lost}
        self._note(ChangeKind.EVERYTHING, "")

    def enrol(
        self,
        email: str,
        first_name: str = "Ann",
        last_name: str = "Example",
        holdings: tuple[tuple[str, Role], ...] = (),
        password: bool = True,
    ) -> Person:
        """An account with roles, each (ODS code, role); the code of the Service Desk's role is empty."""
        person = self._make_person(email, first_name, last_name)
        for code, role in holdings:
            where = self._by_code(code).id if code else EVERYWHERE
            self._held[person.id].add((where, role))
            self._role_groups.add((where, role))
            self._note(ChangeKind.MEMBERSHIP, person.id)
        if password:
            self._credentials.add(person.id)
        return person

    def take_every_role(self, person_id: str) -> None:
        self._held[person_id].clear()
        self._note(ChangeKind.MEMBERSHIP, person_id)

    def disable(self, person_id: str) -> None:
        self._put_person(replace(self._people[person_id], enabled=False))

    def give_payment_types(self, person_id: str, *values: str) -> None:
        """As they are written in the console: each an ODS code, a colon and a payment type."""
        found: dict[str, set[str]] = {}
        for code, _, kind in (value.partition(":") for value in values):
            found.setdefault(code, set()).add(kind)
        self._payment_types[person_id] = {code: frozenset(kinds) for code, kinds in found.items()}
        self._put_person(replace(self._people[person_id], payment_types=tuple(sorted(values))))

    def enable(self, person_id: str) -> None:
        self._put_person(replace(self._people[person_id], enabled=True))

    def change_address(self, person_id: str, email: str) -> None:
        """The person is reached, and signs in, by another e-mail address from now on."""
        before, at = self._known(person_id).email, self._clock()
        self._put_person(replace(self._known(person_id), email=email))
        self._account_events.append(
            AccountEvent(AccountEventKind.ADDRESS_CHANGED, person_id, at, str(uuid4()), before, email)
        )

    def happened(self, kind: AccountEventKind, person_id: str, credential: str = "") -> None:
        """Something was done to the account on Keycloak's own pages."""
        at = self._clock()
        self._account_events.append(AccountEvent(kind, person_id, at, str(uuid4()), credential=credential))

    def sign_in(self, person_id: str, session_id: str, address: str = "192.0.2.7") -> KeycloakSession:
        """The person is signed in at one place more."""
        made = KeycloakSession(session_id, address, self._clock(), self._clock())
        self._sessions.setdefault(person_id, []).append(made)
        return made

    def lock(self, person_id: str) -> None:
        self._locked.add(person_id)
        self._note(ChangeKind.PERSON, person_id)

    def lift_lock(self, person_id: str) -> None:
        self._locked.discard(person_id)
        self._note(ChangeKind.PERSON, person_id)

    def add_second_factor(self, person_id: str, kind: FactorKind, label: str = "") -> None:
        made = SecondFactor(str(uuid4()), kind, label, self._clock())
        self._factors.setdefault(person_id, []).append(made)

    def set_password(self, person_id: str) -> None:
        """As the person does on Keycloak's page."""
        self._credentials.add(self._known(person_id).id)

    def delete_person(self, person_id: str) -> None:
        del self._people[person_id], self._held[person_id]
        self._note(ChangeKind.PERSON, person_id)

    def age(self, by: timedelta) -> None:
        """All that was changed so far was so much longer ago."""
        self._changes = [replace(change, at=change.at - by) for change in self._changes]

    def go_wrong(self, *faults: Fault) -> None:
        """The next calls meet these faults, one each, in order; a `Fault.none()` lets one through."""
        self._faults.extend(faults)

    def go_right(self) -> None:
        """No call meets a fault any more: reads made side by side leave an uncertain number of them."""
        self._faults.clear()

    @property
    def welcomes(self) -> list[str]:
        """The ids of those whom a link was mailed to, in order."""
        return [person_id for person_id, _ in self._welcomed]

    def refuse_to_end_sessions(self, refuse: bool) -> None:
        """Whether Keycloak fails whenever it is to end somebody's sessions."""
        self._sessions_stay = refuse

    @property
    def signed_out(self) -> list[str]:
        """The ids of those whose sessions were ended, in order."""
        return [*self._signed_out]

    @property
    def faults_left(self) -> int:
        """How many of the ordered faults no call has met yet."""
        return len(self._faults)

    # Inside

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call: under the lock, and with the next fault in the row, before or after its work."""
        fault = self._faults.popleft() if self._faults else Fault.none()
        time.sleep(fault.seconds)
        if fault.refuses:
            raise DirectoryUnavailable("ordered by the test")
        with self._lock:
            self._by = WRITER
            try:
                yield
            finally:
                self._by = ADMINISTRATOR
        if fault.loses_reply:
            raise DirectoryUnavailable("done, and the reply was lost, as ordered by the test")

    def _holdings(self, person_id: str) -> Iterator[Holding]:
        for where, role in self._held[person_id]:
            yield Holding(role, self._organisations[where].path if where else ())

    def _holding(self, holding: Holding) -> list[Standing]:
        who = [person for person in self._people.values() if holding in self._holdings(person.id)]
        return [Standing(p, frozenset({holding})) for p in who]

    def _now(self, organisation: Organisation) -> Organisation:
        """The organisation as it is now, whatever the caller remembers of it."""
        if not organisation.id:
            return self._by_code(organisation.code)
        if organisation.id not in self._organisations:
            raise OrganisationNotFound(organisation.code)
        return self._organisations[organisation.id]

    def _by_code(self, code: str) -> Organisation:
        for organisation in self._organisations.values():
            if organisation.code == code:
                return organisation
        raise OrganisationNotFound(code)

    def _by_email(self, email: str) -> Person | None:
        return next((p for p in self._people.values() if p.email == email.strip().lower()), None)

    def _known(self, person_id: str) -> Person:
        if person_id not in self._people:
            raise PersonNotFound(person_id)
        return self._people[person_id]

    def _put(self, organisation: Organisation, kind: ChangeKind = ChangeKind.ORGANISATION) -> Organisation:
        self._organisations[organisation.id] = organisation
        self._note(kind, organisation.id)
        return organisation

    def _put_person(self, person: Person) -> Person:
        self._people[person.id] = person
        self._note(ChangeKind.PERSON, person.id)
        return person

    def _note(self, kind: ChangeKind, subject: str) -> None:
        self._changes.append(Change(kind, subject, self._clock(), str(uuid4()), self._by))

    def _make_person(self, email: str, first_name: str, last_name: str) -> Person:
        person = Person(str(uuid4()), email.strip().lower(), first_name, last_name, created_at=self._clock())
        self._held[person.id] = set()
        return self._put_person(person)


def _with(
    organisation: Organisation,
    *,
    name: str = "",
    postcode: str = "",
    status: str = "",
    approval_level: str = "",
    town: str = "",
    successor: str = "",
) -> Organisation:
    return replace(
        organisation,
        name=name or organisation.name,
        postcode=postcode or organisation.postcode,
        town=town or organisation.town,
        successor=successor or organisation.successor,
        status=OrganisationStatus(status or organisation.status),
        approval_level=ApprovalLevel(approval_level or organisation.approval_level),
    )
