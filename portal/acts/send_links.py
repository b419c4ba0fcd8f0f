"""A commissioner has the link to register mailed to its providers, to one or to many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.vocabulary import Organisation
from portal.acts.admission import DAY, admit_links
from portal.acts.origin import Origin
from portal.casework.audit_events import Author, author
from portal.casework.current_state import actor_now
from portal.effects import send_register_link
from portal.model.audit import AuditEvent, AuditKind
from portal.rules.actor import ActingAs, Actor
from portal.rules.conditions import Place
from portal.rules.errors import NotAllowed, OutOfDate
from portal.rules.rights import Action, may
from portal.services import Services
from portal.store import attempts, audit
from portal.store.queries import organisations, providers


@dataclass(frozen=True, slots=True)
class LinkMail:
    """What will go where: the link of this provider to these addresses, none when there is nobody."""

    organisation: Organisation
    addresses: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same for the same addresses: what was shown is sent, or shown again."""
        return f"{self.organisation.code}:{','.join(self.addresses)}"


def plan(services: Services, asked_by: ActingAs, wanted: Mapping[str, str]) -> tuple[LinkMail, ...]:
    """What would go where. `wanted` has for each ODS code an address typed in, or nothing.

    Nothing is for the provider's approvers and users, but for those who want no e-mails. Where people and
    providers are is the mirror's word: the link gives nobody anything. Raises NotAllowed.
    """
    actor = actor_now(services, asked_by)
    with services.sessions() as session:
        return _planned(session, actor, wanted)


def mail_links(
    services: Services,
    asked_by: ActingAs,
    wanted: Mapping[str, str],
    confirmed: Sequence[str],
    origin: Origin,
    sending: str = "",
) -> int:
    """Has the mails sent that the confirmation page showed; how many.

    What comes again under the name `sending` within a day was sent before, and is sent no more. Raises
    NotAllowed, TooManyAttempts, and OutOfDate when they would go elsewhere by now, or are more than the page
    would have let go.
    """
    actor = actor_now(services, asked_by)
    by, at = author(actor, origin.address), services.clock()
    with services.sessions.begin() as session:
        mails = [one for one in _planned(session, actor, wanted) if one.addresses]
        if [one.key for one in mails] != list(confirmed) or too_many(services, mails):
            raise OutOfDate("links")
        count = emails(mails)
        if _is_again(services, session, sending):
            return count
        admit_links(services, session, actor.id, count)
        for one in mails:
            send_register_link.queue(session, one.organisation, one.addresses, by, at)
            audit.append(session, _event(one, by), at)
    return count


def _is_again(services: Services, session: Session, sending: str) -> bool:
    at = services.true_time()
    return bool(sending) and not attempts.is_first(session, "links:sending", sending, DAY, at)


def emails(mails: Sequence[LinkMail]) -> int:
    """How many e-mails they are: one to each address."""
    return sum(len(one.addresses) for one in mails)


def too_many(services: Services, mails: Sequence[LinkMail]) -> int:
    """By how many e-mails they are more than one person may have sent in a day: waiting doesn't help."""
    return max(0, emails(mails) - services.settings.link_limit)


def _planned(session: Session, actor: Actor, wanted: Mapping[str, str]) -> tuple[LinkMail, ...]:
    known = organisations.by_codes(session, list(wanted))
    places = [known[code].as_organisation() for code in wanted if code in known]
    for place in places:
        verdict = may(Action.SEND_LINKS, actor, Place(place))
        if not verdict.allowed:
            raise NotAllowed(verdict)
    return tuple(
        LinkMail(place, (wanted[place.code],) if wanted[place.code] else _people(session, place.code))
        for place in places
        if place.is_open
    )


def _people(session: Session, code: str) -> tuple[str, ...]:
    found = providers.people_at(session, code)
    return tuple(sorted({person.email for person, _role in found if person.enabled and person.wants_email}))


def _event(one: LinkMail, by: Author) -> AuditEvent:
    return AuditEvent(
        **by,
        kind=AuditKind.REGISTER_LINK_SENT,
        subject=one.organisation.code,
        organisation_code=one.organisation.code,
        after={"addresses": list(one.addresses)},
    )
