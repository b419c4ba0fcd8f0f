"""`python -m commands`: the same as `cqrs`."""

from commands import app

app()
