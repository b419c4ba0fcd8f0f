"""Whether two e-mail addresses reach the same mailbox, in SQL: `rules.mailboxes` as a condition."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from portal.rules.mailboxes import TAGGED, UNTAGGED


def is_same_mailbox(column: Any, address: Any) -> ColumnElement[bool]:
    """Whether the address in the column is that of the other's mailbox; both in lower case.

    Only addresses with a tag are taken apart: there are few.
    """
    mailbox = _mailbox(address)
    return or_(column == mailbox, and_(column.contains("+"), _mailbox(column) == mailbox))


def _mailbox(address: Any) -> ColumnElement[str]:
    return func.regexp_replace(address, TAGGED, UNTAGGED)
