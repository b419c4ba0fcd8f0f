"""`cqrs sync` as people and scripts use it: what it says, and its exit codes."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from commands.sync import app
from directory.tree import Tree
from tests.support.builders import ods
from tests.support.servers.ods_service import KEY, ods_service, resource
from tests.support.servers.realm import TestRealm


def run(realm: TestRealm, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], env=realm.environment)


def run_without_keycloak(arguments: Sequence[object], url: str = "http://127.0.0.1:9") -> Result:
    environment = {"CQRS_KEYCLOAK_URL": url, "CQRS_KEYCLOAK_INTERNAL_URL": "", "CQRS_SYNC_SECRET": "x"}
    return CliRunner().invoke(app, [str(each) for each in arguments], env=environment)


@pytest.mark.keycloak
def test_plan_then_apply_then_nothing_to_do(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-3."""
    files = ods.small_country(tmp_path)
    planned = run(empty_realm, "plan", *files, "--out", tmp_path / "plan.jsonl")
    assert planned.exit_code == 0, planned.output
    assert "practices.zip: 43 practices and prescribing sites" in planned.output
    assert "create        52  new" in planned.output
    assert tree.read().organisations == {}
    lines = [json.loads(line) for line in (tmp_path / "plan.jsonl").read_text().splitlines()]
    assert len(lines) == 52
    assert {lines[0]["path"], lines[1]["path"]} == {"UNLISTED", "ZR1"}
    applied = run(empty_realm, "apply", *files)
    assert applied.exit_code == 0, applied.output
    assert "52 created, 0 finished, 0 updated." in applied.output
    again = run(empty_realm, "apply", *files)
    assert again.exit_code == 0
    assert "Nothing to do" in again.output
    assert "Done" not in again.output


@pytest.mark.keycloak
def test_a_plan_that_closes_too_many_stops_and_asks(
    empty_realm: TestRealm, tree: Tree, tmp_path: Path
) -> None:
    """SYN-4: nothing is written until somebody who has looked says yes."""
    rows = [ods.practice(f"ZA{number:04}") for number in range(60)]
    run(empty_realm, "apply", ods.write(tmp_path / "a.csv", rows))
    cut_off = ods.write(tmp_path / "b.csv", rows[:30])
    said = run(empty_realm, "apply", cut_off, "--out", tmp_path / "plan.csv")
    assert said.exit_code == 4
    assert "30 of 60 open organisations would close or move, 50 per cent" in said.output
    assert len((tmp_path / "plan.csv").read_text().splitlines()) == 31
    assert all(each.is_open for each in tree.read().organisations.values())
    assert run(empty_realm, "apply", cut_off, "--share", "10").exit_code == 4
    done = run(empty_realm, "apply", cut_off, "--yes")
    assert done.exit_code == 0, done.output
    assert "0 created, 0 finished, 0 updated, 30 closed." in done.output
    assert sum(each.is_open for each in tree.read().organisations.values()) == 30


@pytest.mark.keycloak
def test_a_list_of_icbs_cut_off_between_two_lines_stops_and_asks(
    empty_realm: TestRealm, tree: Tree, tmp_path: Path
) -> None:
    """SYN-4: forty commissioners are few in a country, and all that approve there."""
    practices = [ods.practice(f"ZA{number:04}") for number in range(60)]
    rows = [ods.region("ZR1"), *(ods.icb(f"ZI{number}", "ZR1") for number in range(42))]
    both = ods.write(tmp_path / "practices.csv", practices), ods.write(tmp_path / "icbs.csv", rows)
    assert run(empty_realm, "apply", *both).exit_code == 0
    said = run(empty_realm, "apply", ods.write(tmp_path / "cut.csv", rows[:4]), "--share", "50")
    assert said.exit_code == 4, said.output
    assert "39 of 42 open ICBs would close or move, 93 per cent" in said.output
    assert all(each.is_open for each in tree.read().organisations.values())


