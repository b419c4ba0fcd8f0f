"""How often Python looks for garbage during a test run, as a plugin of pytest.

Every process of a run holds all tests and all libraries, some half a million objects that stay to its end. To
look through them over and over takes a tenth of the processor time of our own code.
"""

import gc

import pytest

NEW_OBJECTS = 10_000
"""After so many more the youngest are looked through; Python's own setting is 700."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:  # noqa: ARG001 - as pytest calls it
    """What is there now stays: it isn't looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
