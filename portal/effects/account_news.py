"""What a person is told when somebody changed their account, and what their approvers elsewhere are told."""

from portal.casework.audit_events import Author
from portal.effects.notification import News
from portal.mail.theirs import quoted
from portal.model.mail import MailKind
from portal.model.notices import NoticeKind

SAID = {
    NoticeKind.ACCOUNT_DISABLED: "disabled",
    NoticeKind.ACCOUNT_ENABLED: "enabled",
    NoticeKind.ACCOUNT_REVOKED: "revoked",
}
MAILS = {
    NoticeKind.ACCOUNT_DISABLED: MailKind.ACCOUNT_DISABLED,
    NoticeKind.ACCOUNT_ENABLED: MailKind.ACCOUNT_ENABLED,
    NoticeKind.ACCOUNT_REVOKED: MailKind.ACCOUNT_REVOKED,
}
TEXTS = {
    NoticeKind.ACCOUNT_DISABLED: "{by} disabled your account.",
    NoticeKind.ACCOUNT_ENABLED: "{by} enabled your account again.",
    NoticeKind.ACCOUNT_REVOKED: (
        "{by} removed all your roles. If you still need one, open My profile and choose Request access."
    ),
}


def told_the_person(
    what: NoticeKind, by: str, reason: str = "", lost: tuple[str, ...] = (), *, of_service_desk: bool = False
) -> News:
    """For the person themselves, also when they want no e-mails; `lost` are the roles that are gone."""
    context = {"by": by, "reason": reason, "lost": list(lost), "of_service_desk": of_service_desk}
    text = TEXTS[what].format(by=by) + (f" The reason given: {quoted(reason)}" if reason else "")
    return News(what, "Your account", MAILS[what], context, text=text, about_security=True)


def told_elsewhere(what: NoticeKind, name: str, email: str, roles: list[str], by: str) -> News:
    """For the approvers of other organisations where the person holds these roles."""
    done = SAID[what]
    context = {"name": name, "email": email, "roles": roles, "by": by, "done": done}
    text = f"{by} {done} this account: {'; '.join(roles)}."
    return News(what, name, MailKind.ACCOUNT_CHANGED_ELSEWHERE, context, text=text)


def is_own(author: Author, person_id: str) -> bool:
    """Whether the person did it themselves."""
    return author["actor_id"] == person_id
