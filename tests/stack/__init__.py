"""The stack that starts everything: fetching, starting, restarting, stopping."""
