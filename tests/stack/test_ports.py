"""A taken port gets one clear line; ports come from the environment and are kept."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import StackProblem
from stack.ports import choose_ports, is_free
from stack.settings import read_settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_its_variable_and_its_holder(taken: int, tmp_path: Path) -> None:
    """A taken port."""
    with pytest.raises(StackProblem) as problem:
        choose_ports({"portal": taken}, tmp_path / "ports.json")
    words = str(problem.value)
    assert f"Port {taken} is taken by" in words
    assert f"(pid {os.getpid()})" in words
    assert "CQRS_PORTAL_PORT" in words
    assert "\n" not in words


def test_a_port_of_the_other_localhost_counts_as_taken() -> None:
    """A taken port, on the address that a browser may try first."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        assert not is_free(server.getsockname()[1])


def test_chosen_ports_are_kept_for_the_next_start(tmp_path: Path) -> None:
    """The next start keeps all data, and so the addresses written in it."""
    first = choose_ports({}, tmp_path / "ports.json")
    assert len(set(first.values())) == len(first)
    assert choose_ports({}, tmp_path / "ports.json") == first


def test_a_kept_port_that_is_taken_now_is_chosen_anew(tmp_path: Path) -> None:
    """A taken port that nobody asked for is no problem at all."""
    first = choose_ports({}, tmp_path / "ports.json")
    with socket.create_server(("127.0.0.1", first["postgres"])):
        second = choose_ports({}, tmp_path / "ports.json")
    assert second["postgres"] != first["postgres"]
    assert second["smtp"] == first["smtp"]


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1", "80 80"])
def test_what_is_no_port_is_refused(value: str) -> None:
    """Bad input gets one clear line."""
    with pytest.raises(StackProblem, match="CQRS_MAIL_PORT"):
        read_settings({"CQRS_MAIL_PORT": value})


def test_one_port_for_two_is_refused() -> None:
    """Bad input gets one clear line."""
    with pytest.raises(StackProblem, match="CQRS_PORTAL_PORT, CQRS_KEYCLOAK_PORT"):
        read_settings({"CQRS_PORTAL_PORT": "8080"})
