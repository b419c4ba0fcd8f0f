"""Counts and times the effects, for whoever watches the service."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from portal.model.effects import EffectKind

SECONDS = Histogram("cqrs_effect_seconds", "How long an effect took", ["kind"])
FAILURES = Counter(
    "cqrs_effect_failures_total", "Effects that failed and wait, or were refused", ["kind", "parked"]
)
MAILS = Counter("cqrs_mail_total", "What became of an attempt to send a message", ["outcome"])


@contextmanager
def timed(kind: EffectKind) -> Iterator[None]:
    with SECONDS.labels(kind.value).time():
        yield


def failed(kind: EffectKind, *, parked: bool) -> None:
    FAILURES.labels(kind.value, str(parked).lower()).inc()


def mail(outcome: str) -> None:
    MAILS.labels(outcome).inc()
