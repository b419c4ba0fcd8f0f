"""Mails a provider's link to register to those whom a commissioner named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.vocabulary import Organisation
from portal.casework.audit_events import Author
from portal.casework.current_state import organisation_now
from portal.casework.office import own_office
from portal.effects import send_mail
from portal.effects.effect import Concern, effect, organisation_key
from portal.effects.effect import queue as queue_effect
from portal.model.effects import Effect, EffectKind, Urgency
from portal.model.mail import MailKind
from portal.rules.errors import NothingFound
from portal.services import WorkerServices


@effect(EffectKind.SEND_REGISTER_LINK)
@dataclass(frozen=True, slots=True)
class SendRegisterLink:
    """The link of the provider with this code goes to these addresses, as the author asked."""

    organisation: str
    addresses: tuple[str, ...]
    author: Author

    def apply(self, services: WorkerServices, session: Session) -> timedelta | None:
        """One message for each address; none for a provider that takes no requests any more."""
        try:
            place = organisation_now(services, self.organisation)
        except NothingFound:
            return None
        if not place.is_open:
            return None
        office = own_office(services, self.author)
        context = {
            "organisation": place.name,
            "code": place.code,
            "by": self.author["actor_name"],
            "office": office[0].lower() + office[1:],
        }
        for address in self.addresses:
            send_mail.write(services, session, address, MailKind.REGISTER_LINK, dict(context))
        return None

    def concerns(self, session: Session) -> Concern:  # noqa: ARG002
        return Concern(self.organisation, self.organisation)


def queue(
    session: Session, place: Organisation, addresses: Sequence[str], author: Author, at: datetime
) -> Effect:
    """Has the messages written; nobody waits for them."""
    payload = SendRegisterLink(place.code, tuple(addresses), author)
    return queue_effect(session, payload, f"links:{organisation_key(place.code)}", at, Urgency.WHENEVER)
