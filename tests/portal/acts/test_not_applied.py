"""What couldn't be done: whoever has to know is told, and the Service Desk has it tried again, on record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from directory.errors import DirectoryUnavailable
from directory.vocabulary import OrganisationStatus, Person, Role
from portal.acts.decide import Decision, decide
from portal.acts.end_request import end_request
from portal.acts.register import Registration, register
from portal.acts.resend import apply_again, resend, try_again
from portal.model import AuditEntry, AuditKind, Effect, Mail, MailState, RequestState
from portal.model.effects import EffectKind
from portal.model.notices import NoticeKind
from portal.rules.errors import NotAllowed, NothingFound
from portal.store.audit_check import verify
from portal.store.queries import mail, notices, requests
from tests.support.builders.worker_at_once import with_worker_at_once
from tests.support.builders.world import HERE, World

NEW = "new@p001.example"
LATER = timedelta(seconds=10)


class NoWriter:
    """Keycloak answers, and then can't be written to."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        def away(*_: object) -> None:
            raise DirectoryUnavailable(name)

        return away


def only(world: World, kind: AuditKind) -> AuditEntry:
    with world.services.sessions() as session:
        assert verify(session).fault is None
        return session.scalars(select(AuditEntry).where(AuditEntry.kind == kind)).one()


def who(entry: AuditEntry) -> tuple[str, str, str]:
    return entry.actor_name, entry.actor_role, entry.origin


DESK = ("Desk Person", "service-desk", HERE.address)


def approved(world: World) -> UUID:
    """A request that was approved, while Keycloak couldn't be written to."""
    request_id = world.registered()
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    services = with_worker_at_once(replace(world.services, writer=NoWriter()))
    decide(services, carol, request_id, Decision.APPROVE, "", HERE)
    assert world.request(request_id).is_being_applied
    return request_id


def work_later(world: World) -> None:
    world.clock.move(LATER)
    world.work()


def approved_and_impossible(world: World) -> UUID:
    """A request that was approved, and whose organisation closed before the role was given."""
    request_id = approved(world)
    world.directory.change("P001", status=OrganisationStatus.CLOSED)
    work_later(world)
    return request_id


