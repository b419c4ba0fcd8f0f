"""`cqrs sync`: brings Keycloak's organisations in step with files of the NHS Organisation Data Service.

Exit codes, for scripts: 0 done, or nothing to do; 1 Keycloak is down or refused, run again; 2 a wrong option
or setting; 3 a broken file, nothing was written; 4 so many would close or move, or files come after the
service, that it wants --yes, nothing was written; 5 another run is under way, nothing was written; 130
stopped by hand, run again to finish.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commands.open_requests import open_requests
from commands.options import FAILED
from commands.sync_output import (
    MISUSED,
    err,
    out,
    print_notice,
    print_summary,
    progress_shown,
    told,
    write_plan,
)
from commands.sync_settings import (
    administrator,
    ods_service,
    pages_folder,
    run_log,
    service_account,
    tree_of,
)
from directory.errors import DirectoryAccessDenied, DirectoryError, DirectoryUnavailable
from directory.sync_runs import RunState
from directory.tree import Tree
from directory.tree_people import every_cluster, people_at
from stack.environment import running_environment
from sync.desired import TookOver
from sync.errors import AnotherRun, NothingKept, SyncError
from sync.notice import Facts, listed_in, touched_codes
from sync.records import Listing
from sync.run import Comparison, carry_out, compare, load
from sync.service import fetch
from sync.sources import after_the_service, source_names
from sync.successors import successors
from sync.too_many import FEW, ONE_OR_TWO, too_many
from sync.turn import Telling, telling, turn

BROKEN_FILE, TOO_MANY, ANOTHER_RUN, STOPPED = 3, 4, 5, 130
SHARE = 5.0  # per cent of the open organisations that may close or move without --yes

app = typer.Typer(
    no_args_is_help=True,
    help="Bring Keycloak's organisations in step with files of the NHS Organisation Data Service.",
    epilog="Exit codes: 0 done or nothing to do, 1 Keycloak is down or refused (run again), 2 a wrong option "
    "or setting, 3 a broken file (nothing was written), 4 too many would close or move, or files come after "
    "the service (nothing was written; look, then give --yes), 5 another run is under way (nothing was "
    "written), 130 stopped (run again to finish).",
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
        help="Per cent of the open organisations, and of those of each type, that may close or move without "
        f"--yes. {FEW}, with what goes along, may always, and of regions, ICBs and sub-ICB locations "
        f"{ONE_OR_TWO}.",
    ),
]


@app.command("plan")
def show_plan(
    files: Files = None, service: OfService = False, since: Since = None, out_file: Out = None
) -> None:
    """Show what `apply` would do and who would notice, and change nothing."""
    environment = running_environment()
    with _problems_explained():
        comparison = _compare(
            _listings(files or [], service, since, environment),
            tree_of(environment),
            _took_over(service, environment),
        )
        print_summary(comparison, administrator(environment) is not None)
        _look_closer(comparison, environment, out_file)


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
    would close or move more than --share, of all or of one type, stops before it begins: look at it, then
    give --yes. So does one of files after a run of the service, which is newer than they are. One run at a
    time: a second one is refused while the first goes on.

    The first load of a country is some four times faster when CQRS_KEYCLOAK_ADMIN and
    CQRS_KEYCLOAK_ADMIN_PASSWORD are set too: Keycloak lets only an administrator import in bulk.
    """
    environment = running_environment()
    with _problems_explained():
        tree = tree_of(environment)
        names = source_names([each.name for each in files or []], service)
        run = telling(run_log(environment), names)
        with _ending_told(run):
            listings = _listings(files or [], service, since, environment)
            with turn(run):
                comparison = _compare(listings, tree, _took_over(service, environment))
                run.planned(comparison.plan)
                print_summary(comparison, administrator(environment) is not None)
                if not yes and (why := _wants_a_look(comparison, share, run)):
                    _look_closer(comparison, environment, out_file)
                    _stop_and_ask(why, run)
                if out_file is not None:
                    write_plan(out_file, comparison)
                if comparison.plan.changes:
                    _carry_out(comparison, tree, run)
                run.end(RunState.DONE if comparison.plan.changes else RunState.UNCHANGED)


