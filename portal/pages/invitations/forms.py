"""The questions of inviting somebody."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField

from portal.pages.fields import EmailField, NameField, needed


class EmailForm(FlaskForm):
    """Whom."""

    email = EmailField("Who do you want to invite?", whose="their")


class PersonForm(FlaskForm):
    """What they are called."""

    first_name = NameField("First name", whose="their")
    last_name = NameField("Last name", whose="their")


class OrganisationForm(FlaskForm):
    """One of the organisations that the inviter may invite to."""

    code = RadioField(
        "Select the organisation", validators=[needed("Select the organisation")], validate_choice=False
    )


class RoleForm(FlaskForm):
    """One of the roles that the inviter may grant there."""

    role = RadioField("What will their role be?", validators=[needed("Select a role")], validate_choice=False)


class SendForm(FlaskForm):
    """The answers as they were shown: when another tab changed them they are shown again first."""

    shown = HiddenField()
