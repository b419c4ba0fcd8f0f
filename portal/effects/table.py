"""Which module does which kind of effect."""

from portal.effects import (
    approval_level,
    grant,
    registration,
    reroute,
    send_link,
    send_mail,
    step_down,
    tell_deciders,
    tell_requester,
    welcome,
)
from portal.effects.runner import Apply
from portal.model.effects import EffectKind

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
    EffectKind.REROUTE: reroute.apply,
}
