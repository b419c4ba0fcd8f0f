"""What one person's page shows to whoever looks: judged on Keycloak's present state, as an act would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from directory.vocabulary import Person, Standing
from portal.acts.account_change import PlacedRole, every_role
from portal.casework.account_now import account_of
from portal.model.invitations import Invitation
from portal.model.requests import AccessRequest, RequestState
from portal.rules.accounts import (
    Account,
    may_act_on,
    may_open_details,
    may_remove_role,
    may_see,
    sees_role,
)
from portal.rules.errors import NotAllowed
from portal.rules.rights import Action
from portal.rules.use import is_of_service_desk
from portal.rules.verdict import Refusal
from portal.store.queries import effects, invitations, organisations, requests
from portal.store.queries.users_list.options import UserStatus
from portal.web.access import Permission, SignedIn, my_role, services
from portal.web.reading import reading

OUTSTANDING = {RequestState.OPEN, RequestState.SET_ASIDE}


@dataclass(frozen=True)
class Offer:
    """Something to do about the person: where, or why the viewer may not."""

    words: str
    address: str
    refusal: Refusal | None


@dataclass(frozen=True)
class ShownRole:
    """A role that the viewer may see; `address` is where it is removed, empty when they may not."""

    held: PlacedRole
    address: str


@dataclass(frozen=True)
class View:
    """The person as the viewer may see them. `sessions_stay`: they should have ended and could not be.

    `looks_after_invitation`: the viewer may send an invitation that waits again, and cancel it.
    `of_service_desk`: the person is, and so is the viewer. `why_is_told`: the viewer's role reaches them
    through a role that they hold, and not through what is asked or offered alone.
    """

    standing: Standing
    roles: Sequence[ShownRole]
    requests: Sequence[AccessRequest]
    invitations: Sequence[Invitation]
    offers: Sequence[Offer]
    being_applied: bool
    sessions_stay: bool
    looks_after_invitation: bool
    of_service_desk: bool
    why_is_told: bool

    @property
    def person(self) -> Person:
        return self.standing.person

    @property
    def status(self) -> UserStatus:
        """As the users list has it."""
        if not self.person.enabled:
            return UserStatus.DISABLED
        if self.standing.locked:
            return UserStatus.LOCKED
        if self.standing.holdings:
            return UserStatus.ACTIVE
        return UserStatus.INVITED if self.invitations else UserStatus.REVOKED

    @property
    def refusal(self) -> Refusal | None:
        """The one reason why nothing at all may be done; None when something may."""
        reasons = {offer.refusal for offer in self.offers}
        return next(iter(reasons)) if len(reasons) == 1 else None


def view(viewer: SignedIn, person_id: str) -> View:
    """Raises PersonNotFound, and NotAllowed when the viewer's role reaches nothing of theirs."""
    account = account_of(services(), services().reader.standing(person_id))
    with reading() as db:
        asked = _requests(db, account.standing.person)
        invited = _invitations(db, viewer, account.standing.person)
        looks_after = bool(invited) and _looks_after(db, account.standing.person)
        under_way = effects.on_account(db, person_id)
    verdict = may_see(viewer.shown_as, account)
    if not verdict.allowed and not asked and not invited:
        raise NotAllowed(verdict)
    actor, (applying, stay) = viewer.shown_as, under_way
    shown = [one for one in every_role(account) if sees_role(actor, one.organisation)]
    roles = [_role(viewer, account, one) for one in shown]
    offers = _offers(viewer, account)
    desk = is_of_service_desk(account.standing) and viewer.may(Permission.SERVE_EVERYBODY)
    told = verdict.allowed
    return View(account.standing, roles, asked, invited, offers, applying, stay, looks_after, desk, told)


def _requests(db: Session, person: Person) -> list[AccessRequest]:
    """What is asked for and not answered, where the viewer stands over it."""
    asked = [one for one in requests.of_person(db, person.id, person.email) if _is_outstanding(one)]
    seen = requests.stood_over(db, my_role(), [one.id for one in asked])
    return [one for one in asked if one.id in seen]


def _invitations(db: Session, viewer: SignedIn, person: Person) -> list[Invitation]:
    """What waits for the person to accept, where the viewer stands over it."""
    waiting = [one for one in invitations.of_address(db, person.email) if one.is_pending]
    return [one for one in waiting if _stands_over(db, viewer, one.organisation_code)]


def _looks_after(db: Session, person: Person) -> bool:
    return bool(invitations.looked_after(db, my_role(), [person.email]))


def _stands_over(db: Session, viewer: SignedIn, code: str) -> bool:
    place = organisations.get(db, code)
    return place is not None and sees_role(viewer.shown_as, place.as_organisation())


def _is_outstanding(asked: AccessRequest) -> bool:
    return asked.state in OUTSTANDING or asked.is_being_applied


def _role(viewer: SignedIn, account: Account, one: PlacedRole) -> ShownRole:
    held = next(h for h in account.standing.holdings if (h.organisation, h.role) == one.key)
    may = may_remove_role(viewer.shown_as, account, held).allowed
    person_id, code = account.standing.person.id, one.organisation.code
    own = url_for("users.person", person_id=person_id)
    to = url_for("remove_role.confirm", person_id=person_id, code=code, role=one.role.value, next=own)
    return ShownRole(one, to if may else "")


def _offers(viewer: SignedIn, account: Account) -> list[Offer]:
    """What there is to do with the account, each with the viewer's right to it.

    Beside User details, what other roles alone may do goes without saying.
    """
    details, changes = _details(viewer, account), _changes(viewer, account)
    shown = [one for one in changes if not (details and one.refusal is Refusal.NOT_YOUR_ROLE)]
    return [*details, *shown]


def _details(viewer: SignedIn, account: Account) -> list[Offer]:
    """User details, for those whose role may set them for anybody."""
    if not viewer.may(Permission.ASSIGN) or not account.standing.is_active:
        return []
    address = url_for("user_details.show", person_id=account.standing.person.id)
    return [Offer("User details", address, may_open_details(viewer.shown_as, account).refusal)]


def _changes(viewer: SignedIn, account: Account) -> list[Offer]:
    """What there is to do with the account as it is now, each with the viewer's right to it."""
    standing = account.standing
    enabled = standing.person.enabled
    fitting = (
        ("Unlock", "sign_in_help.unlock", Action.UNLOCK, enabled and standing.locked),
        ("Help to sign in", "sign_in_help.show", Action.UNLOCK, enabled),
        ("Disable", "accounts.disable", Action.DISABLE, enabled),
        ("Enable", "accounts.enable", Action.ENABLE, not enabled),
        ("Revoke every role", "accounts.revoke", Action.REVOKE, bool(standing.holdings)),
    )
    own = url_for("users.person", person_id=standing.person.id)
    return [
        Offer(
            words,
            url_for(endpoint, person_id=standing.person.id, next=own),
            may_act_on(action, viewer.shown_as, account).refusal,
        )
        for words, endpoint, action, fits in fitting
        if fits
    ]
