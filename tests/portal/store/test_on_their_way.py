"""What is on its way to somebody is read by what waits, however many invitations and requests there are."""

from sqlalchemy import event, text

from portal.acts.on_their_way import on_their_way
from tests.support.builders.world import World


def test_it_reads_no_table_from_end_to_end(world: World) -> None:
    """USR-3, USR-6: every page that asks whether to disable or to revoke reads it."""
    asked: list[tuple[str, object]] = []
    with world.sessions() as session:
        event.listen(session.bind, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        on_their_way(session, world.people["una"].id)
        session.execute(text("SET LOCAL enable_seqscan = off"))
        statements = [one for one in asked if "SELECT" in one[0]]
        plans = [session.connection().exec_driver_sql(f"EXPLAIN {sql}", facts) for sql, facts in statements]
        shown = ["\n".join(plan.scalars()) for plan in plans]
    assert len(shown) == 3
    for plan in shown:
        assert "Seq Scan" not in plan, plan
