"""The questions about a cluster."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from portal.pages.fields import at_most, lines, needed, one_line
from portal.rules.clusters import LONGEST_DESCRIPTION, LONGEST_NAME

TAKEN = "Another cluster of this organisation has this name. Enter a different name"


class DescriptionField(TextAreaField):
    """What a cluster is for; it may be left out."""

    limit = LONGEST_DESCRIPTION

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, [at_most(self.limit, "Description")], filters=[lines], **options)


class ClusterForm(FlaskForm):
    """What the cluster is called, and what for."""

    name = StringField(
        "Name",
        [needed("Enter a name for the cluster"), at_most(LONGEST_NAME, "Name")],
        filters=[one_line],
    )
    description = DescriptionField("Description")

    @property
    def entered(self) -> tuple[str, str]:
        """The name and the description."""
        return self.name.data or "", self.description.data or ""

    def say_taken(self) -> None:
        """Shows that the name is another cluster's."""
        self.name.errors = [*self.name.errors, TAKEN]
