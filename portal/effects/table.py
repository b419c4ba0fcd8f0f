"""Which module does which kind of effect."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.effects import (
    approval_level,
    grant,
    registration,
    remove_role,
    reroute,
    send_link,
    send_mail,
    step_down,
    tell_deciders,
    tell_requester,
    welcome,
)
from portal.model.effects import Effect, EffectKind
from portal.services import Services

Apply = Callable[[Services, Session, Effect], timedelta | None]
"""Does one effect in the session's transaction; how long to wait when it couldn't, and None when it did."""

APPLIERS: dict[EffectKind, Apply] = {
    EffectKind.REGISTRATION: registration.apply,
    EffectKind.TELL_DECIDERS: tell_deciders.apply,
    EffectKind.TELL_REQUESTER: tell_requester.apply,
    EffectKind.GRANT: grant.apply,
    EffectKind.WELCOME: welcome.apply,
    EffectKind.SEND_LINK: send_link.apply,
    EffectKind.MAIL: send_mail.apply,
    EffectKind.APPROVAL_LEVEL: approval_level.apply,
    EffectKind.STEP_DOWN: step_down.apply,
    EffectKind.REMOVE_ROLE: remove_role.apply,
    EffectKind.REROUTE: reroute.apply,
}
