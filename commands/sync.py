"""`cqrs sync`: brings Keycloak's organisations in step with files of the NHS Organisation Data Service.

Exit codes, for scripts: 0 done, or nothing to do; 1 Keycloak is down or refused, run again; 2 a wrong option
or setting; 3 a broken file, nothing was written; 4 so many would close or move that it wants --yes, nothing
was written; 130 stopped by hand, run again to finish.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from commands.options import DEFAULT_REALM, FAILED
from directory.connection import AdminConnection, Connection
from directory.errors import DirectoryAccessDenied, DirectoryError, DirectoryUnavailable
from directory.tree import WORTH_IMPORTING, Tree
from directory.tree import Progress as OnProgress
from stack.environment import running_environment
from sync.apply import Outcome
from sync.errors import SyncError
from sync.pages import Service
from sync.plan import DESCRIPTIONS, Operation, Plan
from sync.records import Listing
from sync.run import Comparison, carry_out, compare, load
from sync.service import fetch

MISUSED, BROKEN_FILE, TOO_MANY, STOPPED = 2, 3, 4, 130
SHARE = 5.0  # per cent of the open organisations that may close or move without --yes
ALWAYS_FINE = 20  # closures and moves: a share of a handful of organisations says nothing
PLAIN_EVERY = 2.0  # seconds between progress lines where there is no terminal

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

app = typer.Typer(
    no_args_is_help=True,
    help="Bring Keycloak's organisations in step with files of the NHS Organisation Data Service.",
    epilog="Exit codes: 0 done or nothing to do, 1 Keycloak is down or refused (run again), 2 a wrong option "
    "or setting, 3 a broken file (nothing was written), 4 too many would close or move (nothing was written; "
    "look, then give --yes), 130 stopped (run again to finish).",
)

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="ODS classic CSV files, zipped or not: eauth, eccg, epraccur, ebranchs. What a file holds is "
        "told from its content. Give together what belongs together: a parent neither in these files nor in "
        "Keycloak leaves its organisations directly under /organisations.",
        show_default=False,
    ),
]
OfService = Annotated[
    bool,
    typer.Option(
        "--service",
        help="Read the ODS service too: CQRS_ODS_URL is its FHIR R4 interface, CQRS_ODS_KEY its key.",
    ),
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Of the service, only what changed since that day."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Write the whole plan to this file: CSV when it ends in .csv, else a line of JSON a change.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Close and move however many the plan says.")]
Share = Annotated[
    float,
    typer.Option(
        "--share",
        min=0,
        max=100,
        envvar="CQRS_SYNC_SHARE",
        help=f"Per cent of the open organisations that may close or move without --yes; {ALWAYS_FINE} may.",
    ),
]


@app.command("plan")
def show_plan(
    files: Files = None, service: OfService = False, since: Since = None, out_file: Out = None
) -> None:
    """Show what `apply` would do, and change nothing."""
    with _problems_explained():
        comparison = _compare(_listings(files or [], service, since), _tree(running_environment()))
        if out_file is not None:
            _write(out_file, comparison.plan)
        _print_summary(comparison)


@app.command("apply")
def apply_plan(
    files: Files = None,
    service: OfService = False,
    since: Since = None,
    out_file: Out = None,
    yes: Yes = False,
    share: Share = SHARE,
) -> None:
    """Make Keycloak's organisations as the files have them. May be stopped at any time and run again.

    Nothing is ever deleted, and people keep their roles whatever becomes of an organisation. A plan that
    would close or move more than --share stops before it begins: look at it, then give --yes.

    The first load of a country is some four times faster when CQRS_KEYCLOAK_ADMIN and
    CQRS_KEYCLOAK_ADMIN_PASSWORD are set too: Keycloak lets only an administrator import in bulk.
    """
    with _problems_explained():
        listings = _listings(files or [], service, since)
        tree = _tree(running_environment())
        comparison = _compare(listings, tree)
        if out_file is not None:
            _write(out_file, comparison.plan)
        _print_summary(comparison)
        if not yes:
            _stop_if_too_many(comparison.plan, share)
        if comparison.plan.changes:
            _carry_out(comparison, tree)


def _stop_if_too_many(plan: Plan, share: float) -> None:
    changes = len(plan.of(Operation.CLOSE, Operation.MOVE))
    if changes > ALWAYS_FINE and plan.share() > share:
        err.print(
            f"Nothing was written: {changes:,} of {plan.open_now:,} open organisations would close or move, "
            f"{plan.share():.0f} per cent, and more than {share:g} per cent may mean a wrong or cut-off file."
        )
        err.print("Look at the plan (--out plan.csv); if it is right, run the same with --yes.")
        raise typer.Exit(TOO_MANY)


def _carry_out(comparison: Comparison, tree: Tree) -> None:
    started = time.monotonic()
    with _progress(len(comparison.plan.changes)) as on_progress:
        outcome = carry_out(comparison, tree, on_progress)
    out.print(f"Done in {time.monotonic() - started:.1f} s: {_told(outcome)}.")


def _told(outcome: Outcome) -> str:
    """The three of every run, then what else there was."""
    always = f"{outcome.created:,} created, {outcome.finished:,} finished, {outcome.updated:,} updated"
    others = {"moved": outcome.moved, "closed": outcome.closed, "reopened": outcome.reopened}
    return ", ".join([always, *(f"{count:,} {what}" for what, count in others.items() if count)])


def _listings(files: list[Path], service: bool, since: datetime | None) -> tuple[Listing, ...]:
    if not files and not service:
        err.print("Name files, or give --service: see --help.")
        raise typer.Exit(MISUSED)
    return load(files, [_of_service(since)] if service else [])


def _of_service(since: datetime | None) -> Listing:
    environment = running_environment()
    url, key = environment.get("CQRS_ODS_URL"), environment.get("CQRS_ODS_KEY")
    if not url or not key:
        err.print("Set CQRS_ODS_URL, the address of the ODS service up to /fhir, and CQRS_ODS_KEY, its key.")
        raise typer.Exit(MISUSED)
    kept = Path(environment.get("CQRS_ODS_KEPT", ".cqrs/ods"))
    return fetch(Service(url, key), kept, since.date() if since else None)


def _compare(listings: Sequence[Listing], tree: Tree) -> Comparison:
    for listing in listings:
        out.print(f"{listing.name}: {len(listing.records):,} {listing.kind.value}")
    return compare(listings, tree)


def _print_summary(comparison: Comparison) -> None:
    plan = comparison.plan
    out.print(f"Keycloak holds {len(comparison.current.organisations):,} organisations.")
    for operation, count in plan.counts.items():
        if count or operation in (Operation.CREATE, Operation.UPDATE):
            out.print(f"  {operation.value:<8}{count:>8,}  {DESCRIPTIONS[operation]}")
    if plan.unplaced:
        out.print(f"Left by a stopped run, and in none of these files: {', '.join(plan.unplaced)}.")
        out.print("Run again with the file that lists them.")
    if not plan.changes:
        out.print("Nothing to do: Keycloak is in step with these files.")
    elif plan.counts[Operation.CREATE] >= WORTH_IMPORTING and _administrator(running_environment()) is None:
        out.print("Creating one by one; see `cqrs sync apply --help` for the faster way.")


def _write(target: Path, plan: Plan) -> None:
    """Whole or not at all: a half-written plan would read like a smaller one."""
    draft = target.with_name(target.name + ".part")
    try:
        text = plan.as_csv() if target.suffix.lower() == ".csv" else plan.as_lines()
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(target)
    except OSError as error:
        err.print(f"The plan can't be written to {target} ({error.strerror}): give another --out.")
        raise typer.Exit(MISUSED) from error


@contextmanager
def _progress(total: int) -> Iterator[OnProgress]:
    """A bar on a terminal, a line now and then elsewhere."""
    if out.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate())
        with Progress(*columns, TimeRemainingColumn(), console=out) as bar:
            task = bar.add_task("Organisations", total=total)
            yield lambda done: bar.advance(task, done)
    else:
        yield _PlainProgress(total)


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class _PlainProgress:
    """Prints how far it is, at most every two seconds."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._next = time.monotonic() + PLAIN_EVERY

    def __call__(self, done: int) -> None:
        self._done += done
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PLAIN_EVERY
            out.print(f"{self._done:,} of {self._total:,}")


