"""`python -m stack.compose.healthy ADDRESS`, for health checks: ends with 0 when the address answers well."""

import sys
import urllib.request

LONGEST_WAIT = 3


def main(address: str) -> None:
    """Raises what urllib does for no answer, or for one that says no: the engine keeps its last line."""
    with urllib.request.urlopen(address, timeout=LONGEST_WAIT) as answer:  # noqa: S310 (compose names it)
        answer.read()


if __name__ == "__main__":
    main(sys.argv[1])
