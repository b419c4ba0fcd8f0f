"""The columns and cells of a list's table: with hundreds of cells, no work for a template.

A cell is a mapping with a `text`, or `html` in its place; `as` names the class of a part that keeps some
room, which a cell itself can't.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

Part = Mapping[str, Any]
ACTION = "Action"
NOTHING = '<td class="nhsuk-table__cell portal-nothing" role="cell"></td>'


def install(app: Flask) -> None:
    """Gives templates `columns_used(head, rows)` and `cells(columns, row)`."""
    app.jinja_env.globals.update(columns_used=columns_used, cells=cells)


def columns_used(head: Sequence[Part], rows: Sequence[Sequence[Part]]) -> Sequence[Part]:
    """The columns, without a last one of actions that nobody may take anywhere."""
    if head[-1]["text"] == ACTION and not any(_content(row[-1]) for row in rows):
        return head[:-1]
    return head


def cells(columns: Sequence[Part], row: Sequence[Part]) -> Markup:
    """The cells of a row, each with its column's name before it, which phones show."""
    return Markup("\n".join(map(_cell, columns, row)))  # noqa: S704 - each part is escaped


def _cell(column: Part, cell: Part) -> str:
    content = _content(cell)
    if not content:
        return NOTHING
    if "as" in cell:
        content = f'<span><span class="{escape(cell["as"])}">{content}</span></span>'
    elif "html" in cell:
        content = f"<span>{content}</span>"
    numeric = " nhsuk-table__cell--numeric" if "format" in column else ""
    name = f'<span class="nhsuk-table__heading" aria-hidden="true">{escape(column["text"])} </span>'
    return f'<td class="nhsuk-table__cell{numeric}" role="cell">{name}{content}</td>'


def _content(cell: Part) -> str:
    content = str(escape(cell.get("html", cell.get("text")) or ""))
    return "" if content.isspace() else content
