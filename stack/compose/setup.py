"""`python -m stack.compose.setup FOLDER`: migrates, applies the realm, loads the sample once, shows it.

The folder is a volume beside the database's. With the database's removed alone all is done anew; with the
folder's, the sample is loaded once more.
"""

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import exists, select

from portal.model.mirror import MirroredPerson
from portal.store.engine import make_engine
from stack import StackProblem
from stack.first_steps import FirstSteps, forget_first_steps, forget_what_changes_nothing_twice


def main(folder: Path) -> None:
    ours = {name: value for name, value in os.environ.items() if name.startswith("CQRS_")}
    steps = FirstSteps(folder, ours)
    forget_what_changes_nothing_twice(folder)
    steps.migrate()
    if not _has_people(ours["CQRS_DATABASE_URL"]):
        forget_first_steps(folder)
    steps.apply_realm()
    shown = Table("Name", "E-mail", "Password", "What for", title="Sample people")
    for person in steps.sample_people():
        shown.add_row(person["name"], person["email"], person["password"], person["may"])
    Console(width=150).print(shown)


def _has_people(database_url: str) -> bool:
    """Whether the sample's were copied to the portal, which is the last that is done with it."""
    with make_engine(database_url).connect() as connection:
        return bool(connection.scalar(select(exists().select_from(MirroredPerson))))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except StackProblem as problem:
        sys.exit(str(problem))
