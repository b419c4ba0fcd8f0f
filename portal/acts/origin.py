"""Where an act came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The network address of the browser; empty when there is none."""

    address: str = ""
