"""What the table of a list shows of its columns and cells: with hundreds of them, no work for a template."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

Cell = Mapping[str, Any]
"""A part of a row: a `text`, or `html` in its place; and how it is shown."""
ACTION = "Action"


def install(app: Flask) -> None:
    """Gives templates `columns_used(head, rows)` and `filled(columns, row)`."""
    app.jinja_env.globals.update(columns_used=columns_used, filled=filled)


def columns_used(head: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> Sequence[Cell]:
    """The columns, without a last one of actions that nobody may take anywhere."""
    if head[-1]["text"] == ACTION and not any(_content(row[-1]) for row in rows):
        return head[:-1]
    return head


def filled(columns: Sequence[Cell], row: Sequence[Cell]) -> Iterator[tuple[Cell, Cell, Markup]]:
    """Each cell of a row with its column before it and its content after it, empty when there is none."""
    return ((column, cell, _content(cell)) for column, cell in zip(columns, row, strict=False))


def _content(cell: Cell) -> Markup:
    content = escape(cell.get("html", cell.get("text")) or "")
    return content if content.strip() else Markup("")
