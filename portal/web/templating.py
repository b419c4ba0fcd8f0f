"""How pages are rendered: our templates are strict, the NHS components' own keep the leniency they rely on.

Our templates live beside their routes in `portal/pages/<subject>`. The components come from the package
`nhsuk_frontend_jinja`, whose macros read parameters that were not passed.
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
)
from markupsafe import Markup, escape

from portal.rules.calendar import LONDON

COMPONENTS = "nhsuk/"


class PortalEnvironment(Environment):
    """A Jinja environment in which a misspelt name of ours is an error, not an empty space on the page."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self._components: Environment | None = None

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """A template by name; the components' come with the undefined values that they expect."""
        if isinstance(name, str) and name.startswith(COMPONENTS):
            return self._lenient().get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def _lenient(self) -> Environment:
        if self._components is None:
            lenient = Environment(self.app, **{**self.app.jinja_options, "undefined": ChainableUndefined})
            lenient.globals = self.globals
            lenient.filters = self.filters
            self._components = lenient
        return self._components


def install(app: Flask) -> None:
    """Makes `app` render with the portal's environment, before its first template."""
    app.jinja_environment = PortalEnvironment
    app.jinja_options = {
        "undefined": StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "loader": ChoiceLoader(
            [FileSystemLoader(Path(__file__).parents[1] / "pages"), PackageLoader("nhsuk_frontend_jinja")]
        ),
    }
    app.add_template_filter(day_and_time)
    app.add_template_filter(day)
    app.add_template_filter(thousands)
    app.add_template_filter(waiting)
    app.add_template_filter(breaking)


def day_and_time(moment: datetime) -> str:
    """A moment as England reads it, such as "3 November 2025 at 2:05pm"."""
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{day(moment)} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def day(moment: datetime) -> str:
    """The day of a moment in England, such as "3 November 2025"."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def thousands(number: int) -> str:
    """A number with commas, such as "12,440"."""
    return f"{number:,}"


def waiting(length: timedelta) -> str:
    """How long to wait, rounded up, such as "12 minutes" or "3 hours"."""
    minutes = max(1, -(-int(length.total_seconds()) // 60))
    count, unit = (minutes, "minute") if minutes < 120 else (-(-minutes // 60), "hour")
    return f"{count} {unit}{'s' if count > 1 else ''}"


def breaking(text: str) -> Markup:
    """A name or an address that goes on in the next line after a dot or before the @ where it can."""
    bare = str(escape(text)).replace("@", "<wbr>@").replace(".", ".<wbr>")
    return Markup(bare)  # noqa: S704 - escaped before our own tags were put in
