"""The audit, for the Service Desk: searched by person, organisation, kind and date, and downloaded."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from flask import Blueprint, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField
from wtforms.validators import Optional, StopValidation

from directory.vocabulary import Role
from portal.acts.read_audit import note_download, note_reading
from portal.model.audit import AuditKind
from portal.pages.csv_files import first_line, line
from portal.pages.fields import SearchField, option
from portal.pages.paging import asked_page, asked_size, existing
from portal.pages.same_query import with_same_query
from portal.rules.calendar import LONDON
from portal.store.queries import audit, people
from portal.store.queries.audit import Sought
from portal.web import telling
from portal.web.access import Permission, me, request_origin, requires, services
from portal.web.reading import reading

log = structlog.get_logger()
pages = Blueprint("audit", __name__, url_prefix="/service-desk/audit")
COLUMNS = (
    "seq",
    "at",
    "kind",
    "actor_name",
    "actor_id",
    "actor_role",
    "actor_organisation",
    "subject",
    "organisation_code",
    "request_id",
    "before",
    "after",
    "reason",
    "origin",
    "hash",
)
KINDS = [option("", "Anything"), *[option(one.value, one.label) for one in AuditKind]]
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y")
ROLES = {role.value: role.label for role in Role}
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


def _in_our_time(_form: FlaskForm, field: DateField) -> None:
    """No entry is of another day, and the calendar's own end isn't reached."""
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise StopValidation("Enter a date from 1/1/2000 to 31/12/2099")


class DayField(DateField):
    """A day as England writes it, or as a browser's calendar does; the message says how to write one."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=[*DAYS], validators=[Optional(), _in_our_time], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError when it is no day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError("Enter a date as day/month/year, such as 27/3/2026") from wrong


class AuditForm(FlaskForm):
    """What to look for; all of it may be left out."""

    class Meta:
        csrf = False

    person = SearchField("Person (name or email address)")
    organisation = SearchField("Organisation (ODS code)")
    kind = SelectField("What happened", choices=KINDS, default="")
    since = DayField("From")
    until = DayField("To")

    def validate_until(self, until: DateField) -> None:
        """Raises StopValidation when it is before the first day."""
        if until.data and self.since.data and until.data < self.since.data:
            raise StopValidation("To must be the same as or after From")

    @property
    def filled_in(self) -> dict[str, str]:
        """What was asked for, as it was typed."""
        return {field.name: str(field.data) for field in self if field.data}

    @property
    def sought(self) -> Sought:
        return Sought(
            self.person.data or "",
            self.organisation.data or "",
            AuditKind(self.kind.data) if self.kind.data else None,
            _midnight(self.since.data),
            _midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
        )


def _midnight(day: date | None) -> datetime | None:
    """When that day begins in England."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON) if day else None


@pages.get("")
@requires(Permission.SERVE_EVERYBODY)
def search() -> str:
    """The newest entries that match."""
    form = AuditForm(request.args)
    if not form.validate():
        return _mistaken(form)
    note_reading(services(), me().shown_as, form.filled_in, asked_page(), request_origin())
    return _found(form)


def _found(form: AuditForm) -> str:
    with reading() as db:
        page = existing(audit.listing(db, form.sought, asked_page(), asked_size(20)))
        names = people.names(db, [entry.subject for entry in page.items])
    file = with_same_query(url_for("audit.download"), but={"page", "size"})
    return render_template("desk/audit.jinja", form=form, page=page, names=names, roles=ROLES, file=file)


def _mistaken(form: AuditForm) -> str:
    """Says what is wrong with what was typed, and shows no entry: any would be others than those sought."""
    return render_template("desk/audit.jinja", form=form, page=None, roles=ROLES)


@pages.get("/audit.csv")
@requires(Permission.SERVE_EVERYBODY)
def download() -> Response:
    """All entries that match, the oldest first; for what can't be sought, a page that says why."""
    form = AuditForm(request.args)
    if not form.validate():
        return Response(_mistaken(form), status=400)
    note_download(services(), me().shown_as, form.filled_in, request_origin())
    log.info("audit-downloaded", sought=sorted(form.filled_in), **telling.who())
    sought = form.sought
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    sessions = services().sessions

    def rows() -> Iterator[str]:
        yield first_line(COLUMNS)
        with sessions() as db:
            for entry in audit.download(db, sought):
                yield line([_cell(getattr(entry, column)) for column in COLUMNS])

    return Response(rows(), mimetype="text/csv", headers=headers)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, datetime) else str(value if value is not None else "")
