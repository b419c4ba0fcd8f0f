"""The stack that starts everything: fetching, starting, healing, stopping."""
