"""Finds free ports, and says who has one that is taken."""

import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from stack import StackProblem
from stack.disk import read_json, write_json
from stack.settings import PRIVATE_PORTS, PUBLIC_PORTS, variable

_HOST = "127.0.0.1"


def choose_ports(asked: Mapping[str, int], path: Path) -> dict[str, int]:
    """A port for every name: the one asked for, else the one that `path` remembers, else a free one.

    Raises StackProblem when one that was asked for is taken.
    """
    for name, port in asked.items():
        if not is_free(port):
            raise StackProblem(_taken(name, port))
    last = read_json(path) or {}
    chosen = dict(asked)
    for name in (*PUBLIC_PORTS, *PRIVATE_PORTS):
        if name not in chosen:
            used = set(chosen.values())
            chosen[name] = _usable(last.get(name), used) or _free_port(used)
    write_json(path, chosen)
    return chosen


def is_free(port: int) -> bool:
    """Whether nothing here listens on it, on either of the addresses that `localhost` may mean."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return not _answers_on_ipv6(port)


def _answers_on_ipv6(port: int) -> bool:
    try:
        with socket.create_connection(("::1", port), timeout=0.5):
            return True
    except OSError:
        return False


def _usable(port: int | None, used: set[int]) -> int | None:
    return port if port and port not in used and is_free(port) else None


def _free_port(used: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((_HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in used:
            return port


def _taken(name: str, port: int) -> str:
    return f"Port {port} is taken{_by_whom(port)}: stop that, or choose another with {variable(name)}."


def _by_whom(port: int) -> str:
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.Error:
        return ""
    for connection in connections:
        address = connection.laddr
        listens = address and connection.status == psutil.CONN_LISTEN and address.port == port
        if listens and connection.pid:
            return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
