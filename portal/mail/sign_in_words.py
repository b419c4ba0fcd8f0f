"""What people are told of a way in that changed, or was closed for a while, on Keycloak's own pages."""

from portal.mail.wording import Context, Words

_IF_IT_WAS_YOU = "If it was you, you do not need to do anything."
_IF_NOT = "If it was not you, contact the service desk at once: somebody else can use your account."
_WHY_LOCKED = "because a wrong password was entered too many times."


def address_changed(c: Context) -> Words:
    return Words(
        "The email address of your account was changed",
        (
            f"The email address of your CQRS account was changed from {c['before']} to {c['after']}.",
            "The new address was confirmed. From now on you sign in with it, and our messages go there.",
        ),
        (
            _IF_IT_WAS_YOU,
            _IF_NOT,
        ),
    )


def credential_set(c: Context) -> Words:
    happened = {
        "password": f"The password of your CQRS account was set on {c['on']}.",
        "otp": f"An authenticator app was added to your CQRS account on {c['on']}.",
    }
    passkey = f"A passkey was added to your CQRS account on {c['on']}. Whoever holds it can sign in as you."
    return Words(
        "How you sign in to CQRS has changed",
        (happened.get(c["credential"], passkey),),
        (_IF_IT_WAS_YOU, _IF_NOT),
    )


def credential_removed(c: Context) -> Words:
    what = {"password": "The password", "otp": "An authenticator app"}.get(c["credential"], "A passkey")
    return Words(
        "A way to sign in to CQRS was removed",
        (f"{what} was removed from your CQRS account on {c['on']}.",),
        (_IF_IT_WAS_YOU, _IF_NOT),
    )


def locked(c: Context) -> Words:
    return Words(
        "Your CQRS account is locked for a while",
        (f"Your CQRS account was locked on {c['on']}, {_WHY_LOCKED}",),
        (
            'If it was you, wait a minute and sign in again, or choose "Forgotten your password?" on the'
            " sign-in page. Each further wrong try closes the account for a minute longer, up to 15 minutes.",
            "An approver at your organisation, your commissioner or the service desk can unlock it sooner.",
            "If it was not you, your password was not guessed and nothing in your account changed, but tell"
            " the service desk.",
        ),
    )


def locked_for_good(c: Context) -> Words:
    return Words(
        "Your CQRS account is locked",
        (f"Your CQRS account was locked on {c['on']}, {_WHY_LOCKED}",),
        (
            "Ask an approver at your organisation, your commissioner or the service desk to unlock it.",
            "If it was not you who entered the passwords, tell the service desk.",
        ),
    )


def no_link_while_disabled(_c: Context) -> Words:
    return Words(
        "Your account is disabled",
        (
            "Somebody asked for a link to set a password for this email address.",
            "Your account is disabled, so no password would let you in, and there is no link to send you.",
        ),
        (
            "Ask the person who approves access at your organisation, or the service desk, to enable it."
            " You do not need to register again.",
            "If it was not you, you do not need to do anything.",
        ),
    )
