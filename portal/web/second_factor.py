"""The second factor: of whom it is demanded, how old the last one of this session is, and asking for another.

Keycloak asks for it and says in the identity token whether it was given (`amr`) and when (`auth_time`). The
portal keeps that moment by its own clock, and sends the browser back to Keycloak when it is too long ago.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from directory.vocabulary import Role
from portal.settings import SecondFactorPolicy
from portal.web import oidc
from portal.web.access import services
from portal.web.sessions import PERSON

DEMANDED_OF = frozenset(
    {
        Role.COMMISSIONER_APPROVER,
        Role.ORGANISATION_ADMINISTRATOR,
        Role.USER_ADMINISTRATOR,
        Role.ADVANCED_USER_ADMINISTRATOR,
        Role.PROVIDER_APPROVER,
        Role.SERVICE_DESK,
    }
)
"""Who decides or administers; the realm file says the same of its roles."""

GIVEN_AT = "second_factor_at"
P = ParamSpec("P")


def remember(identity: oidc.Identity) -> None:
    """Keeps in the session when its person last gave a second factor, by our own clock."""
    if identity.factor_age is not None:
        session[GIVEN_AT] = (services().true_time() - identity.factor_age).isoformat()


def is_missing(identity: oidc.Identity) -> bool:
    """Whether one is demanded of this person, by what they hold now, and was not given in this sign-in."""
    if not _is_demanded() or identity.factor_age is not None:
        return False
    standing = services().reader.standing(identity.person_id)
    return any(holding.role in DEMANDED_OF for holding in standing.holdings)


def is_stale() -> bool:
    """Whether a decision now has to be preceded by a fresh one."""
    if not _is_demanded():
        return False
    given = session.get(GIVEN_AT)
    oldest = services().true_time() - timedelta(minutes=services().settings.fresh_factor_minutes)
    return given is None or datetime.fromisoformat(given) < oldest


def fresh(view: Callable[P, Any], back: str = "") -> Callable[P, Any]:
    """The page changes somebody's access: as a decision, it is for whoever gave a second factor lately.

    Anybody else gives one and comes back: to this page, or to the endpoint `back` of the same arguments.
    """

    @wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not is_stale():
            return view(*args, **kwargs)
        where: dict[str, Any] = {**kwargs, "next": request.args.get("next")}
        again = url_for(back, **where) if back else request.full_path
        return ask(again.rstrip("?"))

    return opened


def ask(come_back_to: str) -> Response:
    """To Keycloak: for the factor alone, or for a whole sign-in where there is none to be given."""
    wanted = oidc.FRESH_FACTOR if _can_be_given() else oidc.FRESH_SIGN_IN
    return redirect(oidc.begin(come_back_to, wanted), code=303)


def _can_be_given() -> bool:
    """Whether one was given in this session and wasn't removed since, as when it was lost."""
    return GIVEN_AT in session and bool(services().reader.second_factors(session[PERSON]))


def _is_demanded() -> bool:
    return services().settings.second_factor is SecondFactorPolicy.DEMANDED
