"""What each kind of message says: what happened, what to do, and where. Plain English, for busy people."""

from collections.abc import Callable, Mapping

from portal.mail import account_words, invitation_words, organisation_words, sign_in_words
from portal.mail.theirs import quoted
from portal.mail.wording import Button, Context, Words
from portal.model.mail import MailKind


def _review(c: Context) -> Button:
    return Button("Review the request", f"/requests/{c['request_id']}")


def _asked(c: Context) -> str:
    return (
        f"{c['email']} has asked to be {c['role']} at {c['organisation']} ({c['code']}),"
        f" under the name {quoted(c['name'])}."
    )


def _to_decide(c: Context) -> Words:
    kind = "New User Account" if c["new_account"] else "Additional Role"
    return Words(
        f"Request for {kind}: {c['organisation']}",
        (_asked(c),),
        ("Sign in to look at the request, then approve or reject it.",),
        _review(c),
        c["reason"],
    )


def _reminder(c: Context) -> Words:
    return Words(
        f"Reminder: a request is waiting for you at {c['organisation']}",
        (_asked(c), f"The request was made on {c['asked_on']} and nobody has answered it."),
        ("Sign in to look at the request, then approve or reject it.",),
        _review(c),
        c["reason"],
    )


def _escalated(c: Context) -> Words:
    return Words(
        f"A request needs an answer at {c['organisation']}",
        (
            _asked(c),
            f"The request was made on {c['asked_on']}. Nobody has answered it yet, so you can answer it too.",
        ),
        ("Sign in to look at the request, then approve or reject it.",),
        _review(c),
        c["reason"],
    )


def _role_added(c: Context) -> Words:
    return Words(
        f"You have access to {c['organisation']}",
        (f"Your request was approved. You are now {c['role']} at {c['organisation']} ({c['code']}).",),
        ("Sign in to use your new role. If you have several roles, choose this one after you sign in.",),
        Button("Sign in", "/signin"),
        c["decision_reason"],
    )


def _rejected(c: Context) -> Words:
    return Words(
        f"Your request for access to {c['organisation']} was rejected",
        (f"Your request to be {c['role']} at {c['organisation']} ({c['code']}) was rejected.",),
        ("If you think this is wrong, speak to the person who approves access at your organisation.",),
        None,
        c["decision_reason"],
    )


def _lapsed(c: Context) -> Words:
    why = c["decision_reason"] or "Nobody answered it in time."
    return Words(
        f"Your request for access to {c['organisation']} has ended",
        (f"Your request to be {c['role']} at {c['organisation']} ({c['code']}) has ended. {why}",),
        ("If you still need access, ask again or contact the service desk.",),
        Button("Ask again", "/"),
    )


def _already_known(c: Context) -> Words:
    return Words(
        "You already have an account",
        (f"Somebody used this email address to register for access to {c['organisation']} ({c['code']}).",),
        (
            "You do not need to register again. Sign in, open My profile and choose Request access.",
            'If you have forgotten your password, choose "Forgotten your password?" on the sign-in page.',
            "If it was not you, you do not need to do anything.",
        ),
        Button("Sign in", "/signin"),
    )


def _already_asked(c: Context) -> Words:
    return Words(
        "Your request is still being looked at",
        (
            f"Somebody used this email address to ask to be {c['role']} at {c['organisation']} ({c['code']})."
            " There is already such a request, and it has not been answered yet.",
        ),
        ("You do not need to ask again. We will email you when it has been answered.",),
    )


def _closed(c: Context) -> Words:
    return Words(
        f"We could not take your request for {c['organisation']}",
        (f"{c['organisation']} ({c['code']}) is not open, or does not offer the role {c['role']}.",),
        ("Check the organisation and register again, or contact the service desk.",),
        Button("Register", "/register"),
    )


def _no_account(_c: Context) -> Words:
    return Words(
        "There is no link to send you",
        ("Somebody asked for a link to set a password for this email address.",),
        (
            "There is no account for it yet. If you have registered, we will email you when your request has"
            " been answered. If you have not, register first.",
            "If it was not you, you do not need to do anything.",
        ),
        Button("Register", "/register"),
    )


def _has_password(_c: Context) -> Words:
    return Words(
        "Your account already has a password",
        ("Somebody asked for a new link to set a password for this email address.",),
        (
            "Your account already has a password, so sign in with it.",
            'If you have forgotten it, choose "Forgotten your password?" on the sign-in page.',
            "If it was not you, you do not need to do anything.",
        ),
        Button("Sign in", "/signin"),
    )


def _role_changed(c: Context) -> Words:
    return Words(
        f"Your role at {c['organisation']} has changed",
        (
            f"{quoted(c['by'])} changed {c['organisation']} ({c['code']}) to single-level approval:"
            " its commissioner now approves who has access.",
            "You were a Provider Approver there and are now a Provider User.",
        ),
        ("You do not need to do anything. Speak to your commissioner if you have questions.",),
        Button("Sign in", "/signin"),
    )


