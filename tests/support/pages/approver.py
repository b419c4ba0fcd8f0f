"""Somebody in a browser at the portal, beside a real Keycloak, with a second factor of their own."""

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.model.sessions import PortalSession
from tests.support.builders.world import World
from tests.support.directory.keycloak_scene import PASSWORD, KeycloakScene
from tests.support.realm.authenticator import Authenticator
from tests.support.servers.realm import TestRealm

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Site:
    """The portal beside its Keycloak, and the country that both know."""

    portal: str
    realm: TestRealm
    world: World

    def sessions_of(self, name: str) -> int:
        of_them = PortalSession.person_id == self.world.people[name].id
        with self.world.sessions() as db:
            return db.scalar(select(func.count()).select_from(PortalSession).where(of_them)) or 0

    def forget_factors(self, name: str) -> None:
        """As who may unlock them does when they are lost."""
        person, services = self.world.people[name].id, self.world.services
        lost = [factor.id for factor in services.reader.second_factors(person)]
        services.writer.remove_second_factors(person, lost)


@dataclass
class Approver:
    """One of the country's people, in a browser of their own."""

    site: Site
    name: str
    page: Page
    app: Authenticator = field(default_factory=Authenticator)

    @property
    def email(self) -> str:
        return self.site.world.people[self.name].email

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site.portal}{path}")

    def at(self, heading: str) -> None:
        expect(self.page.locator("h1")).to_have_text(heading)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def begin(self, path: str = "/home") -> None:
        """Address and password; what comes next is for the caller to say."""
        self.open(path)
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def set_up_app(self) -> None:
        self.at("Set up an authenticator app")
        self.page.get_by_role("link", name="Type a key instead of scanning").click()
        self.app = Authenticator.typed(self.page.locator("#kc-totp-secret-key").inner_text())
        self.page.get_by_label("Security code").fill(self.app.code())
        self.press("Save")

    def give_code(self) -> None:
        self.at("Enter your security code")
        self.page.get_by_label("Security code").fill(self.app.code())
        self.press("Continue")

    def signed_in(self) -> "Approver":
        """At Home, with an app set up on the way."""
        self.begin()
        self.set_up_app()
        self.at("Home")
        return self

    def answer(self, request_id: object, answer: str, reason: str = "") -> None:
        self.open(f"/requests/{request_id}")
        self.page.get_by_label(answer, exact=True).check()
        if reason:
            self.page.get_by_label("Reason for rejecting").fill(reason)
        self.press("Continue")


def confirmed(scene: KeycloakScene) -> KeycloakScene:
    """Nobody is asked to confirm an address here: accounts are made without the mailed link."""
    scene.ask("PUT", "", {"verifyEmail": False})
    return scene


def with_device(page: Page) -> None:
    """A passkey can be kept in this browser, and needs no finger."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
