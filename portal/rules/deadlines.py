"""What is due on a request that nobody has answered: a reminder, a step up, and at last its lapse."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.rules.calendar import working_days_after


class Step(StrEnum):
    """What happens to an unanswered request, in this order."""

    REMIND = "remind"
    ESCALATE = "escalate"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many working days of England each step comes, counted from the request.

    Raises ValueError when they are not in order: remind, then escalate, then lapse.
    """

    remind: int = 5
    escalate: int = 10
    lapse: int = 60

    def __post_init__(self) -> None:
        if not 0 < self.remind < self.escalate < self.lapse:
            raise ValueError("a request is reminded of, then goes up, then lapses: the days must rise")

    def days(self, step: Step) -> int:
        return {Step.REMIND: self.remind, Step.ESCALATE: self.escalate, Step.LAPSE: self.lapse}[step]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open request's times: when it was made, and when each step was taken, None while it was not.

    One that was set aside for a while counts as made so much later.
    """

    asked_at: datetime
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None

    def taken(self, step: Step) -> bool:
        """Whether the step was taken. A lapsed request is open no more, so is never asked about."""
        if step is Step.REMIND:
            return self.reminded_at is not None
        return step is Step.ESCALATE and self.escalated_at is not None


def due(waiting: Waiting, now: datetime, limits: Limits) -> tuple[Step, ...]:
    """The steps to take now, in order, each that was not yet taken; several after the worker stood still."""
    return tuple(
        step for step in Step if not waiting.taken(step) and now >= falls_due(waiting.asked_at, step, limits)
    )


def falls_due(asked_at: datetime, step: Step, limits: Limits) -> datetime:
    """When the step comes for a request made at `asked_at`, in UTC."""
    return working_days_after(asked_at, limits.days(step))
