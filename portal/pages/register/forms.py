"""The questions of registering."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from portal.pages.fields import EmailField, NameField, needed


class EmailForm(FlaskForm):
    """The first question; `organisation` comes along when a link named it."""

    email = EmailField("What is your email address?")
    organisation = HiddenField()


class OrganisationForm(FlaskForm):
    """One of the organisations that were found."""

    code = RadioField(
        "Select your organisation",
        validators=[InputRequired("Select your organisation")],
        validate_choice=False,
    )


class RoleForm(FlaskForm):
    """The role, of those the organisation offers, and the person's name."""

    role = RadioField(
        "What will your role be?", validators=[needed("Select your role")], validate_choice=False
    )
    first_name = NameField("First name")
    last_name = NameField("Last name")


class SendForm(FlaskForm):
    """The answers as they were shown: when another tab changed them they are shown again first."""

    shown = HiddenField()
