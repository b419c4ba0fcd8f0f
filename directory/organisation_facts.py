"""Changes some of an organisation's facts and leaves the others, also those that somebody changes meanwhile.

Keycloak takes all of a group's attributes at once and has no compare-and-set: who writes puts back, with
their own, those that they read. So the reading comes right before the writing, and once more after it; and
Keycloak's events tell what was written in between, which is then written again. See
docs/decisions/each-writes-its-own-facts.md.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from directory import events, groups, translate
from directory.admin_session import AdminSession
from directory.errors import DirectoryUnavailable, OrganisationNotFound
from directory.vocabulary import Organisation

TRIES = 4
# Keycloak's clock may differ from ours by so much; events this old are known before we read.
EVENTS_BACK = timedelta(minutes=1)

Facts = Mapping[str, list[str]]
"""A group's attributes by name; an empty list, or nothing but empty values, is an attribute taken away."""


def write(session: AdminSession, group_id: str, facts: Facts) -> Organisation:
    """The organisation with these facts. The account needs the right to see admin events.

    Raises OrganisationNotFound; DirectoryUnavailable when others write so often that ours does not stay.
    """
    since, wanted = datetime.now(UTC) - EVENTS_BACK, facts
    known = events.group_writes(session, group_id, since)
    for _ in range(TRIES):
        group = groups.by_id(session, group_id)
        organisation = translate.organisation(group)
        if organisation is None:
            raise OrganisationNotFound(group_id)
        body = with_facts(group, wanted)
        if body is None:
            return organisation
        session.put("groups", group_id, body=body, missing=OrganisationNotFound)
        written = events.group_writes(session, group_id, since)
        meanwhile = [written[event] for event in written if event not in known]
        wanted = {**wanted, **changed_by_others(group.get("attributes") or {}, meanwhile), **facts}
        known = written
    raise DirectoryUnavailable("others change this organisation again and again: ask again")


def with_facts(
    group: Mapping[str, Any], facts: Facts, description: str | None = None
) -> dict[str, Any] | None:
    """What to PUT so that this group, as just read, has these facts; None when it has them.

    A description that is left out would be taken away, like an attribute: None leaves it as it is.
    """
    now, described = group.get("attributes") or {}, group.get("description")
    wanted = {name: values for name, values in {**now, **facts}.items() if any(values)}
    if wanted == now and description in (None, described):
        return None
    kept = {"name": group["name"], "description": described if description is None else description}
    return {name: value for name, value in kept.items() if value is not None} | {"attributes": wanted}


def changed_by_others(read: Facts, meanwhile: Iterable[Facts]) -> Facts:
    """What others changed by their writes, oldest first, between our reading of `read` and our own write.

    Our own write may be among them: what it changed is what we want anyway.
    """
    return {
        name: written.get(name, [])
        for written in meanwhile
        for name in {*read, *written}
        if written.get(name) != read.get(name)
    }
