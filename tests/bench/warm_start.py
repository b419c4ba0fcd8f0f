"""How much longer the whole stack takes to `ready` than its Keycloak alone: both from the same installation
and the same database, in turn.
"""

from collections.abc import Sequence

from stack.servers import Servers
from tests.bench.rows import Row, listed, median, seconds
from tests.bench.servers import Bench

TIMES = 3


def run(stack: Bench) -> Sequence[Row]:
    """One row: the median of each, and their ratio, goal 1.3."""
    stack.up()
    whole, alone = [], []
    for _ in range(TIMES):
        stack.down()
        alone.append(keycloak_alone(stack))
        whole.append(stack.up().seconds_to_ready)
    note = f"whole {listed(whole)}; Keycloak {listed(alone)}"
    return [Row("warm start to ready", median(whole), "s", median(alone), "Keycloak alone", 1.3, note=note)]


def keycloak_alone(stack: Bench) -> float:
    """Seconds from launching `start --optimized` until its health says ready; PostgreSQL runs already."""
    servers = Servers(stack.settings)
    servers.open()
    try:
        servers.prepare()
        servers.start_database()

        def until_ready() -> None:
            servers.start_keycloak()
            servers.await_keycloak()

        return seconds(until_ready)
    finally:
        servers.close()
