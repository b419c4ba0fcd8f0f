"""What a person is told when they come back from one of Keycloak's pages for their own account."""

ACTIONS = {
    "UPDATE_PASSWORD": ("Your password was changed.", "Your password was not changed."),
    "UPDATE_EMAIL": ("Your email address was changed.", "Your email address was not changed."),
    "CONFIGURE_TOTP": ("Your authenticator app was added.", "No authenticator app was added."),
    "webauthn-register-passwordless": ("Your passkey was added.", "No passkey was added."),
    "delete_credential": ("It was removed from your account.", "Nothing was removed."),
}
"""By Keycloak's name of each: what is said when it was done, and when it wasn't."""
WRONG = " The sign-in service could not do it. Try again later."


def of(action: str, status: str) -> tuple[str, str]:
    """The words, and what kind of message they are; `status` is Keycloak's word for how it ended."""
    done, not_done = ACTIONS.get(action, ("It was done.", "Nothing was changed."))
    if status == "success":
        return done, "success"
    return not_done + (WRONG if status == "error" else ""), "information"
