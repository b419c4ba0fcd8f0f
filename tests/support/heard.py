"""What a proxy in front of Keycloak heard of the names that calls have."""

from tests.support.fault_proxy import FaultProxy


def names_heard(proxy: FaultProxy, part: str = "/") -> list[tuple[str, str]]:
    """Each call whose address has `part` in it: its address without the query, and its name or nothing."""
    heads = [data.decode("latin-1").split("\r\n") for data in proxy.heard if b" HTTP/1.1\r\n" in data]
    return [(_address(lines[0]), _name(lines)) for lines in heads if part in _address(lines[0])]


def _address(line: str) -> str:
    return line.split(" ")[1].partition("?")[0]


def _name(lines: list[str]) -> str:
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return headers.get("x-request-id", "")
