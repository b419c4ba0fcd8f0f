"""Keycloak's own mail: in private, and as a user whom the mail server knows."""

from pathlib import Path

import pytest

from directory.admin_session import AdminSession
from directory.errors import DirectoryError
from directory.realm import REALM_FILES, apply, plan
from tests.support.private_mail_server import PASSWORD, USER, private_mail_server
from tests.support.realm.console import Console
from tests.support.servers.realm import TestRealm, fresh_realm
from tests.support.servers.running import RunningServers

pytestmark = pytest.mark.keycloak
AS_A_USER = {"CQRS_SMTP_HOST": "localhost", "CQRS_SMTP_USER": USER, "CQRS_SMTP_PASSWORD": PASSWORD}


def _ask_to_set_a_password(realm: TestRealm, email: str = "mailed@private.example") -> None:
    person = Console(realm).enrol(email, emailVerified=True)
    session = AdminSession(realm.admin, realm.name)
    session.put("users", person["id"], "execute-actions-email", body=["UPDATE_PASSWORD"])


def test_as_a_user(servers: RunningServers, tmp_path: Path) -> None:
    """The file says who we are; `cqrs realm plan` finds nothing afterwards, and shows no password."""
    with private_mail_server(tmp_path, starttls=True, private=False) as server:
        told = AS_A_USER | {"CQRS_SMTP_PORT": str(server.port)}
        with fresh_realm(servers, **told) as realm:
            _ask_to_set_a_password(realm)
            assert len(server.kept.messages) == 1
            assert plan(realm.admin, REALM_FILES, realm.environment).differences == ()
            changed = realm.environment | {"CQRS_SMTP_USER": "another"}
            (difference,) = plan(realm.admin, REALM_FILES, changed).differences
            assert PASSWORD not in str(difference)


def test_another_password(servers: RunningServers, tmp_path: Path) -> None:
    """Keycloak shows nobody the one that it has: `plan` tells by what `apply` noted."""
    with private_mail_server(tmp_path, starttls=True, private=False) as server:
        told = AS_A_USER | {"CQRS_SMTP_PORT": str(server.port)}
        with fresh_realm(servers, **told | {"CQRS_SMTP_PASSWORD": "that of last year"}) as realm:
            with pytest.raises(DirectoryError):
                _ask_to_set_a_password(realm)
            found = plan(realm.admin, REALM_FILES, realm.environment | told)
            (difference,) = found.differences
            assert difference.key == "attributes.cqrsMailPassword"
            assert str(difference).endswith("a secret, not shown -> a secret, not shown")
            apply(found)
            assert plan(realm.admin, REALM_FILES, realm.environment | told).differences == ()
            _ask_to_set_a_password(realm, "another@private.example")
            assert len(server.kept.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_in_private_to_a_server_that_it_trusts(
    servers: RunningServers, tmp_path: Path, security: str
) -> None:
    """The server takes nothing that isn't said in private, and by a user whom it knows."""
    if servers.trusted_certificate is None:
        pytest.skip("the Keycloak that CQRS_TEST_SERVERS names was told of no certificate of the tests")
    server_of_ours = private_mail_server(
        tmp_path, starttls=security == "starttls", certificate=servers.trusted_certificate
    )
    with server_of_ours as server:
        told = AS_A_USER | {"CQRS_SMTP_PORT": str(server.port), "CQRS_SMTP_SECURITY": security}
        with fresh_realm(servers, **told) as realm:
            _ask_to_set_a_password(realm)
            (message,) = server.kept.messages
            assert b"mailed@private.example" in message
            assert server.kept.in_private == [True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_in_private_or_not_at_all(servers: RunningServers, tmp_path: Path, security: str) -> None:
    """To a server whose certificate is of nobody that Keycloak trusts, it says nothing."""
    with private_mail_server(tmp_path, starttls=security == "starttls") as server:
        told = AS_A_USER | {"CQRS_SMTP_PORT": str(server.port), "CQRS_SMTP_SECURITY": security}
        with fresh_realm(servers, **told) as realm:
            with pytest.raises(DirectoryError):
                _ask_to_set_a_password(realm)
            assert server.kept.messages == []
            assert plan(realm.admin, REALM_FILES, realm.environment).differences == ()


def test_without_a_user_nothing_of_one_is_set(servers: RunningServers) -> None:
    with fresh_realm(servers) as realm:
        mail = AdminSession(realm.admin, realm.name).get()["smtpServer"]
        assert (mail["auth"], mail["starttls"], mail["ssl"]) == ("false", "false", "false")
        assert not mail.get("user")
