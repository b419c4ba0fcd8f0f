"""The way to each page of Keycloak in our theme, as people reach it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.support.realm.authenticator import PASSKEY, Authenticator
from tests.support.realm.console import PASSWORD, Console
from tests.support.realm.keycloak_pages import KeycloakPages
from tests.support.realm.mailed import action_link, welcome_link
from tests.support.servers.realm import TestRealm

NEW_PASSWORD = "Kelp-forest-12"
APP = Authenticator()
AUTHENTICATOR = Authenticator("a secret that nobody types").credential


@dataclass
class Visit:
    """Somebody in a browser at the realm's pages."""

    realm: TestRealm
    console: Console
    pages: KeycloakPages
    page: Page
    email: str = field(default_factory=lambda: f"{secrets.token_hex(4)}@theme.example")

    def enrol(self, password: str | None = PASSWORD, **facts: Any) -> dict[str, Any]:
        return self.console.enrol(self.email, password, **facts)

    def start(self, **asked: str) -> None:
        """Goes to sign in, as the portal's link does."""
        self.page.goto(self.pages.authorisation(**asked))

    def sign_in(self, password: str = PASSWORD, **asked: str) -> None:
        """Signs in, and stays where Keycloak then stops."""
        self.start(**asked)
        self.fill_in(password)

    def fill_in(self, password: str = PASSWORD) -> None:
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def set_password(self, password: str = NEW_PASSWORD) -> None:
        for label in ("New password", "New password again"):
            self.page.get_by_label(label, exact=True).fill(password)
        self.press("Save password")

    def open_link(self) -> str:
        """The mailed link of a new account, opened."""
        link = welcome_link(self.realm, self.enrol(None, emailVerified=False))
        self.page.goto(link)
        return link


Way = Callable[[Visit], None]


def wrong_password(visit: Visit) -> None:
    visit.enrol()
    visit.sign_in("Wrong-password-1")


def disabled(visit: Visit) -> None:
    visit.enrol(enabled=False)
    visit.sign_in()


def forgotten(visit: Visit) -> None:
    visit.page.goto(action_link(visit.realm, visit.enrol(), "UPDATE_PASSWORD"))


def reset(visit: Visit) -> None:
    forgotten(visit)
    visit.press("Continue")


def reset_too_short(visit: Visit) -> None:
    reset(visit)
    visit.set_password("short")


def current_password(visit: Visit) -> None:
    """Asked for again before it is changed, though one is signed in."""
    visit.enrol()
    visit.sign_in(kc_action="CONFIGURE_TOTP")
    with visit.page.expect_event("requestfailed"):  # back at the portal, which isn't there
        visit.press("Cancel")
    visit.page.wait_for_url("chrome-error:**")
    visit.start(prompt="login")


def verify_address(visit: Visit) -> None:
    visit.enrol(emailVerified=False)
    visit.sign_in()


def set_up(visit: Visit) -> None:
    visit.open_link()


def ready(visit: Visit) -> None:
    visit.open_link()
    visit.press("Continue")
    visit.set_password()


def old_link(visit: Visit) -> None:
    link = visit.open_link()
    visit.press("Continue")
    visit.set_password()
    visit.page.goto(link)


def no_such_client(visit: Visit) -> None:
    visit.start(client_id="nobody")


def action(name: str) -> Way:
    """Something of one's own account, begun from the portal."""

    def reach(visit: Visit) -> None:
        visit.enrol()
        visit.sign_in(kc_action=name)

    return reach


def by_hand(visit: Visit) -> None:
    """The authenticator's secret as text, for whoever can't scan it."""
    action("CONFIGURE_TOTP")(visit)
    visit.follow("Type a key instead of scanning")


def one_time_code(visit: Visit) -> None:
    visit.enrol(credentials=[{"type": "password", "value": PASSWORD}, AUTHENTICATOR])
    visit.sign_in()


def wrong_one_time_code(visit: Visit) -> None:
    one_time_code(visit)
    visit.page.locator("#otp").fill("000000")
    visit.press("Continue")


def wrong_own_address(visit: Visit) -> None:
    action("UPDATE_EMAIL")(visit)
    visit.page.get_by_label("New email address").fill("no address")
    visit.press("Continue")


def unconfirmed_own_address(visit: Visit) -> None:
    """At the next sign-in, while the change waits for its link."""
    action("UPDATE_EMAIL")(visit)
    visit.page.get_by_label("New email address").fill(f"new.{visit.email}")
    visit.press("Continue")
    visit.page.locator("body[data-page-id=login-info]").wait_for()
    visit.page.context.clear_cookies()
    visit.sign_in()
    visit.page.get_by_role("button", name="Keep my present address").wait_for()


def enrol_with_passkey(visit: Visit, *others: dict[str, Any]) -> None:
    """A passkey that is on no device here: what a page shows to somebody who has one."""
    visit.enrol(credentials=[{"type": "password", "value": PASSWORD}, *others, PASSKEY])


def passkey_asked_for(visit: Visit) -> None:
    enrol_with_passkey(visit)
    visit.sign_in()


