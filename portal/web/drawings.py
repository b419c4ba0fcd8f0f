"""The logo and the icons of the design system, drawn by its own templates once and kept."""

import re
from functools import cache

from flask import Flask
from markupsafe import Markup

LOGO = re.compile(r'<svg class="nhsuk-header__logo".*?</svg>', re.DOTALL)


def install(app: Flask) -> None:
    """Gives templates `nhs_logo()` and `nhs_icon(name)`."""
    environment = app.jinja_env

    @cache
    def nhs_logo() -> Markup:
        """The logo as the header has it."""
        module = environment.get_template("nhsuk/components/header/macro.jinja").module
        found = LOGO.search(module.header({}))  # type: ignore[attr-defined]
        if found is None:
            raise LookupError("the design system's header has no logo")
        return Markup(found[0])  # noqa: S704 - the design system's own markup

    @cache
    def nhs_icon(name: str) -> Markup:
        module = environment.get_template("nhsuk/macros/icon.jinja").module
        return Markup(module.nhsukIcon(name).strip())  # type: ignore[attr-defined]  # noqa: S704

    environment.globals.update(nhs_logo=nhs_logo, nhs_icon=nhs_icon)
