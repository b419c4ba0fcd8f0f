"""Mail goes to the server in private, to the server that it is meant for, and as a user of it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.mail.sender import MailUnavailable, SmtpSender, Way
from portal.settings import MailSecurity
from tests.support.private_mail_server import PASSWORD, USER, private_mail_server

WAYS = pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@cqrs.example", "nora@p001.example", "Hello"
    message.set_content("Nora")
    return message


def _sender(port: int, security: MailSecurity, password: str = PASSWORD) -> SmtpSender:
    return SmtpSender("localhost", port, 10, Way(security, USER, password))


@WAYS
def test_in_private_as_a_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: MailSecurity
) -> None:
    with private_mail_server(tmp_path, starttls=security is MailSecurity.STARTTLS) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        sender = _sender(server.port, security)
        sender.send(_message())
        sender.check("us@cqrs.example", "nora@p001.example")
        assert len(server.kept.messages) == 1


@WAYS
def test_a_server_that_shows_another_certificate(tmp_path: Path, security: MailSecurity) -> None:
    """Somebody in between has one too, though of nobody whom we trust: it is told nothing."""
    with private_mail_server(tmp_path, starttls=security is MailSecurity.STARTTLS) as server:
        with pytest.raises(MailUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            _sender(server.port, security).send(_message())
        assert server.kept.messages == []


def test_a_server_without_starttls(tmp_path: Path) -> None:
    """Or somebody in between who took it away: the user's password is not said in the open."""
    with private_mail_server(tmp_path, starttls=True, private=False) as server:
        with pytest.raises(MailUnavailable, match="STARTTLS"):
            _sender(server.port, MailSecurity.STARTTLS).send(_message())
        assert server.kept.messages == []


def test_a_wrong_password_is_ours_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message is refused for it: they go when it is right. The words don't show it."""
    with private_mail_server(tmp_path, starttls=False) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        with pytest.raises(MailUnavailable) as fault:
            _sender(server.port, MailSecurity.TLS, "another than that").send(_message())
        assert fault.value.answered
        assert "another than that" not in str(fault.value)
        assert "another than that" not in repr(Way(MailSecurity.TLS, USER, "another than that"))