def passkey_not_known(visit: Visit) -> None:
    """What the browser says when it can't, sent as the page's script sends it."""
    passkey_asked_for(visit)
    visit.page.locator("#passkey").wait_for(state="attached")
    visit.page.evaluate("document.querySelector('#passkey').requestSubmit()")


def another_way(visit: Visit) -> None:
    enrol_with_passkey(visit, AUTHENTICATOR)
    visit.sign_in()
    visit.press("Try another way")


def remove_factor(visit: Visit) -> None:
    person = visit.enrol(credentials=[{"type": "password", "value": PASSWORD}, APP.credential])
    held = visit.console.server.get(f"/users/{person['id']}/credentials")
    factor = next(one["id"] for one in held if one["type"] == "otp")
    visit.sign_in(kc_action=f"delete_credential:{factor}")
    visit.page.locator("#otp").fill(APP.code())
    visit.press("Continue")


def sign_out(visit: Visit) -> None:
    visit.enrol()
    visit.sign_in(kc_action="CONFIGURE_TOTP")
    visit.page.goto(f"{visit.pages.base}/protocol/openid-connect/logout")


def page_expired(visit: Visit) -> None:
    """Back to a page whose step is done."""
    visit.enrol(credentials=[{"type": "password", "value": PASSWORD}, AUTHENTICATOR])
    visit.start()
    left = visit.page.locator("#kc-form-login").get_attribute("action")
    assert left
    visit.fill_in()
    visit.page.locator("#otp").wait_for()
    visit.page.goto(left)


def address_first(visit: Visit) -> None:
    """Where an administrator chose a flow that asks for address and password one after the other."""
    visit.enrol()
    visit.start(client_id=_client_of_two_pages(visit.console))


def password_second(visit: Visit) -> None:
    address_first(visit)
    visit.page.get_by_label("Email address").fill(visit.email)
    visit.press("Continue")


def _client_of_two_pages(console: Console) -> str:
    """A client whose flow has the e-mail address on one page and the password on the next."""
    name = f"two-pages-{secrets.token_hex(4)}"
    executions, server = f"/authentication/flows/{name}/executions", console.server
    flow = {"alias": name, "providerId": "basic-flow", "topLevel": True, "builtIn": False}
    server.post("/authentication/flows", flow)
    for provider in ("auth-username-form", "auth-password-form"):
        server.post(f"{executions}/execution", {"provider": provider})
        server.put(executions, server.get(executions)[-1] | {"requirement": "REQUIRED"})
    flow_id = next(one["id"] for one in server.get("/authentication/flows") if one["alias"] == name)
    bound = {"publicClient": True, "authenticationFlowBindingOverrides": {"browser": flow_id}}
    server.post("/clients", {"clientId": name, "redirectUris": ["*"], **bound})
    return name


WAYS: dict[str, tuple[str, str, Way]] = {
    "sign in": ("login", "Sign in", Visit.start),
    "wrong password": ("login", "Sign in", wrong_password),
    "disabled": ("login", "Sign in", disabled),
    "current password": ("login", "Enter your current password", current_password),
    "address first": ("login-username", "Sign in", address_first),
    "password second": ("login-password", "Enter your current password", password_second),
    "forgotten": ("info", "Set a new password", forgotten),
    "reset": ("login-update-password", "Set your password", reset),
    "reset, too short": ("login-update-password", "Set your password", reset_too_short),
    "change password": ("login-update-password", "Change your password", action("UPDATE_PASSWORD")),
    "verify address": ("login-verify-email", "Confirm your email address", verify_address),
    "set up": ("info", "Finish setting up your account", set_up),
    "ready": ("info", "You can now sign in", ready),
    "old link": ("error", "This link does not work any more", old_link),
    "no such client": ("error", "Sorry, there is a problem", no_such_client),
    "authenticator": ("login-config-totp", "Set up an authenticator app", action("CONFIGURE_TOTP")),
    "authenticator by hand": ("login-config-totp", "Set up an authenticator app", by_hand),
    "one-time code": ("login-otp", "Enter your security code", one_time_code),
    "wrong one-time code": ("login-otp", "Enter your security code", wrong_one_time_code),
    "own details": ("login-update-profile", "Your details", action("UPDATE_PROFILE")),
    "own address, wrong": ("update-email", "Change your email address", wrong_own_address),
    "own address": ("update-email", "Change your email address", action("UPDATE_EMAIL")),
    "own address, not confirmed": ("update-email", "Change your email address", unconfirmed_own_address),
    "passkey": ("webauthn-register", "Set up a passkey", action("webauthn-register-passwordless")),
    "passkey asked for": ("webauthn-authenticate", "Use your passkey", passkey_asked_for),
    "passkey not known": ("webauthn-error", "The passkey did not work", passkey_not_known),
    "another way": ("select-authenticator", "Choose how to confirm that it is you", another_way),
    "remove a factor": ("delete-credential", "Remove a way to sign in", remove_factor),
    "sign out": ("logout-confirm", "Sign out", sign_out),
    "page expired": ("login-page-expired", "This page has expired", page_expired),
}
"""Each page: the theme's file it is of, its heading, and the way there."""