@pytest.mark.keycloak
def test_a_closure_or_two_ask_nothing(empty_realm: TestRealm, tmp_path: Path) -> None:
    """SYN-4: also where two are many."""
    run(empty_realm, "apply", ods.write(tmp_path / "a.csv", [ods.practice("ZA0001"), ods.practice("ZA0002")]))
    closing = ods.write(tmp_path / "b.csv", [ods.practice("ZA0001", status="C"), ods.practice("ZA0002")])
    said = run(empty_realm, "apply", closing)
    assert said.exit_code == 0
    assert "close          1  closed or no longer listed" in said.output
    assert "1 closed." in said.output


@pytest.mark.keycloak
def test_a_broken_file_among_good_ones_writes_nothing(
    empty_realm: TestRealm, tree: Tree, tmp_path: Path
) -> None:
    """SYN-5: refused as a whole; Keycloak is untouched."""
    files = ods.small_country(tmp_path)
    broken = ods.write(tmp_path / "more.csv", [ods.practice("ZD0001"), ods.practice("ZD0002", opened="x")])
    said = run(empty_realm, "apply", *files, broken)
    assert said.exit_code == 3
    assert "more.csv, line 2: 'x' in column 11 isn't a date" in said.output
    assert "Nothing was written." in said.output
    assert tree.read().organisations == {}


def test_a_broken_file_is_found_before_keycloak_is_asked(tmp_path: Path) -> None:
    """SYN-5."""
    twice = ods.write(tmp_path / "twice.csv", [ods.practice("ZA0001"), ods.practice("ZA0001")])
    assert run_without_keycloak(["apply", twice]).exit_code == 3


@pytest.mark.keycloak
def test_a_wrong_secret_is_told_from_keycloak_being_down(empty_realm: TestRealm, tmp_path: Path) -> None:
    environment = {**empty_realm.environment, "CQRS_SYNC_SECRET": "wrong"}
    files = [str(each) for each in ods.small_country(tmp_path)]
    said = CliRunner().invoke(app, ["plan", *files], env=environment)
    assert said.exit_code == 1
    assert "check the realm, and the account's secret" in said.output
    assert "Check that Keycloak runs" not in said.output


def test_keycloak_down(tmp_path: Path) -> None:
    said = run_without_keycloak(["apply", *ods.small_country(tmp_path)])
    assert said.exit_code == 1
    assert "Check that Keycloak runs" in said.output


def test_no_settings(tmp_path: Path) -> None:
    said = run_without_keycloak(["plan", *ods.small_country(tmp_path)], url="")
    assert said.exit_code == 2
    assert "Set CQRS_KEYCLOAK_URL and CQRS_SYNC_SECRET" in said.output


def test_neither_files_nor_service() -> None:
    said = run_without_keycloak(["plan"])
    assert said.exit_code == 2
    assert "Name files, or give --service" in said.output


def test_the_service_wants_its_address_and_key() -> None:
    said = CliRunner().invoke(app, ["plan", "--service"], env={"CQRS_ODS_URL": "", "CQRS_ODS_KEY": ""})
    assert said.exit_code == 2
    assert "Set CQRS_ODS_URL" in said.output


def refused_after_a_page(folder: Path, monkeypatch: pytest.MonkeyPatch, **told: str) -> Result:
    """`plan --service`, started in this empty folder, against a service that stops taking the key."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    with ods_service() as service:
        service.organisations = [resource("ZA0001", "RO177")]
        service.fail(401, after=1)
        environment = {"CQRS_ODS_URL": service.url, "CQRS_ODS_KEY": KEY, "CQRS_ODS_KEPT": ""} | told
        return CliRunner().invoke(app, ["plan", "--service"], env=environment)


def test_pages_of_the_service_are_kept_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never in the folder it is started in, where `make run` would find a `.cqrs` that isn't its own."""
    here, cache = tmp_path / "checkout", tmp_path / "cache"
    said = refused_after_a_page(here, monkeypatch, CQRS_CACHE=str(cache))
    assert "doesn't accept the key" in said.output
    assert [page.relative_to(cache).as_posix() for page in cache.rglob("*.json")] == ["ods/all/000001.json"]
    assert list(here.iterdir()) == []


