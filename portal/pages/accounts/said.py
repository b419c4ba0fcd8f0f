"""What the pages say once an account was changed."""

from portal.acts.account_change import AccountChange

CHANGED = "What this would do has changed. Check it again."
SO_ALREADY = "The account was already so, or is becoming so. Nothing more was done."
SOON = "The change is being applied: you need do nothing more."
SESSIONS_STAY = (
    "We could not end their sessions in other applications yet. We keep trying; this service no longer lets"
    " them in. Tell the service desk if it is urgent."
)


def disabled(change: AccountChange) -> str:
    who = change.person.display_name
    if not change.applied:
        return f"The account of {who} will soon be disabled. {SOON}"
    return _with_sessions(f"The account of {who} is disabled.", change)


def revoked(change: AccountChange) -> str:
    who = change.person.display_name
    if not change.applied:
        return f"{who} will soon have no role. {SOON}"
    return _with_sessions(f"{who} has no role any more.", change)


def enabled(change: AccountChange) -> str:
    who = change.person.display_name
    if not change.applied:
        return f"The account of {who} will soon be enabled. {SOON}"
    return f"The account of {who} is enabled."


def _with_sessions(done: str, change: AccountChange) -> str:
    return f"{done} Their sessions have ended." if change.sessions_ended else f"{done} {SESSIONS_STAY}"