def _look_closer(comparison: Comparison, environment: Mapping[str, str], out_file: Path | None) -> None:
    """Who would notice: printed, and with the plan in full when that is wanted."""
    connection = service_account(environment)
    touched = touched_codes(comparison.plan, comparison.current)
    codes = {code for those in touched.values() for code in those}
    facts = Facts(
        people_at(connection, comparison.current, codes),
        listed_in(every_cluster(connection)) if codes else {},
        open_requests(environment) if codes else None,
    )
    print_notice(comparison, facts)
    if out_file is not None:
        write_plan(out_file, comparison, facts)


def _wants_a_look(comparison: Comparison, share: float, run: Telling) -> str:
    """Why the plan isn't to be carried out before somebody has looked; empty when it is."""
    what = too_many(comparison.plan, comparison.current, share)
    measured = f"{what}; over {share:g} per cent may mean a wrong or cut-off file." if what else ""
    late = after_the_service(run.run.sources, run.earlier) if comparison.plan.changes else ""
    return " ".join(filter(None, (measured, late)))


def _stop_and_ask(why: str, run: Telling) -> None:
    err.print(f"Nothing was written: {why}")
    err.print("Look at the plan (--out plan.csv); if it is right, run the same with --yes.")
    run.end(RunState.WAITING, why)
    raise typer.Exit(TOO_MANY)


def _carry_out(comparison: Comparison, tree: Tree, run: Telling) -> None:
    started = time.monotonic()
    run.writes()
    with progress_shown(len(comparison.plan.changes)) as on_progress:
        outcome = carry_out(comparison, tree, run.counted(on_progress))
    out.print(f"Done in {time.monotonic() - started:.1f} s: {told(outcome)}.")


@contextmanager
def _ending_told(run: Telling) -> Iterator[None]:
    """A run that fails or is stopped says so in Keycloak, where it can; one that never was says nothing."""
    try:
        yield
    except AnotherRun:
        raise
    except (SyncError, DirectoryError) as fault:
        run.end(RunState.FAILED, str(fault))
        raise
    except (KeyboardInterrupt, typer.Exit):
        if run.run.id and not run.run.state.is_over:
            run.end(RunState.STOPPED)
        raise


def _listings(
    files: list[Path], service: bool, since: datetime | None, environment: Mapping[str, str]
) -> tuple[Listing, ...]:
    if not files and not service:
        err.print("Name files, or give --service: see --help.")
        raise typer.Exit(MISUSED)
    return load(files, [_of_service(since, environment)] if service else [])


def _of_service(since: datetime | None, environment: Mapping[str, str]) -> Listing:
    kept = pages_folder(environment)
    return fetch(ods_service(environment), kept, since.date() if since else None)


def _took_over(service: bool, environment: Mapping[str, str]) -> TookOver:
    """Of the service, where it is read; no file says it."""
    return partial(successors, ods_service(environment)) if service else lambda _: {}


def _compare(listings: Sequence[Listing], tree: Tree, took_over: TookOver) -> Comparison:
    for listing in listings:
        out.print(f"{listing.name}: {len(listing.records):,} {listing.kind.value}")
    return compare(listings, tree, took_over)


@contextmanager
def _problems_explained() -> Iterator[None]:
    """Turns what went wrong into a line that says what to do, and an exit code."""
    try:
        yield
    except AnotherRun as error:
        err.print(str(error), markup=False)
        err.print("Nothing was written. Run this again when that one has ended.")
        raise typer.Exit(ANOTHER_RUN) from error
    except NothingKept as error:
        err.print(str(error), markup=False)
        raise typer.Exit(MISUSED) from error
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
