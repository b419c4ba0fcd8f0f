"""The portal's session is never longer than Keycloak's, whose realm alone says how long."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.model.sessions import PortalSession
from tests.support.pages.keycloak_visitor import KeycloakVisitor
from tests.support.pages.site import Site, opened
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
LONGEST_WAIT = 60.0


@pytest.fixture(scope="module")
def site(servers: RunningServers, database: str) -> Iterator[Site]:
    with opened(servers, database) as made:
        yield made


def signed_in(site: Site, email: str, code: str) -> KeycloakVisitor:
    site.enrol(email, code)
    return site.signed_in(email)


def kept(site: Site, email: str) -> PortalSession:
    """The one session of this person."""
    person = site.services.reader.person_by_email(email)
    with site.services.sessions() as db:
        return db.scalars(select(PortalSession).where(PortalSession.person_id == person.id)).one()


def is_due(site: Site, email: str) -> None:
    """Keycloak is to be asked at the next request."""
    sid = kept(site, email).keycloak_sid
    with site.services.sessions.begin() as db:
        hers = update(PortalSession).where(PortalSession.keycloak_sid == sid)
        db.execute(hers.values(renew_at=site.services.clock()))


def test_it_lasts_as_long_as_the_realm_says(site: Site) -> None:
    """AUT-11: 30 minutes unused, by no setting of the portal's."""
    signed_in(site, "length@nhs.net", "P22001")
    row = kept(site, "length@nhs.net")
    assert abs(row.expires_at - row.created_at - timedelta(minutes=30)) < timedelta(seconds=5)
    assert row.renew_at < row.created_at + timedelta(minutes=6)


def test_work_in_the_portal_is_use_of_keycloaks_session(site: Site) -> None:
    """AUT-11: both go on together; each token that asks is good once."""
    visitor = signed_in(site, "works@nhs.net", "P22002")
    before, (seen,) = kept(site, "works@nhs.net"), _at_keycloak(site, "works@nhs.net")
    until = time.monotonic() + LONGEST_WAIT
    while _at_keycloak(site, "works@nhs.net")[0].used_at == seen.used_at and time.monotonic() < until:
        is_due(site, "works@nhs.net")
        assert visitor.open("/home").heading == "Home"
    assert _at_keycloak(site, "works@nhs.net")[0].used_at > seen.used_at
    after = kept(site, "works@nhs.net")
    assert after.expires_at > before.expires_at
    assert after.refresh_token != before.refresh_token


def test_it_ends_with_keycloaks(site: Site) -> None:
    """AUT-11: though nobody told the portal, as when it was away just then."""
    visitor = signed_in(site, "ends@nhs.net", "P22003")
    row = kept(site, "ends@nhs.net")
    site.scene.ask("DELETE", f"sessions/{row.keycloak_sid}")
    with site.services.sessions.begin() as db:  # as if the back-channel had not come through
        db.merge(
            PortalSession(**{column.name: getattr(row, column.name) for column in row.__table__.columns})
        )
    is_due(site, "ends@nhs.net")
    assert visitor.open("/home").at_keycloak
    assert site.sessions_of(row.person_id) == 0


def test_a_token_that_was_stolen_ends_the_session(site: Site) -> None:
    """AUT-11: used a second time, by whoever; this browser begins anew, as it is signed in to Keycloak."""
    visitor = signed_in(site, "stolen@nhs.net", "P22004")
    first = kept(site, "stolen@nhs.net")
    is_due(site, "stolen@nhs.net")
    visitor.open("/home")
    with site.services.sessions.begin() as db:
        row = db.get(PortalSession, first.token_hash)
        assert row.refresh_token != first.refresh_token
        row.refresh_token, row.renew_at = first.refresh_token, site.services.clock()
    visitor.open("/home")
    with site.services.sessions() as db:
        assert db.get(PortalSession, first.token_hash) is None


def test_its_absolute_end_is_keycloaks_too(site: Site) -> None:
    """AUT-11: near it the portal's gets shorter, whatever is done."""
    was = site.scene.ask("GET", "").json()["ssoSessionMaxLifespan"]
    visitor = signed_in(site, "absolute@nhs.net", "P22005")
    try:
        site.scene.ask("PUT", "", {"ssoSessionMaxLifespan": 120})
        is_due(site, "absolute@nhs.net")
        visitor.open("/home")
        row = kept(site, "absolute@nhs.net")
        assert row.expires_at <= row.created_at + timedelta(seconds=121)
    finally:
        site.scene.ask("PUT", "", {"ssoSessionMaxLifespan": was})


def _at_keycloak(site: Site, email: str) -> tuple:
    person = site.services.reader.person_by_email(email)
    return site.services.reader.sessions(person.id)
