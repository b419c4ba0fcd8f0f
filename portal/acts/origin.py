"""Where an act came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The network address of the browser, and what it calls itself."""

    address: str = ""
    agent: str = ""
