"""Deciding a request: approve, or reject with a reason."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import AnyOf, ValidationError

from portal.acts.decide import Decision
from portal.pages.fields import ReasonField, needed, option

QUESTION = "Do you approve this request?"
UNANSWERED = "Select whether you approve or reject the request"


class DecisionForm(FlaskForm):
    """The answer, and the reason that a rejection needs."""

    decision = RadioField(
        QUESTION,
        validators=[needed(UNANSWERED), AnyOf([one.value for one in Decision], UNANSWERED)],
        validate_choice=False,
    )
    reason = ReasonField("Reason for rejecting")

    def offer(self, *, approval: bool) -> None:
        """The answers to choose from; a closed organisation's requests can only be rejected."""
        approve = [option(Decision.APPROVE.value, "Approve")] if approval else []
        self.decision.choices = [*approve, option(Decision.REJECT.value, "Reject")]

    def validate_reason(self, field: ReasonField) -> None:
        """The person is told why, so there has to be a why."""
        if self.decision.data == Decision.REJECT.value and not field.data:
            raise ValidationError("Enter a reason for rejecting, which the person will be told")

    @property
    def answer(self) -> Decision:
        return Decision(self.decision.data)


class ConfirmForm(FlaskForm):
    """The answer as it was shown for confirming."""

    decision = HiddenField()
    reason = HiddenField()