def _role_removed(c: Context) -> Words:
    return Words(
        f"Your role at {c['organisation']} was removed",
        (f"{c['by']} removed your role {c['role']} at {c['organisation']} ({c['code']}).",),
        (
            "Your account and any other roles stay as they are.",
            "If you need this role or another, sign in, open My profile and choose Request access.",
            f"If you think this is wrong, speak to the person who approves access at {c['organisation']}.",
        ),
        Button("Sign in", "/signin"),
    )


def _unlocked(c: Context) -> Words:
    return Words(
        "Your account was unlocked",
        (
            "There were too many failed attempts to sign in with your email address, so your account was"
            f" locked for a while. {c['by']} has unlocked it.",
        ),
        (
            "You can sign in again.",
            'If you have forgotten your password, choose "Forgotten your password?" on the sign-in page.',
            "If it was not you who tried to sign in, tell the service desk.",
        ),
        Button("Sign in", "/signin"),
    )


def _second_factors_removed(c: Context) -> Words:
    return Words(
        "Your second factor was removed",
        (
            f"{c['by']} removed what you confirm your sign-in with: {c['kinds']}.",
            "Your password stays as it is.",
        ),
        (
            "Sign in with your password. If your role needs a second factor, you will then set up a new one.",
            "If you did not ask for this, tell the service desk at once: somebody may be trying to use your"
            " account.",
        ),
        Button("Sign in", "/signin"),
    )


def _not_applied(c: Context) -> Words:
    return Words(
        f"An approved request could not be applied: {c['organisation']}",
        (_asked(c), f"The request was approved, but access could not be given. {c['problem']}"),
        ("Sign in to see the request. When the cause is gone, have it applied again.",),
        _review(c),
    )


def _audit_head(c: Context) -> Words:
    return Words(
        "The newest entry of the audit",
        ("This is the newest entry of the audit, by its number and its hash:", c["head"]),
        ("Keep this message. With it the audit can be checked, its newest entries too.",),
    )


WORDS: Mapping[MailKind, Callable[[Context], Words]] = {
    MailKind.REQUEST_TO_DECIDE: _to_decide,
    MailKind.REQUEST_REMINDER: _reminder,
    MailKind.REQUEST_ESCALATED: _escalated,
    MailKind.ROLE_ADDED: _role_added,
    MailKind.REQUEST_REJECTED: _rejected,
    MailKind.REQUEST_LAPSED: _lapsed,
    MailKind.ALREADY_KNOWN: _already_known,
    MailKind.ALREADY_ASKED: _already_asked,
    MailKind.ORGANISATION_CLOSED: _closed,
    MailKind.NO_ACCOUNT: _no_account,
    MailKind.HAS_PASSWORD: _has_password,
    MailKind.ROLE_CHANGED: _role_changed,
    MailKind.ROLE_REMOVED: _role_removed,
    MailKind.ACCOUNT_UNLOCKED: _unlocked,
    MailKind.SECOND_FACTORS_REMOVED: _second_factors_removed,
    MailKind.NOT_APPLIED: _not_applied,
    MailKind.ADDRESS_CHANGED: sign_in_words.address_changed,
    MailKind.ACCOUNT_DISABLED: account_words.disabled,
    MailKind.ACCOUNT_ENABLED: account_words.enabled,
    MailKind.ACCOUNT_REVOKED: account_words.revoked,
    MailKind.ACCOUNT_CHANGED_ELSEWHERE: account_words.changed_elsewhere,
    MailKind.INVITATION: invitation_words.invited,
    MailKind.INVITATION_LAPSED: invitation_words.lapsed,
    MailKind.INVITATION_UNANSWERED: invitation_words.unanswered,
    MailKind.INVITATION_ENDED: invitation_words.ended,
    MailKind.INVITATION_TURNED: invitation_words.turned,
    MailKind.REGISTER_LINK: invitation_words.register_link,
    MailKind.AUDIT_HEAD: _audit_head,
    MailKind.CREDENTIAL_SET: sign_in_words.credential_set,
    MailKind.CREDENTIAL_REMOVED: sign_in_words.credential_removed,
    MailKind.ACCOUNT_LOCKED: sign_in_words.locked,
    MailKind.ACCOUNT_LOCKED_FOR_GOOD: sign_in_words.locked_for_good,
    MailKind.ACCESS_CHANGED: account_words.access_changed,
    MailKind.ORGANISATIONS_CHANGED: organisation_words.organisations_changed,
    MailKind.CLUSTERS_CHANGED: organisation_words.clusters_changed,
    MailKind.NO_LINK_WHILE_DISABLED: sign_in_words.no_link_while_disabled,
}
