"""From the approver's click on Confirm until Keycloak holds the role, beside the bare call that gives it."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import requests
from sqlalchemy import select

from directory.vocabulary import Organisation, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.origin import Origin
from portal.model.mirror import MirroredOrganisation
from portal.model.requests import AccessRequest
from portal.services import Services
from tests.bench.crowd import keep_mails_waiting, provider_codes
from tests.bench.national import import_national
from tests.bench.rows import Row, median, p95, seconds
from tests.bench.servers import Bench
from tests.bench.signed_in import SignedIn, sign_in_as_approver
from tests.browser.accounts import services_of
from tests.browser.stack_facts import StackFacts
from tests.support.builders.names import in_letters

TIMES, WARM_UP, MAILS = 100, 5, 1_000
ROUNDS = range(TIMES + WARM_UP)


def run(stack: Bench) -> Sequence[Row]:
    """Approvals of a further role for people with an account, and bare joins of the same group, in turn.

    The portal's web processes and its worker are the stack's own, each a process of its own. The second row
    is the same while 1,000 mails wait to be sent.
    """
    place = import_national(stack)
    facts = StackFacts(stack.facts)
    services = services_of(facts)
    client = sign_in_as_approver(stack, place.commissioner)
    practice = a_practice(services, place.commissioner)
    bare = _BareJoin(facts, practice, services)

    def measured(name: str, kind: str, before: Callable[[], object]) -> Row:
        return _row(
            name, [_one_of_each(services, client, bare, f"{kind}{number}", before) for number in ROUNDS]
        )

    name = "approve, from click to granted, p95"
    return [
        measured(name, "quiet", lambda: None),
        measured(f"{name}, while {MAILS:,} mails wait", "mails", lambda: keep_mails_waiting(services, MAILS)),
    ]


def _one_of_each(
    services: Services, client: SignedIn, bare: "_BareJoin", name: str, before: Callable[[], object]
) -> tuple[float, float, float]:
    """Seconds until the answer and until the role was granted, and those of the bare join."""
    request_id = make_request(services, bare.practice, name)
    person = services.writer.ensure_person(f"bare-{name}@bench.example", "Bare", "Join")
    before()
    return (*_approve(services, client, request_id), bare.join(person))


def _row(name: str, rounds: Sequence[tuple[float, float, float]]) -> Row:
    answered, ours, theirs = zip(*rounds[WARM_UP:], strict=True)
    note = (
        f"medians {median(ours) * 1000:.1f} and {median(theirs) * 1000:.1f} ms; the page after the click "
        f"p95 {p95(answered) * 1000:.1f} ms; {TIMES} of each"
    )
    return Row(name, p95(ours) * 1000, "ms", p95(theirs) * 1000, "bare group PUT", 3, note=note)


def a_practice(services: Services, commissioner: str) -> Organisation:
    """The first of the commissioner's practices."""
    with services.sessions() as session:
        code = provider_codes(session, commissioner)[0]
        group = session.scalar(select(MirroredOrganisation.group_id).where(MirroredOrganisation.code == code))
    return services.reader.organisation(code, group or "")


def make_request(services: Services, practice: Organisation, name: str) -> UUID:
    """A new person's request for a role at the practice."""
    person = services.writer.ensure_person(f"asks-{name}@bench.example", "Ask", f"Called {in_letters(name)}")
    return ask(services, person.id, AskedRole(practice.code, Role.PROVIDER_USER, "Bench"), Origin())


def approve(client: SignedIn, request_id: UUID, token: str = "") -> None:
    """The approver's click, with the token of the request's page, which is fetched first unless given."""
    form = {
        "csrf_token": token or client.token(f"/requests/{request_id}"),
        "decision": "approve",
        "reason": "",
    }
    client.send(f"/requests/{request_id}/decision", **form)


def _approve(services: Services, client: SignedIn, request_id: UUID) -> tuple[float, float]:
    """Seconds until the answer came, and until Keycloak held the role, both from the click."""
    token = client.token(f"/requests/{request_id}")
    clicked = datetime.now(UTC)
    taken = seconds(lambda: approve(client, request_id, token))
    return taken, (_applied_at(services, request_id) - clicked).total_seconds()


def _applied_at(services: Services, request_id: UUID) -> datetime:
    """When Keycloak held the role: by the time the answer came, or soon after by the worker."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with services.sessions() as session:
            applied = session.scalar(select(AccessRequest.applied_at).where(AccessRequest.id == request_id))
        if applied:
            return applied
        time.sleep(0.05)
    raise AssertionError(f"request {request_id} was approved, and not applied in 30 s")


class _BareJoin:
    """Keycloak's own PUT of a person into the same role group, over one kept-open connection."""

    def __init__(self, facts: StackFacts, practice: Organisation, services: Services):
        maker: Person = services.writer.ensure_person("maker@approval.example", "Maker", "Of the group")
        services.writer.grant(maker.id, practice, Role.PROVIDER_USER)
        base = f"{facts.keycloak}/admin/realms/cqrs"
        children = facts.as_administrator("GET", f"{base}/groups/{practice.id}/children?max=100")
        self._group = next(one["id"] for one in children if one["name"] == Role.PROVIDER_USER.value)
        self.practice = practice
        self._facts, self._base, self._client = facts, base, requests.Session()

    def join(self, person: Person) -> float:
        """Seconds of the call."""
        self._client.headers["Authorization"] = f"Bearer {self._facts.administrator_token()}"
        return seconds(lambda: self._put(person))

    def _put(self, person: Person) -> None:
        answer = self._client.put(f"{self._base}/users/{person.id}/groups/{self._group}", timeout=30)
        assert answer.status_code == 204, answer.text
