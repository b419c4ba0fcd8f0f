"""The answers of somebody who is registering."""

from dataclasses import dataclass, replace

from portal.pages.drafts import Drafts


@dataclass(frozen=True)
class Draft:
    """The answers so far; empty where not yet given. `organisation` is an ODS code, `role` a role's value."""

    email: str = ""
    organisation: str = ""
    role: str = ""
    first_name: str = ""
    last_name: str = ""
    sent: bool = False

    @property
    def step(self) -> str:
        """The first step that still needs an answer."""
        if not self.email:
            return "email"
        if not self.organisation:
            return "organisation"
        return "check" if self.role and self.first_name and self.last_name else "role"

    def with_organisation(self, code: str) -> "Draft":
        """Another organisation may offer other roles: the role is asked again."""
        return self if code == self.organisation else replace(self, organisation=code, role="")


DRAFTS = Drafts("registering", Draft)
begin, find, keep = DRAFTS.begin, DRAFTS.find, DRAFTS.keep


def mark_sent(name: str) -> None:
    """Forgets the answers and remembers only that they were sent."""
    keep(name, Draft(sent=True))
