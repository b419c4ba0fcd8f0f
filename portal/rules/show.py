"""The rights table as a page of plain English: `python -m portal.rules.show > docs/rights.md`."""

from collections.abc import Iterator

from directory.vocabulary import Role
from portal.rules.conditions import YES
from portal.rules.rights import TABLE, Action, Row

HEADING = """# Who can do what

This page is made from the table in `portal/rules/rights.py`, which the portal itself goes by. Don't change it
by hand: change the table, then run `python -m portal.rules.show > docs/rights.md`. A test fails while the two
differ.

Three rules stand above everything here:

1. Nobody decides on their own request, or changes their own access. (Disabling one's own account and
   withdrawing one's own request are the exceptions.) So nobody switches the approval level of a provider
   where they are Provider Approver. Addresses of one mailbox, such as ann@ and ann+cqrs@, are one person's.
2. Nobody acts on an account that holds a role which they could not themselves give. An approver of one
   practice can't disable somebody who also works at another, or who is an approver too. Nobody gives the
   Service Desk's role in the portal, so its people's accounts are looked after in Keycloak's console.
3. A disabled person, or one whose role was taken, has no powers from that moment, whatever session they have
   open; nor has a role whose organisation has closed. (A dormant or proposed organisation's roles keep
   theirs.) A lock after wrong passwords closes sign-in and nothing else: whoever knows an address can cause
   it, so a locked approver's open session keeps its powers, and their requests stay with them.

A person's powers are those of the role they act in, the one shown in the header, not of all their roles
together. Somebody who is restricted to service provider clusters at an organisation reaches, by their roles
there, only the providers that those list and what is below them; nobody changes a cluster that they are in.

*At or below* an ICB means the ICB, its sub-ICB locations, and the providers and branches of both. A
region decides nothing. A closed organisation is out of everybody's reach but the Service Desk's, and nobody
can be let in at an organisation that is not open. A single-level provider has no Provider Approver: should a
request for that role be left over from a change of level, the Service Desk rejects it.
"""
COLUMNS = (
    "action on another person",
    *("Provider Approver", "Commissioner Approver", "Service Desk", "anyone else"),
)
IN_ORDER = (
    Role.PROVIDER_APPROVER,
    Role.COMMISSIONER_APPROVER,
    Role.SERVICE_DESK,
    Role.ORGANISATION_ADMINISTRATOR,
    Role.USER_ADMINISTRATOR,
    Role.ADVANCED_USER_ADMINISTRATOR,
)
POWERLESS = tuple(role for role in Role if role not in IN_ORDER)


def rights_page() -> str:
    """The whole page, in Markdown."""
    parts = [HEADING, "## The table\n", *_table(), "", "## Role by role\n"]
    for role in IN_ORDER:
        parts += _section(role)
    names = ", ".join(role.label for role in POWERLESS)
    parts += [f"### {names}\n", "Nothing on another person: they look after their own profile and requests."]
    return "\n".join(parts) + "\n"


def _table() -> Iterator[str]:
    yield _line(*COLUMNS)
    yield _line(*["---"] * len(COLUMNS))
    for action, row in TABLE.items():
        yield _line(
            action.value,
            row.provider_approver.words,
            row.commissioner_approver.words,
            row.service_desk.words,
            _anyone_else(row),
        )


def _anyone_else(row: Row) -> str:
    named = [f"{role.label}: {condition.words}" for role, condition in row.administrators.items()]
    return "; ".join(named) or row.anyone_else.words


def _section(role: Role) -> Iterator[str]:
    can = [action for action in Action if not _words(action, role).startswith("no")]
    yield f"### {role.label}\n"
    yield _line("can", "for whom")
    yield _line("---", "---")
    for action in can:
        words = _words(action, role)
        yield _line(action.value, "everywhere" if words == YES.words else words)
    yield "\nCan't: " + "; ".join(action.value for action in Action if action not in can) + ".\n"


def _words(action: Action, role: Role) -> str:
    return TABLE[action].cell(role).words


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(rights_page(), end="")
