"""How much an application may ask in a minute, over all of the portal's processes.

Each process takes a part of what is left and counts that down by itself, so a question costs no write.
"""

from datetime import datetime

from sqlalchemy import or_, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.model.limits import ApplicationUse
from portal.store.engine import soon_on_disk


def take(session: Session, application: str, minute: datetime, part: int, limit: int) -> bool:
    """Takes `part` of the application's `limit` for this minute; whether there was so much left.

    Nobody waits for the disk: with the power is lost what was asked in this minute.
    """
    soon_on_disk(session)
    first = insert(ApplicationUse).values(application=application, minute=minute, taken=part)
    known = ApplicationUse
    goes_on = first.on_conflict_do_update(
        index_elements=[known.application],
        set_={
            "minute": minute,
            "taken": text(
                "CASE WHEN application_use.minute = excluded.minute"
                " THEN application_use.taken + excluded.taken ELSE excluded.taken END"
            ),
        },
        where=or_(known.minute != minute, known.taken + part <= limit),
    )
    return session.scalar(goes_on.returning(known.application)) is not None
