"""The audit's chain is keyed: what is on record is chained anew with the key, once it has been checked.

The functions are those of this day.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Digest = Callable[[bytes], str]
COLUMNS = (
    *("seq", "at", "kind", "actor_id", "actor_name", "actor_role", "actor_organisation", "subject"),
    *("organisation_code", "request_id", "before", "after", "reason", "origin", "previous_hash"),
)
READ = f"SELECT {', '.join(COLUMNS)}, hash FROM audit_entry ORDER BY seq"  # noqa: S608 - names of this file
WRITE = sa.text("UPDATE audit_entry SET previous_hash = :previous, hash = :hash WHERE seq = :seq")


def upgrade() -> None:
    op.execute("REVOKE EXECUTE ON FUNCTION audit_retire(timestamptz) FROM PUBLIC")
    _chain_anew(_unkeyed, _keyed)


def downgrade() -> None:
    _chain_anew(_keyed, _unkeyed)
    op.execute("GRANT EXECUTE ON FUNCTION audit_retire(timestamptz) TO PUBLIC")


def _chain_anew(old: Digest, new: Digest) -> None:
    """Raises RuntimeError at the first entry whose old hash doesn't hold: nothing is then changed."""
    connection = op.get_bind()
    rows = list(_rows(connection))
    if not rows:
        return
    previous = str(rows[0]["previous_hash"])
    op.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays")
    for row in rows:
        if row["hash"] != old(_plain(row, str(row["previous_hash"]))):
            raise RuntimeError(f"the audit was changed at entry {row['seq']}: look into it before you go on")
        fresh = new(_plain(row, previous))
        connection.execute(WRITE, {"seq": row["seq"], "previous": previous, "hash": fresh})
        previous = fresh
    op.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_stays")


def _rows(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    return (dict(row) for row in connection.execute(sa.text(READ)).mappings())


def _plain(row: dict[str, Any], previous: str) -> bytes:
    facts = {name: _value(row[name]) for name in COLUMNS} | {"previous_hash": previous}
    return json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, dict | int) else str(value)


def _unkeyed(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()


def _keyed(plain: bytes) -> str:
    key: str = context.config.attributes["audit_key"]
    return hmac.new(key.encode(), plain, hashlib.sha256).hexdigest()