@contextmanager
def _problems_explained() -> Iterator[None]:
    """Turns what went wrong into a line that says what to do, and an exit code."""
    try:
        yield
    except SyncError as error:
        err.print(str(error), markup=False)
        err.print("Nothing was written. Correct or download the files again, then run this again.")
        raise typer.Exit(BROKEN_FILE) from error
    except DirectoryError as error:
        err.print(str(error), markup=False)
        if isinstance(error, DirectoryUnavailable) and not isinstance(error, DirectoryAccessDenied):
            err.print(
                "Check that Keycloak runs and CQRS_KEYCLOAK_URL is right; run again to go on from here."
            )
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt:
        err.print("Stopped. Run the same again to finish.")
        raise typer.Exit(STOPPED) from None


def _tree(environment: Mapping[str, str]) -> Tree:
    url, secret = _keycloak_url(environment), environment.get("CQRS_SYNC_SECRET")
    if not url or not secret:
        err.print("Set CQRS_KEYCLOAK_URL and CQRS_SYNC_SECRET, the secret of the service account cqrs-sync;")
        err.print("or start the local stack with `make run`, whose settings are then taken.")
        raise typer.Exit(MISUSED)
    connection = Connection(url, environment.get("CQRS_REALM", DEFAULT_REALM), "cqrs-sync", secret)
    return Tree(connection, _administrator(environment))


def _administrator(environment: Mapping[str, str]) -> AdminConnection | None:
    name = environment.get("CQRS_KEYCLOAK_ADMIN")
    password = environment.get("CQRS_KEYCLOAK_ADMIN_PASSWORD")
    return AdminConnection(_keycloak_url(environment), name, password) if name and password else None


def _keycloak_url(environment: Mapping[str, str]) -> str:
    """Keycloak as this machine reaches it; empty when nothing names it."""
    return environment.get("CQRS_KEYCLOAK_INTERNAL_URL") or environment.get("CQRS_KEYCLOAK_URL", "")
