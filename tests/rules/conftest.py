"""Hypothesis without a stopwatch: a busy machine must not fail a test of pure functions."""

from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
