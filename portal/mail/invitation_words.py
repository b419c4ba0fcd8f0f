"""What people are told about invitations, and links to register."""

from portal.mail.theirs import quoted
from portal.mail.wording import Button, Context, Words


def invited(c: Context) -> Words:
    return Words(
        f"You are invited to {c['organisation']}",
        (
            f"{quoted(c['by'])} invites you, {quoted(c['name'])}, to be {c['role']} at {c['organisation']}"
            f" ({c['code']}) in CQRS, the service that pays GP practices.",
        ),
        (
            "Open the link and accept the invitation. Then we send you a second email, with which you set a"
            " password and sign in.",
            f"The link can be used until {c['until']}.",
            "If you do not know why you are invited, you do not need to do anything.",
        ),
        Button("Look at the invitation", f"/invitation/{c['invitation_id']}/{c['token']}"),
    )


def lapsed(c: Context) -> Words:
    return Words(
        f"Your invitation to {c['organisation']} has lapsed",
        (
            f"{quoted(c['by'])} invited you to be {c['role']} at {c['organisation']} ({c['code']})."
            " It was not accepted in time.",
        ),
        ("If you still need access, ask whoever invited you to invite you again, or register.",),
        Button("Register", f"/register?organisation={c['code']}"),
    )


def unanswered(c: Context) -> Words:
    return Words(
        f"An invitation to {c['organisation']} has lapsed",
        (
            f"{c['email']} was invited under the name {quoted(c['name'])} to be {c['role']} at"
            f" {c['organisation']} ({c['code']}), and did not accept in time.",
        ),
        ("If they still need access, invite them again.",),
        Button("Invite", "/users/invite"),
    )


def ended(c: Context) -> Words:
    return Words(
        f"The invitation to {c['organisation']} has ended",
        (
            f"You were invited to be {c['role']} at {c['organisation']} ({c['code']})."
            " That invitation can no longer be used, so there is no new link for it.",
        ),
        ("If you need access, ask whoever invited you, or register.",),
        Button("Register", f"/register?organisation={c['code']}"),
    )


def turned(c: Context) -> Words:
    return Words(
        f"Your access to {c['organisation']} is being looked at",
        (
            f"You accepted an invitation to be {c['role']} at {c['organisation']} ({c['code']})."
            " It could no longer be used as it was sent, so it has become a request.",
        ),
        ("You do not need to do anything. We will email you when it has been answered.",),
    )


def register_link(c: Context) -> Words:
    return Words(
        f"Register for CQRS: {c['organisation']}",
        (
            f"{quoted(c['by'])}, {c['office']}, sends you the link with which people who work for"
            f" {c['organisation']} ({c['code']}) register for CQRS.",
        ),
        (
            "Open the link, or pass this email on to whoever needs access there.",
            "Each request goes to the person who approves access for this organisation.",
        ),
        Button("Register", f"/register?organisation={c['code']}"),
    )
