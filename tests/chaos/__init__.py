"""Attacks without a plan: nonsense to every form, and a scanner as each role. `make chaos`, not every run."""
