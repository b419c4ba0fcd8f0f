"""What a person is told when their User details were changed: a line for each thing, where it is."""

from collections.abc import Collection, Iterator

from directory.vocabulary import Organisation, Role
from portal.effects.details_wanted import Wanted
from portal.effects.notification import News
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind


def told_the_person(by: str, lines: list[str]) -> News:
    """For the person themselves."""
    context = {"by": by, "lines": lines}
    text = f"{by} changed your access. {' '.join(lines)}"
    return News(NoticeKind.ACCESS_CHANGED, "Your access", MailKind.ACCESS_CHANGED, context, text=text)


def said(place: Organisation, one: Wanted, barred: Collection[Role]) -> Iterator[str]:
    """The lines about one organisation; clusters by the names that the system gave them."""
    where = f"{place.name} ({place.code})"
    for role in one.give:
        if role not in barred:
            yield f"You are now {role.label} at {where}."
    for role in one.take:
        yield f"You are no longer {role.label} at {where}."
    if one.payment_types is not None:
        kinds = ", ".join(one.after["payment_types"]) or "none"
        yield f"Your payment types at {where}: {kinds}."
    if one.lift:
        yield f"Your roles at {where} are no longer restricted to service provider clusters."
    elif one.clusters is not None:
        names = ", ".join(one.after["clusters"] or ()) or "none, so they reach no service provider"
        yield f"Your roles at {where} are restricted to service provider clusters: {names}."
