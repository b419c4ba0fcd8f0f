"""What people are told when an account was disabled, enabled or lost all its roles."""

from portal.mail.theirs import quoted
from portal.mail.wording import Button, Context, Words


def disabled(c: Context) -> Words:
    reason = (f"The reason given: {quoted(c['reason'])}",) if c["reason"] else ()
    can = (
        "Only whoever administers the sign-in service can enable it."
        if c.get("of_service_desk")
        else "A person who approves access at your organisation, or the service desk, can enable it."
    )
    return Words(
        "Your account was disabled",
        (f"{c['by']} disabled your account. You can no longer sign in.", *reason),
        (
            "Your roles are kept, and come back if the account is enabled again. Requests that you made wait"
            " until then.",
            f"{can} If you think this is wrong, speak to them.",
        ),
    )


def enabled(c: Context) -> Words:
    lost = f"Roles at organisations that have closed are gone: {'; '.join(c['lost'])}."
    return Words(
        "Your account was enabled",
        (f"{c['by']} enabled your account again.", *((lost,) if c["lost"] else ())),
        (
            "You can sign in with your password.",
            'If you have forgotten it, choose "Forgotten your password?" on the sign-in page.',
        ),
        Button("Sign in", "/signin"),
    )


def revoked(c: Context) -> Words:
    return Words(
        "Your roles were removed",
        (f"{c['by']} removed all your roles: {'; '.join(c['lost'])}.",),
        (
            "Your account stays, so you can sign in.",
            "If you need a role, sign in, open My profile and choose Request access.",
            "If you think this is wrong, speak to the person who approves access at your organisation.",
        ),
        Button("Sign in", "/signin"),
    )


def access_changed(c: Context) -> Words:
    return Words(
        "Your access was changed",
        (f"{c['by']} changed your access:", *c["lines"]),
        (
            "Sign in to use what you were given. If you have several roles, choose one after you sign in.",
            "If you think this is wrong, speak to the person who looks after access at your organisation.",
        ),
        Button("Sign in", "/signin"),
    )


def changed_elsewhere(c: Context) -> Words:
    done = {
        "disabled": "disabled the account of",
        "enabled": "enabled the account of",
        "revoked": "removed all roles of",
    }[c["done"]]
    return Words(
        f"An account at your organisation was {c['done']}",
        (
            f"{c['by']} {done} {quoted(c['name'])} ({c['email']}).",
            f"The roles that you approve: {'; '.join(c['roles'])}.",
        ),
        ("You do not need to do anything. If you think this is wrong, speak to the service desk.",),
        Button("Go to Users", "/users"),
    )