def test_pages_of_the_service_where_the_user_has_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the image of the service, whose user has no home: a temporary folder, gone with it."""
    here, temporary, no_cache = tmp_path / "app", tmp_path / "temporary", tmp_path / "no-cache"
    no_cache.touch()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    said = refused_after_a_page(here, monkeypatch, CQRS_CACHE=str(no_cache))
    assert "doesn't accept the key" in said.output
    assert [*here.iterdir(), *temporary.iterdir()] == []


def test_a_folder_for_pages_that_can_not_be_written_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "ods"
    said = refused_after_a_page(tmp_path / "here", monkeypatch, CQRS_ODS_KEPT=str(folder))
    assert said.exit_code == 2, said.output
    assert (
        f"can't be kept in {folder} (Not a directory): name another folder with CQRS_ODS_KEPT" in said.output
    )


@pytest.mark.keycloak
def test_of_the_service(empty_realm: TestRealm, tree: Tree, tmp_path: Path) -> None:
    """SYN-1: first all, then what changed; a practice that isn't among the changes stays open.

    ORG-6: who took over from the one that closes is asked for, and stands on its group.
    """
    with ods_service() as ods:
        environment = {"CQRS_ODS_URL": ods.url, "CQRS_ODS_KEY": KEY, "CQRS_ODS_KEPT": str(tmp_path)}
        environment |= empty_realm.environment
        ods.organisations = [resource("ZA0001", "RO177"), resource("ZA0002", "RO177")]
        first = CliRunner().invoke(app, ["apply", "--service"], env=environment)
        assert "2 created" in first.output, first.output
        ods.organisations = [resource("ZA0002", "RO177", active=False, updated="2025-11-20")]
        ods.successions = {"ZA0002": ["ZA0001"]}
        then = CliRunner().invoke(app, ["apply", "--service", "--since", "2025-11-01"], env=environment)
        assert "1 closed" in then.output, then.output
    there = tree.read().organisations
    assert {code: (each.status, each.successor) for code, each in there.items()} == {
        "ZA0001": ("open", ""),
        "ZA0002": ("closed", "ZA0001"),
    }


@pytest.mark.keycloak
def test_a_months_file_does_not_undo_what_the_service_told(
    empty_realm: TestRealm, tree: Tree, tmp_path: Path
) -> None:
    """SYN-4: a practice that has opened since isn't in the file, and one that has closed is open there."""
    file = ods.write(tmp_path / "epraccur.csv", [ods.practice("ZA0001"), ods.practice("ZA0002")])
    regions = ods.write(tmp_path / "eauth.csv", [ods.region("ZR1")])
    assert run(empty_realm, "apply", file, regions).exit_code == 0
    with ods_service() as service:
        told = {"CQRS_ODS_URL": service.url, "CQRS_ODS_KEY": KEY, "CQRS_ODS_KEPT": str(tmp_path / "kept")}
        service.organisations = [
            resource("ZA0002", "RO177", active=False, updated="2025-11-12"),
            resource("ZA0003", "RO177", updated="2025-11-12"),
        ]
        newer = replace(empty_realm, environment=empty_realm.environment | told)
        assert run(newer, "apply", "--service", "--since", "2025-11-11").exit_code == 0
    assert "Nothing to do" in run(empty_realm, "apply", regions).output
    said = run(empty_realm, "apply", file)
    assert said.exit_code == 4, said.output
    assert "read the ODS service, which is newer than a month's files" in said.output
    there = tree.read().organisations
    assert {code: each.is_open for code, each in there.items()} == {
        "ZA0001": True,
        "ZA0002": False,
        "ZA0003": True,
        "ZR1": True,
    }
    assert run(empty_realm, "apply", file, "--yes").exit_code == 0
    assert run(empty_realm, "apply", file).exit_code == 0
