"""What every directory knows of the sync's runs, the fake and a real Keycloak alike (test_contract.py)."""

from datetime import UTC, datetime, timedelta

from directory.sync_runs import RunState, SyncRun
from tests.support.directory.scene import Scene

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


class SyncRunsContract:
    """Section 12: the runs, newest first, as they said of themselves."""

    def test_what_a_run_says_comes_back(self, scene: Scene) -> None:
        run = SyncRun(
            "host-a",
            4711,
            ("eccg.zip", "epraccur.zip"),
            AT,
            AT + timedelta(seconds=9),
            RunState.FAILED,
            {"create": 2, "move": 31},
            7,
            "Keycloak does not answer",
            ('create P81001 St John\'s / "Quay" & <b>',),
            wrote=True,
        )
        noted = scene.build.note_run(run)
        assert scene.reader.sync_runs()[0] == noted
        assert (noted.problem, noted.counts, noted.changes) == (run.problem, run.counts, run.changes)
        assert (noted.planned, noted.wrote) == (33, True)

    def test_the_newest_is_first(self, scene: Scene) -> None:
        first, second = (scene.build.note_run(SyncRun("h", 1, (), AT, AT)) for _ in range(2))
        assert second.number == first.number + 1
        assert scene.reader.sync_runs()[:2] == [second, first]
