"""`python -m stack.compose.setup FOLDER`: migrates, applies the realm, loads the sample once, shows it."""

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stack import StackProblem
from stack.first_steps import FirstSteps


def main(folder: Path) -> None:
    ours = {name: value for name, value in os.environ.items() if name.startswith("CQRS_")}
    steps = FirstSteps(folder, ours)
    steps.migrate()
    steps.apply_realm()
    shown = Table("Name", "E-mail", "Password", "What for", title="Sample people")
    for person in steps.sample_people():
        shown.add_row(person["name"], person["email"], person["password"], person["may"])
    Console(width=150).print(shown)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except StackProblem as problem:
        sys.exit(str(problem))
