"""Takes the pictures of the README's tour from a running stack with its sample data.

    make run                                # in another terminal
    .venv/bin/python docs/take_screenshots.py

It registers somebody new and approves them, as the tour tells, makes a cluster where there is none, and
writes docs/tour/*.png.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from stack.disk import read_json  # noqa: E402 - the checkout's own packages come after the line above
from stack.settings import read_settings  # noqa: E402
from tests.browser.chromium import launch  # noqa: E402
from tests.browser.journeys import (  # noqa: E402
    PASSWORD,
    Newcomer,
    review_from_mail,
    set_first_password,
    sign_in,
    sign_in_to_home,
    welcome,
)
from tests.browser.mailbox import Letter, Mailbox  # noqa: E402
from tests.browser.screens.accounts import PersonPage  # noqa: E402
from tests.browser.screens.home import HomePage  # noqa: E402
from tests.browser.screens.invitations import WhomStep  # noqa: E402
from tests.browser.screens.keycloak import SignInPage  # noqa: E402
from tests.browser.screens.mail import MailPage  # noqa: E402
from tests.browser.screens.profile import SigningIn  # noqa: E402
from tests.browser.screens.register import StartPage  # noqa: E402
from tests.browser.screens.user_details import UserDetailsPage  # noqa: E402
from tests.browser.stack_facts import SamplePerson, StackFacts  # noqa: E402
from tests.browser.visitor import Visitor  # noqa: E402

TOUR = ROOT / "docs" / "tour"
LARGEST = 160_000
APPROVER = "ruaridh.gunn@northernwaters.example"
INVITER = "catriona.ross@cromarty.example"
SERVICE_DESK = "shona.buchan@cqrs.example"
CLUSTERS = "/administration/clusters/ZZN"
PLACE = "ZZ1001"
RESTRICTED = "elspeth.laird@northernwaters.example"


class Tour:
    """The pictures, taken in the tour's order."""

    def __init__(self, browser: Browser, stack: StackFacts, folder: Path):
        self._browser, self._stack, self._folder = browser, stack, folder

    def visitor(self, name: str) -> Visitor:
        return Visitor(self._browser, self._folder, name, self._stack.apps, portal=self._stack.portal)

    def picture(self, visitor: Visitor, name: str, *, whole: bool = False) -> None:
        """Saves what the window shows, or the whole page.

        Raises ValueError for a file too large to keep in a repository.
        """
        target = TOUR / f"{name}.png"
        visitor.page.screenshot(path=target, full_page=whole)
        size = target.stat().st_size
        if size > LARGEST:
            raise ValueError(f"{target.name} has {size} bytes, more than {LARGEST}")
        print(f"{target.relative_to(ROOT)}: {size // 1000} kB")

    def register(self, who: Newcomer) -> None:
        """Pictures 1 to 3."""
        with self.visitor("newcomer") as person:
            start = StartPage(person.go("/"))
            self.picture(person, "1-start")
            question = start.register().answer(who.registered_as)
            question.type_text("surgery")
            self.picture(person, "2-organisation")
            role = question.type_and_pick(who.typed, who.organisation)
            check = role.answer(who.role, who.first, who.last)
            self.picture(person, "3-check")
            check.register()

    def approve(self, letter: Letter, approver: SamplePerson, who: Newcomer) -> None:
        """Pictures 4 and 5, and 8 and 9: what the approver has besides requests."""
        with self.visitor("approver") as person:
            MailPage(person, letter).follow_link("/requests/")
            SignInPage(person)
            self.picture(person, "4-sign-in")
            review = review_from_mail(person, letter, approver)
            self.picture(person, "5-review", whole=True)
            review.approve().confirm()
            person.go("/providers")
            self.picture(person, "8-providers")
            self.person_page(person, who)

    def person_page(self, person: Visitor, who: Newcomer) -> None:
        """Picture 9, from the newcomer's row in Users."""
        person.go_until(f"/users?q={who.email}", lambda page: page.get_by_text("Active", exact=True).count())
        person.page.get_by_role("link", name="View").first.click()
        PersonPage(person, who.name)
        self.picture(person, "9-person", whole=True)

    def invite(self, inviter: SamplePerson) -> None:
        """Picture 10; nothing is sent."""
        with self.visitor("inviter") as person:
            sign_in_to_home(person, inviter)
            named = WhomStep(person.go("/users/invite")).answer("isla.reid@cromarty.example")
            named.answer("Isla", "Reid").answer("Cromarty Medical").answer("Provider User")
            self.picture(person, "10-invitation")

    def first_sign_in(self, letter: Letter, who: Newcomer) -> None:
        """Pictures 6, 7 and 11."""
        with self.visitor("newcomer again") as person:
            set_first_password(person, letter, lambda: self.picture(person, "6-password"))
            if person.page.url.startswith(self._stack.keycloak):
                sign_in(person, who.email, PASSWORD)
            HomePage(person)
            self.picture(person, "7-home")
            SigningIn(person.go("/profile/sign-in"))
            self.picture(person, "11-signing-in", whole=True)

    def clusters(self, desk: SamplePerson) -> None:
        """Picture 12."""
        with self.visitor("service desk") as person:
            sign_in_to_home(person, desk)
            if not person.go(CLUSTERS).page.get_by_role("row").count():
                self.make_cluster(person.go(f"{CLUSTERS}/new"))
                person.go_until(CLUSTERS, lambda page: page.get_by_role("row").count())
            self.picture(person, "12-clusters")

    def user_details(self, administrator: SamplePerson, who: Newcomer) -> None:
        """Pictures 13 and 14; nothing is submitted."""
        with self.visitor("administrator") as person:
            sign_in_to_home(person, administrator)
            self.view(person, RESTRICTED).get_by_role("link", name="User details", exact=True).click()
            details = UserDetailsPage(person)
            details.page.locator("input[name^='cluster:']").first.check()
            details.page.locator("input[name^='payment:']").first.check()
            details.go_on()
            self.picture(person, "13-user-details", whole=True)
            self.view(person, who.email)
            person.go(f"{person.page.url}/why?organisation={PLACE}")
            self.picture(person, "14-why", whole=True)

    def view(self, person: Visitor, email: str) -> Page:
        """The page of the one whose address this is, from the Users list."""
        person.go(f"/users?q={email}").page.get_by_role("link", name="View").first.click()
        return person.page

    def make_cluster(self, person: Visitor) -> None:
        """One of the first few practices of the commissioner."""
        page = person.page
        page.get_by_label("Name", exact=True).fill("Island practices")
        page.get_by_label("Description").fill("Those that a ferry serves")
        page.get_by_role("button", name="Continue").click()
        for box in page.locator("td input[type=checkbox]").all()[:4]:
            box.check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Yes").click()
        page.get_by_text("Cluster").first.wait_for()


def jessica(stack: StackFacts) -> Newcomer:
    """The guides' own newcomer, with an address that has no account yet."""
    addresses = (f"jessica.finn{number}@fairisle.example" for number in ("", *range(2, 1000)))
    free = next(address for address in addresses if not stack.accounts(address))
    return Newcomer("Jessica", "Finn", free, "Provider User", "fair isle", "Fair Isle Surgery")


def take(stack: StackFacts) -> None:
    """All pictures, from one newcomer's journey."""
    TOUR.mkdir(exist_ok=True)
    mailbox, who = Mailbox(stack.mail_page), jessica(stack)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        tour = Tour(launch(playwright), stack, Path(folder))
        before = mailbox.newest_number()
        tour.register(who)
        approver = stack.person(APPROVER)
        tour.approve(mailbox.wait_for(approver.email, who.name, before), approver, who)
        tour.first_sign_in(welcome(mailbox, who.email, before), who)
        tour.invite(stack.person(INVITER))
        tour.clusters(stack.person(SERVICE_DESK))
        tour.user_details(stack.person(SERVICE_DESK), who)


def main() -> int:
    facts = read_json(read_settings().run_file)
    if facts is None:
        print("No stack is running: start it with `make run` first.")
        return 1
    take(StackFacts(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