def test_an_organisation_that_closes_after_registering_is_told_to_the_person(world: World) -> None:
    """REG-1, ORG-5: there is no request, and an e-mail says why and what to do."""
    register(world.services, Registration(NEW, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
    world.directory.change("P001", status=OrganisationStatus.CLOSED)
    world.work()
    assert world.request_of(NEW) is None
    (told,) = world.post.sent
    assert told["To"] == NEW
    assert told["Subject"] == "We could not take your request for Fair Isle Surgery"
    assert "Fair Isle Surgery (P001) is not open" in told.get_body(("plain",)).get_content()


def test_an_organisation_that_goes_after_registering_is_told_by_its_code(world: World) -> None:
    """REG-1, ORG-5: deleted from Keycloak, it has no name any more."""
    register(world.services, Registration(NEW, "P003", Role.PROVIDER_USER, "Nora", "New"), HERE)
    world.directory.close_down("P003")
    world.work()
    assert world.request_of(NEW) is None
    assert world.post.to(NEW) == ["We could not take your request for P003"]


def test_the_service_desk_is_told_of_what_cannot_be_applied(world: World) -> None:
    """APR-4, NOT-2, AUD-1: a notice, an e-mail to its address, and an entry, each with the cause."""
    request_id = approved_and_impossible(world)
    request = world.request(request_id)
    assert (request.could_not_be_applied, world.directory.person_by_email(NEW)) == (True, None)
    with world.services.sessions() as session:
        (notice,) = notices.of_person(session, world.people["desk"].id).items
    assert (notice.kind, notice.name, notice.text) == (NoticeKind.NOT_APPLIED, "Nora New", request.problem)
    (told,) = [one for one in world.post.sent if one["To"] == "service.desk@cqrs.example"]
    assert told["Subject"] == "An approved request could not be applied: Fair Isle Surgery"
    assert request.problem in told.get_body(("plain",)).get_content()
    entry = only(world, AuditKind.GRANT_IMPOSSIBLE)
    assert (entry.subject, entry.organisation_code, entry.request_id) == (NEW, "P001", request_id)
    assert entry.after == {"problem": request.problem, "role": "provider-user"}


def test_what_could_not_be_applied_is_once_the_cause_is_gone(world: World) -> None:
    """APR-4, AUD-1: the Service Desk tries again, the role is given, and who did so is on record."""
    request_id = approved_and_impossible(world)
    problem = world.request(request_id).problem
    world.directory.change("P001", status=OrganisationStatus.OPEN)
    apply_again(world.services, world.actor("desk", Role.SERVICE_DESK), request_id, HERE)
    request = world.request(request_id)
    assert (request.state, request.problem) == (RequestState.APPROVED, "")
    assert request.applied_at is not None
    assert roles(world, world.directory.person_by_email(NEW)) == [Role.PROVIDER_USER]
    entry = only(world, AuditKind.GRANT_TRIED_AGAIN)
    assert who(entry) == DESK
    assert (entry.subject, entry.organisation_code, entry.request_id) == (NEW, "P001", request_id)
    assert (entry.before, entry.after) == (
        {"problem": problem},
        {"role": "provider-user", "name": "Nora New"},
    )
    assert only(world, AuditKind.ROLE_GRANTED).seq > entry.seq


def roles(world: World, person: Person | None) -> list[Role]:
    return [one.role for one in world.directory.standing(person.id).holdings] if person else []


def test_what_still_cannot_be_applied_is_told_again(world: World) -> None:
    """APR-4: tried in vain, it isn't lost."""
    request_id = approved_and_impossible(world)
    apply_again(world.services, world.actor("desk", Role.SERVICE_DESK), request_id, HERE)
    assert world.request(request_id).could_not_be_applied


def test_only_the_service_desk_tries_again(world: World) -> None:
    """ROL-2: everybody else is refused, and nothing is done or on record."""
    request_id = approved_and_impossible(world)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    with pytest.raises(NotAllowed):
        apply_again(world.services, carol, request_id, HERE)
    with pytest.raises(NotAllowed):
        try_again(world.services, carol, 1, HERE)
    assert world.request(request_id).could_not_be_applied


def parked(world: World) -> Effect:
    with world.services.sessions() as session:
        (stuck,) = mail.stuck_effects(session)
    return stuck


def rewrite(world: World, kind: EffectKind, **payload: object) -> None:
    """Changes what is to be done: something that can't be makes it parked."""
    with world.services.sessions.begin() as session:
        waiting = session.scalars(select(Effect).where(Effect.kind == kind, Effect.done_at.is_(None))).one()
        waiting.payload = waiting.payload | payload


def test_a_parked_change_is_made_once_its_cause_is_gone(world: World) -> None:
    """APR-4, AUD-1: who had it tried again is on record, with what it was and whom it is about."""
    register(world.services, Registration(NEW, "P001", Role.PROVIDER_USER, "Nora", "New"), HERE)
    rewrite(world, EffectKind.REGISTRATION, role="no such role")
    world.work()
    stuck = parked(world)
    desk = world.actor("desk", Role.SERVICE_DESK)
    rewrite(world, EffectKind.REGISTRATION, role="provider-user")
    try_again(world.services, desk, stuck.id, HERE)
    assert world.request_of(NEW).is_open
    entry = only(world, AuditKind.CHANGE_TRIED_AGAIN)
    assert who(entry) == DESK
    assert (entry.subject, entry.organisation_code) == (NEW, "P001")
    assert entry.before == {"error": stuck.last_error}
    assert entry.after == {"change": "registration", "key": NEW}
    with pytest.raises(NothingFound):
        try_again(world.services, desk, stuck.id, HERE)


def test_a_parked_change_of_a_request_is_on_record_with_it(world: World) -> None:
    """AUD-1: the request's own story holds it."""
    request_id = approved(world)
    with world.services.sessions.begin() as session:
        waiting = session.scalars(select(Effect).where(Effect.kind == EffectKind.GRANT)).one()
        waiting.parked_at, waiting.last_error = world.clock(), "DirectoryRefused: 400"
    try_again(world.services, world.actor("desk", Role.SERVICE_DESK), waiting.id, HERE)
    assert world.request(request_id).applied_at is not None
    entry = only(world, AuditKind.CHANGE_TRIED_AGAIN)
    assert (entry.subject, entry.organisation_code, entry.request_id) == (NEW, "P001", request_id)
    assert who(entry) == DESK


def parked_message(world: World) -> Mail:
    """A message that couldn't be written, so that it waits and nothing sends it; its cause is gone by now."""
    world.post.away = True
    world.registered()
    with world.services.sessions() as session:
        (queued,) = mail.listing(session, address="carol@").items
    say(world, queued.id, {})
    work_later(world)
    world.post.away = False
    say(world, queued.id, queued.context)
    work_later(world)
    assert found(world, queued.id).state is MailState.QUEUED
    assert parked(world).payload == {"mail_id": str(queued.id)}
    return queued


def say(world: World, mail_id: UUID, context: dict[str, object]) -> None:
    with world.services.sessions.begin() as session:
        session.get_one(Mail, mail_id).context = context


def found(world: World, mail_id: UUID) -> Mail:
    with world.services.sessions() as session:
        return session.get_one(Mail, mail_id)


def test_a_parked_message_is_sent_again(world: World) -> None:
    """NOT-2, AUD-1: the Service Desk's resend takes it up, also when its 72 hours have passed."""
    queued = parked_message(world)
    with world.services.sessions() as session:
        assert list(mail.stuck(session, [queued])) == [queued.id]
    world.clock.move(timedelta(hours=80))
    resend(world.services, world.actor("desk", Role.SERVICE_DESK), queued.id, HERE)
    sent = found(world, queued.id)
    assert (sent.state, sent.error) == (MailState.SENT, "")
    assert sent.retry_until > world.clock() + timedelta(hours=71)
    assert len(world.post.to("carol@approvers.example")) == 1
    entry = only(world, AuditKind.MAIL_RESENT)
    assert (who(entry), entry.before, entry.after["state"]) == (DESK, {"state": "queued"}, "queued")


def test_a_parked_message_is_sent_by_trying_its_change_again(world: World) -> None:
    """AUD-1: from the other page, with the address that it goes to."""
    queued = parked_message(world)
    try_again(world.services, world.actor("desk", Role.SERVICE_DESK), parked(world).id, HERE)
    assert found(world, queued.id).state is MailState.SENT
    entry = only(world, AuditKind.CHANGE_TRIED_AGAIN)
    assert (entry.subject, entry.request_id) == ("carol@approvers.example", queued.request_id)


def test_a_message_that_waits_for_its_turn_goes_once(world: World) -> None:
    """APR-4: sent again while it waits, it isn't doubled."""
    world.post.away = True
    world.registered()
    with world.services.sessions() as session:
        (queued,) = mail.listing(session, address="carol@").items
        assert mail.stuck(session, [queued]) == {}
    resend(world.services, world.actor("desk", Role.SERVICE_DESK), queued.id, HERE)
    world.post.away = False
    work_later(world)
    assert len(world.post.to("carol@approvers.example")) == 1


def test_what_can_not_be_applied_is_ended(world: World) -> None:
    """APR-4, AUD-1: the applicant hears of it, once; the record says who ended it and why."""
    request_id, desk = approved_and_impossible(world), world.actor("desk", Role.SERVICE_DESK)
    why = world.request(request_id).problem
    end_request(world.services, desk, request_id, HERE)
    world.work()
    assert world.request(request_id).state is RequestState.LAPSED
    (told,) = world.post.to(NEW)
    assert "has ended" in told
    entry = only(world, AuditKind.REQUEST_LAPSED)
    assert (*who(entry), entry.before, entry.reason) == (*DESK, {"state": "approved"}, why)
    with world.services.sessions() as session:
        assert requests.unapplied(session, world.clock() + LATER) == []
    with pytest.raises(NothingFound):
        end_request(world.services, desk, request_id, HERE)


def test_only_what_can_not_be_applied_is_ended_and_by_the_service_desk(world: World) -> None:
    """ROL-2: what is still being applied goes on, and an approver ends nothing."""
    desk = world.actor("desk", Role.SERVICE_DESK)
    carol = world.actor("carol", Role.COMMISSIONER_APPROVER, "A01")
    request_id = approved(world)
    with pytest.raises(NothingFound):
        end_request(world.services, desk, request_id, HERE)
    world.directory.change("P001", status=OrganisationStatus.CLOSED)
    work_later(world)
    with pytest.raises(NotAllowed):
        end_request(world.services, carol, request_id, HERE)
    assert world.request(request_id).state is RequestState.APPROVED
