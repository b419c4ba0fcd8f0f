"""The answers of somebody who is inviting."""

from dataclasses import dataclass, replace

from portal.pages.drafts import Drafts

STEPS = ("email", "person", "organisation", "role", "check")


@dataclass(frozen=True)
class Draft:
    """The answers so far; empty where not yet given. `organisation` is an ODS code, `role` a role's value."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    role: str = ""
    sent: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def step(self) -> str:
        """The first step that still needs an answer."""
        answers = (self.email, self.first_name and self.last_name, self.organisation, self.role)
        return next((step for step, answer in zip(STEPS, answers, strict=False) if not answer), STEPS[-1])

    def with_organisation(self, code: str) -> "Draft":
        """Another organisation may offer other roles: the role is asked again."""
        return self if code == self.organisation else replace(self, organisation=code, role="")


DRAFTS = Drafts("inviting", Draft)
