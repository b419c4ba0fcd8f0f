"""What follows a committed act: grants, e-mails, notices. One module an effect; the worker applies them."""

from portal.effects import (
    approval_level,
    grant,
    names,
    preferences,
    registration,
    remove_role,
    remove_second_factors,
    reroute,
    send_link,
    send_mail,
    sign_out_elsewhere,
    step_down,
    tell_approvers,
    tell_requester,
    unlock,
    welcome,
)

__all__ = [
    "approval_level",
    "grant",
    "names",
    "preferences",
    "registration",
    "remove_role",
    "remove_second_factors",
    "reroute",
    "send_link",
    "send_mail",
    "sign_out_elsewhere",
    "step_down",
    "tell_approvers",
    "tell_requester",
    "unlock",
    "welcome",
]
