"""Helping somebody to sign in, by the pages: from a list, after a confirmation, once."""

from itertools import count
from uuid import uuid4

from directory.vocabulary import FactorKind, Person, Role
from tests.support.builders.world import MULTI, SINGLE, SUB_ICB, World
from tests.support.fakes.faults import Fault
from tests.support.pages.browser import Browser

COMMISSIONER, APPROVER, USER = Role.COMMISSIONER_APPROVER, Role.PROVIDER_APPROVER, Role.PROVIDER_USER
NUMBERS = count()


def somebody(world: World, *held: tuple[str, Role], locked: bool = True) -> Person:
    person = world.person(f"una{next(NUMBERS)}@locket.example", *held, first="Una", last="Locket")
    if locked:
        world.directory.lock(person.id)
        world.mirror(person.id)
    return person


def acting(world: World, code: str, role: Role) -> Browser:
    person = world.person(f"{uuid4()}@icb.nhs.uk", (code, role), first="Kim")
    return world.browser(person, world.holding(code, role))


def links(browser: Browser, person: Person) -> int:
    return browser.text.count(f"/users/{person.id}/unlock")


def test_from_the_users_list(world: World) -> None:
    """USR-5: Unlock, Confirm, back in the list."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users?q={una.email}")
    assert "Locked" in browser.said
    browser.follow("Unlock Una Locket")
    assert browser.heading == "Confirm that you unlock this account"
    assert world.directory.standing(una.id).locked
    browser.send("Unlock")
    assert browser.path == f"/users?q={una.email}"
    assert "Una Locket is no longer locked and can sign in." in browser.said
    assert "Active" in browser.said
    assert not world.directory.standing(una.id).locked
    assert links(browser, una) == 0


def test_from_a_providers_people(world: World) -> None:
    """USR-5: beside Remove role."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/providers/{SINGLE}")
    assert links(browser, una) == 1
    assert f"/users/{una.id}/roles/" in browser.text
    browser.open(f"/users/{una.id}/unlock?next=/providers/{SINGLE}").send("Unlock")
    assert browser.path == f"/providers/{SINGLE}"
    assert links(browser, una) == 0


def test_only_where_it_may_be_done(world: World) -> None:
    """ROL-3: not for somebody with a role above one's own, nor for those who are not locked."""
    above = somebody(world, (MULTI, APPROVER))
    elsewhere = somebody(world, (MULTI, USER), ("P003", USER))
    working = somebody(world, (MULTI, USER), locked=False)
    browser = acting(world, MULTI, APPROVER)
    for person in (above, elsewhere, working):
        assert links(browser.open(f"/users?q={person.email}"), person) == 0
    for person in (above, elsewhere):
        assert browser.open(f"/users/{person.id}/unlock").status == 403


def test_a_double_click_and_an_old_page(world: World) -> None:
    """USR-5: the second does nothing more, and says so."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/unlock")
    form = browser.form("Unlock")
    browser.send("Unlock")
    answer = browser.client.post(form.action, data=form.fields, follow_redirects=True)
    assert "was already unlocked, or is being unlocked" in answer.get_data(as_text=True)
    browser.open(f"/users/{una.id}/unlock")
    assert (browser.status, browser.heading) == (409, "This account is not locked")


def test_nobody_there(world: World) -> None:
    browser = acting(world, "", Role.SERVICE_DESK)
    assert browser.open(f"/users/{uuid4()}/unlock").status == 404


def test_while_keycloak_is_away(world: World) -> None:
    """ROL-3: nobody's rights can be judged, so nothing is begun."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/unlock")
    world.directory.go_wrong(Fault.unavailable(), Fault.unavailable())
    assert browser.send("Unlock").status == 503
    world.directory.go_right()
    assert world.directory.standing(una.id).locked


def with_factors(world: World, *kinds: FactorKind, held: tuple[str, Role] = (SINGLE, USER)) -> Person:
    person = somebody(world, held, locked=False)
    for kind in kinds:
        world.directory.add_second_factor(person.id, kind)
    return person


def test_a_lost_phone(world: World) -> None:
    """AUT-8: from the list, past a page that says what follows, and back; by what Keycloak has now."""
    una = with_factors(world, FactorKind.AUTHENTICATOR_APP, FactorKind.PASSKEY)
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users?q={una.email}")
    browser.follow("Help to sign in for Una Locket")
    assert "confirms their sign-in with: Authenticator app, Passkey." in browser.said
    assert "The account is not locked." in browser.said
    browser.follow("Remove the second factor")
    assert browser.heading == "Confirm that you remove the second factor"
    assert "whoever can read Una Locket's email can set a new password" in browser.said
    assert "they stay signed in" in browser.said
    factors = world.directory.second_factors(una.id)
    assert len(factors) == 2
    browser.send("Remove second factor", factor=[one.id for one in factors])
    assert browser.path == f"/users?q={una.email}"
    assert "Una Locket can sign in with their password alone." in browser.said
    assert world.directory.second_factors(una.id) == ()


def test_with_a_password_alone(world: World) -> None:
    """AUT-8: there is nothing to remove; and a locked person is unlocked from there."""
    una = somebody(world, (SINGLE, USER))
    browser = acting(world, SUB_ICB, COMMISSIONER).open(f"/users/{una.id}/sign-in")
    assert "signs in with a password alone" in browser.said
    browser.follow("Unlock the account")
    assert browser.heading == "Confirm that you unlock this account"
    browser.open(f"/users/{una.id}/second-factors/remove")
    assert (browser.status, browser.heading) == (409, "There is no second factor to remove")


def test_the_second_click_and_a_new_factor(world: World) -> None:
    """AUT-8: the one does nothing more; the other is shown first."""
    una = with_factors(world, FactorKind.AUTHENTICATOR_APP)
    path = f"/users/{una.id}/second-factors/remove"
    browser = acting(world, SUB_ICB, COMMISSIONER).open(path)
    world.directory.add_second_factor(una.id, FactorKind.SECURITY_KEY)
    browser.send("Remove second factor")
    assert "What there is to remove has changed. Check this again." in browser.said
    assert "Authenticator app, Security key" in browser.said
    form = browser.form("Remove second factor")
    fields = {**form.fields, "factor": [one.id for one in world.directory.second_factors(una.id)]}
    for said in ("can sign in with their password alone", "was already removed, or is being removed"):
        answer = browser.client.post(form.action, data=fields, follow_redirects=True)
        assert said in answer.get_data(as_text=True)


def test_help_is_offered_only_to_those_who_may(world: World) -> None:
    """AUT-8, ROL-3: and what somebody signs in with is shown to nobody else."""
    above = with_factors(world, FactorKind.PASSKEY, held=(MULTI, APPROVER))
    browser = acting(world, MULTI, APPROVER)
    assert f"/users/{above.id}/sign-in" not in browser.open(f"/users?q={above.email}").text
    for page in ("sign-in", "second-factors/remove"):
        assert browser.open(f"/users/{above.id}/{page}").status == 403
        assert "Passkey" not in browser.said
    over = acting(world, SUB_ICB, COMMISSIONER)
    assert f"/users/{above.id}/sign-in" in over.open(f"/users?q={above.email}").text
    assert f"/users/{above.id}/sign-in" in over.open(f"/providers/{MULTI}").text
