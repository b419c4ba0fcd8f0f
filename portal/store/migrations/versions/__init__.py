"""The steps, numbered; there is one newest."""
