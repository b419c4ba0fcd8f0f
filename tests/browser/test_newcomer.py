"""A newcomer registers, is approved, sets a password and is at Home with their role."""

import secrets
from dataclasses import replace

from tests.browser.conftest import Visit
from tests.browser.journeys import newcomer, register, sign_in, whole_journey
from tests.browser.mailbox import Mailbox
from tests.browser.screens.keycloak import SignInPage
from tests.browser.screens.register import StartPage
from tests.browser.stack_facts import StackFacts


def test_at_a_sample_practice(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """REG-1, REG-3, APR-1 to APR-3, AUT-1, AUT-5, AUT-6: the whole way at a single-level practice."""
    approver = stack.person("ruaridh.gunn@northernwaters.example")
    whole_journey(visit, stack, mailbox, newcomer("Forties Family Practice", "forties"), approver)


def test_registering_without_script(visit: Visit, mailbox: Mailbox, stack: StackFacts) -> None:
    """REG-1: works without JavaScript too."""
    who = newcomer("Forties Family Practice", "ZZ1004")
    before = mailbox.newest_number()
    person = visit("without script", script=False)
    question = StartPage(person.go("/")).register().answer(who.email)
    question.search_and_pick(who.typed, who.organisation).answer(who.role, who.first, who.last).register()
    approver = stack.person("ruaridh.gunn@northernwaters.example")
    assert who.name in mailbox.wait_for(approver.email, who.name, before).text


def test_on_a_phone(visit: Visit) -> None:
    """REG-1: the questions fit a narrow screen, and each problem is told beside its field."""
    who = newcomer("Forties Family Practice", "forties")
    person = visit("phone", phone=True)
    email = StartPage(person.go("/")).register()
    email.try_to_answer("jessica.finn")
    email.problem("email address")
    role = email.answer(who.email).type_and_pick(who.typed, who.organisation)
    role.press("Continue")
    role.problem("Select your role")
    role.answer(who.role, who.first, who.last).register()
    assert person.page.url.endswith("/register/thank-you")


def test_a_known_address_gets_the_same_answer(visit: Visit, stack: StackFacts, mailbox: Mailbox) -> None:
    """REG-2: the same page for somebody who has an account; only their mail says so."""
    known = stack.person("ruaridh.gunn@northernwaters.example")
    before = mailbox.newest_number()
    person = visit("known address")
    who = newcomer("Forties Family Practice", "forties")
    register(person, replace(who, registered_as=known.email))
    assert person.page.url.endswith("/register/thank-you")
    letter = mailbox.wait_for(known.email, "account", before)
    assert "request" in letter.text.lower()


def test_a_wrong_password_says_the_same_as_a_wrong_name(visit: Visit, stack: StackFacts) -> None:
    """AUT-1: Keycloak's page doesn't tell whether there is an account."""
    person = visit("wrong password")
    known = stack.person("ruaridh.gunn@northernwaters.example")
    texts = []
    for email in (known.email, f"nobody.{secrets.token_hex(3)}@fairisle.example"):
        sign_in(person, email, "Wrong-password-1!")
        texts.append(SignInPage(person).refusal())
    assert texts[0] == texts[1] != ""
