"""What every directory tells of changes, run on the fake and on a real Keycloak alike (test_contract.py)."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from directory.contract import Change, ChangeKind
from directory.errors import OrganisationNotFound, PersonNotFound
from directory.vocabulary import ApprovalLevel, Role
from tests.support.directory.scene import Scene


class ChangesContract:
    """SYN-7: what is changed in Keycloak, by whom ever, reaches the portal."""

    def test_a_person_and_a_role(self, scene: Scene) -> None:
        practice, start = scene.practice(), _now()
        person = scene.person((practice.code, Role.PROVIDER_USER))
        scene.writer.remove(person.id, practice, Role.PROVIDER_USER)
        kinds = [change.kind for change in _about(scene, person.id, start)]
        assert kinds[0] is ChangeKind.PERSON
        assert kinds.count(ChangeKind.MEMBERSHIP) == 2

    @pytest.mark.parametrize("act", ["disable", "lock", "lift_lock"])
    def test_locked_unlocked_and_disabled(self, scene: Scene, act: str) -> None:
        """AUT-3: an approver sees a lock in the users list."""
        person = scene.person()
        if act == "lift_lock":
            scene.build.lock(person.id)
        start = _after()
        getattr(scene.build, act)(person.id)
        assert {change.kind for change in _about(scene, person.id, start)} == {ChangeKind.PERSON}

    def test_who_made_it(self, scene: Scene) -> None:
        """AUD-1: a program by its client id, an administrator by their id alone, a person by their name."""
        person = scene.person()
        start = _after()
        scene.build.disable(person.id)
        (console,) = {change.by for change in _about(scene, person.id, start)}
        assert console
        assert scene.reader.account_name(console) == ""
        start = _after()
        scene.writer.set_wants_email(person.id, False)
        (program,) = {change.by for change in _about(scene, person.id, start)}
        assert scene.reader.account_name(program) == "cqrs-writer"
        assert scene.reader.account_name(person.id) == person.name
        assert scene.reader.account_name("not an id / at all") == ""

    def test_a_deleted_person(self, scene: Scene) -> None:
        person = scene.person()
        start = _after()
        scene.build.delete_person(person.id)
        assert {change.kind for change in _about(scene, person.id, start)} == {ChangeKind.PERSON}
        with pytest.raises(PersonNotFound):
            scene.reader.standing(person.id)

    def test_an_organisation_made_changed_and_moved(self, scene: Scene) -> None:
        old, new = scene.sub_icb(), scene.sub_icb()
        start = _after()
        practice = scene.practice(old.code)
        assert _kinds(scene, practice.id, start) == {ChangeKind.NEW_ORGANISATION}
        start = _after()
        scene.build.change(practice.code, status="closed")
        assert _kinds(scene, practice.id, start) == {ChangeKind.ORGANISATION}
        start = _after()
        scene.writer.set_approval_level(practice, ApprovalLevel.MULTI)
        assert _kinds(scene, practice.id, start) == {ChangeKind.ORGANISATION}
        start = _after()
        scene.build.move(practice.code, new.code)
        assert _kinds(scene, practice.id, start) == {ChangeKind.ORGANISATION}

    def test_a_deleted_organisation(self, scene: Scene) -> None:
        """Whatever was below went with it: only a reconcile tells."""
        practice = scene.practice()
        start = _after()
        scene.build.close_down(practice.code)
        assert ChangeKind.EVERYTHING in {change.kind for change in scene.reader.changes(start)}
        with pytest.raises(OrganisationNotFound):
            scene.reader.organisation_by_id(practice.id)

    def test_oldest_first_and_none_before_the_time_asked(self, scene: Scene) -> None:
        start, practice = _now(), scene.practice()
        scene.person((practice.code, Role.PROVIDER_USER))
        found = scene.reader.changes(start)
        assert [change.at for change in found] == sorted(change.at for change in found)
        assert len({change.id for change in found}) == len(found)
        assert all(change.at >= start for change in found)
        middle = found[-1].at
        assert {change.id for change in scene.reader.changes(middle)} >= {found[-1].id}
        assert scene.reader.changes(middle + timedelta(seconds=5)) == []


def _now() -> datetime:
    """This moment in whole milliseconds, as Keycloak keeps time."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _after() -> datetime:
    """A moment after everything that has changed so far."""
    time.sleep(0.002)
    return _now()


def _about(scene: Scene, subject: str, since: datetime) -> list[Change]:
    return [change for change in scene.reader.changes(since) if change.subject == subject]


def _kinds(scene: Scene, subject: str, since: datetime) -> set[ChangeKind]:
    return {change.kind for change in _about(scene, subject, since)}
