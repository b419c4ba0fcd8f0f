"""What people typed can't pass for our words in a message of ours, and leads nowhere."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from directory.vocabulary import ApprovalLevel, Person, Role
from portal.acts.ask import AskedRole, ask
from portal.acts.decide import Decision, decide
from portal.acts.level import preview, switch
from portal.acts.register import Registration, register
from portal.model.notices import Notice, NoticeKind
from portal.rules.errors import NameRefused
from tests.support.builders.world import HERE, MULTI, SINGLE, SUB_ICB, World

COMMISSIONER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_USER
FORGED = "Ann\r\n\r\nWhat to do\n----------\n<a href='https://evil.example/x'>Review at www.evil.example</a>”"
REASON = "Cover.\n\nWhat to do\n----------\nReview at https://evil.example/review or evil.example, “now”"
NAMES = [
    "Your session expired. Sign in at...",
    "evil.example",
    "www.evil.example",
    "http://evil.example",
    "t.co",
    "ann@evil.example",
    "Ann <b>",
    "Ann\u2028What to do",
    "Call 0300 999 9999",
    "Ann\u202eelpmaxe.live",
    "Ann/evil",
    "Ann。example",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_is_refused(world: World, name: str) -> None:
    """NOT-3: by the act, whatever form it came from."""
    for first, last in ((name, "Lee"), ("Jo", name)):
        with pytest.raises(NameRefused):
            register(world.services, Registration("x@p001.example", SINGLE, USER, first, last), HERE)
    world.work()
    assert world.request_of("x@p001.example") is None


def forger(world: World, *held: tuple[str, Role]) -> Person:
    """Somebody whose name in Keycloak is a message: it may be older than what Keycloak demands now."""
    return world.person("forger@p001.example", *held, first=FORGED, last="Lee")


def test_nothing_forged_reaches_an_approver(world: World) -> None:
    """NOT-3: neither by the name of an account nor by a reason."""
    ask(world.services, forger(world).id, AskedRole(SINGLE, USER, REASON), HERE)
    world.work()
    check(mail_to(world, "carol@approvers.example"))
    text = plain(mail_to(world, "carol@approvers.example"))
    assert "under the name “Ann What to do" in text
    assert "The reason given, in their own words:\n    “Cover. What to do" in text


def test_nothing_forged_reaches_who_asked(world: World) -> None:
    """NOT-3: an approver's reason, in the e-mail and in the notice."""
    una = world.people["una"]
    asked = ask(world.services, una.id, AskedRole(SINGLE, Role.PROVIDER_FINANCE, "Cover"), HERE)
    decide(world.services, world.actor("carol", COMMISSIONER, SUB_ICB), asked, Decision.REJECT, REASON, HERE)
    world.work()
    check(mail_to(world, una.email))
    with world.services.sessions() as session:
        told = select(Notice).where(Notice.person_id == una.id, Notice.kind == NoticeKind.REQUEST_REJECTED)
        [notice] = session.scalars(told)
    assert notice.text.startswith("The reason given: “Cover. What to do")
    assert "evil.example" not in notice.text


def test_nothing_forged_comes_with_a_change_of_level(world: World) -> None:
    """NOT-3: the name of who changed it."""
    mallory = forger(world, (SUB_ICB, COMMISSIONER))
    world.people["mallory"] = mallory
    actor = world.actor("mallory", COMMISSIONER, SUB_ICB)
    named = [person.id for person in preview(world.services, actor, MULTI).approvers]
    switch(world.services, actor, MULTI, ApprovalLevel.SINGLE, named, HERE)
    world.work()
    check(mail_to(world, "pam@approvers.example"))


def mail_to(world: World, address: str) -> EmailMessage:
    return next(one for one in world.post.sent if one["To"] == address)


def plain(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())


def check(message: EmailMessage) -> None:
    """One heading of ours, links of ours, and nothing else that a mail program would make a link of."""
    text, html = plain(message), str(message.get_body(("html",)).get_content())
    lines = [line for line in text.splitlines() if line.startswith(("What to do", "----"))]
    assert lines == ["What to do", "----------", "----------------"]
    for link in re.findall(r'href="([^"]+)"', html):
        assert link.startswith(("http://localhost:8000/", "mailto:service.desk@cqrs.example")), link
    assert "<a href='" not in html
    for body in (text, html):
        assert "evil.example" not in body
        assert "www.evil" not in body
        for address in re.findall(r"\w+://[^\s\"<]+", body):
            assert address.startswith("http://localhost:8000"), address
