"""Each fault that an act or the gateway may raise has its own page; an unknown one is a fault of ours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from directory.errors import (
    AlreadyThere,
    ClusterNotFound,
    DirectoryAccessDenied,
    DirectoryAway,
    DirectoryError,
    DirectoryRefused,
    DirectoryUnavailable,
    MailNotSent,
    NotThere,
    OrganisationNotFound,
    PersonNotFound,
)
from portal.model.requests import RequestState
from portal.rules import errors
from portal.rules.verdict import Refusal, Verdict
from tests.support.builders.world import World
from tests.support.pages.faults import raising

SERVICE = "Sorry, there is a problem with the service"
AWAY = "Sorry, part of the service is not answering"
NOWHERE = "Page not found"
DECIDED = errors.AlreadyDecided("Ann Example", RequestState.APPROVED, datetime(2026, 3, 2, tzinfo=UTC))
EXPECTED: list[tuple[Exception, int, str]] = [
    (errors.NotAllowed(Verdict(Refusal.NOT_YOUR_ROLE)), 403, "This is not yours to decide"),
    (errors.RequestNotFound(), 404, NOWHERE),
    (errors.NothingFound(), 404, NOWHERE),
    (DECIDED, 409, "This request has already been decided"),
    (errors.AlreadyHeld(), 409, "This role is already held"),
    (errors.NotHeld(), 409, "This role is already gone"),
    (errors.NotLocked(), 409, "This account is not locked"),
    (errors.NoSecondFactor(), 409, "There is no second factor to remove"),
    (errors.AlreadySo(), 409, "There is nothing to change"),
    (errors.AlreadyKnown(), 409, "This person has an account"),
    (errors.AlreadyInvited(), 409, "This person is already invited"),
    (errors.InvitationEnded(), 409, "This invitation is not waiting any more"),
    (MailNotSent(), 503, AWAY),
    (DirectoryAway(), 503, AWAY),
    (errors.AlreadyAsked(), 409, "This has already been asked for"),
    (errors.OrganisationClosed(), 409, "This organisation takes no new requests"),
    (errors.RoleNotOffered(), 409, "This organisation does not offer that role"),
    (errors.NameRefused(), 400, "Enter the name as it is written"),
    (errors.NameTaken(), 409, "Another cluster has this name"),
    (errors.BeingDeleted(), 409, "This cluster is being deleted"),
    (errors.ReasonNeeded(), 400, "Enter a reason"),
    (errors.NotReached(), 503, AWAY),
    (errors.OutOfDate(), 409, "Something changed in the meantime"),
    (errors.TooManyAttempts(timedelta(minutes=3)), 429, "You have tried too many times"),
    (DirectoryUnavailable(), 503, AWAY),
    (DirectoryAccessDenied(), 503, AWAY),
    (MailNotSent(), 503, AWAY),
    (DirectoryAway(), 503, AWAY),
    (NotThere(), 404, NOWHERE),
    (DirectoryRefused(), 500, SERVICE),
    (AlreadyThere(), 500, SERVICE),
    (OrganisationNotFound(), 404, NOWHERE),
    (PersonNotFound(), 404, NOWHERE),
    (ClusterNotFound(), 404, NOWHERE),
    (DirectoryError(), 500, SERVICE),
]


class Unknown(errors.PortalFault):
    """A fault that nobody has given a page yet."""


NAMES = [type(fault).__name__ for fault, _status, _heading in EXPECTED]


@pytest.fixture(scope="module")
def faulty(database: str) -> World:
    """A portal in which `/raises/<class>` raises the fault of that class."""
    return raising(
        database, {type(one).__name__: one for one in [*(fault[0] for fault in EXPECTED), Unknown()]}
    )


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    """The kinds below this one that the service itself has."""
    for one in kind.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield from (one, *every(one))


def test_none_is_forgotten() -> None:
    """Each class of both trees is expected below, by hand."""
    expected = {type(fault) for fault, _status, _heading in EXPECTED}
    assert expected == {*every(errors.PortalFault), DirectoryError, *every(DirectoryError)}


@pytest.mark.parametrize(("name", "number"), [(name, number) for number, name in enumerate(NAMES)], ids=NAMES)
def test_each_has_a_page(faulty: World, name: str, number: int) -> None:
    """With its status and its words; the checks of every page hold."""
    _fault, status, heading = EXPECTED[number]
    browser = faulty.browser().open(f"/raises/{name}")
    assert (browser.status, browser.heading) == (status, heading)


def test_each_is_named_where_pages_are_given(faulty: World) -> None:
    """Not only caught by what it is a kind of."""
    named = faulty.app.error_handler_spec[None][None]
    assert [type(fault) for fault, _status, _heading in EXPECTED if type(fault) not in named] == []


def test_an_unknown_one_is_a_fault_of_ours(faulty: World) -> None:
    """It says neither that something changed nor that the person did anything wrong."""
    browser = faulty.browser().open("/raises/Unknown")
    assert (browser.status, browser.heading) == (500, SERVICE)
