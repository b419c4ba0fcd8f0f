"""What a run reads: files, or the service; and that a file after the service wants a look. Pure.

A file lists its type completely, as of some day in the past month. So what the service told since would be
undone: a practice that has opened isn't among the file's and closes, one that has closed is open again.
"""

from collections.abc import Collection, Iterable

from directory.sync_runs import RunState, SyncRun

SERVICE = "the ODS service"


def source_names(files: Iterable[str], service: bool) -> list[str]:
    """As runs are told of: the names of the files, and the service's."""
    return [*files, *([SERVICE] if service else [])]


def after_the_service(sources: Collection[str], earlier: Iterable[SyncRun]) -> str:
    """Why files want a look now: the newest of the `earlier` runs read the service. Else empty."""
    last = next((run for run in earlier if _counts(run)), None)
    if last is None or SERVICE not in last.sources or set(sources) <= {SERVICE}:
        return ""
    return (
        f"The run of {last.began_at:%-d %B %Y} read {SERVICE}, which is newer than a month's files: "
        "they may close what has opened since and reopen what has closed."
    )


def _counts(run: SyncRun) -> bool:
    """Whether Keycloak has been as this told since: it began to write, or read the service and found it so.

    A file that found nothing to do says nothing of the other types, nor that the service is no longer newer.
    """
    found_so = run.state is RunState.UNCHANGED and SERVICE in run.sources
    return run.wrote or run.done > 0 or found_so
