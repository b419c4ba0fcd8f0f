"""`python -m tests.stack.hold_servers STATE`: starts Servers, says what they are, and waits to be stopped."""

import json
import signal
import sys
from pathlib import Path

from stack import StackProblem
from stack.servers import Servers
from stack.supervisor import StopRequested, stop_on_signals


def main(state: Path) -> None:
    with stop_on_signals(), Servers(state) as servers:
        facts = {
            "pids": servers.register.pids,
            "postgres_url": servers.postgres_url,
            "keycloak_url": servers.keycloak_url,
            "mail_url": servers.mail_url,
        }
        print(json.dumps(facts), flush=True)
        signal.pause()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except StopRequested:
        sys.exit(0)
    except StackProblem as problem:
        sys.exit(str(problem))
