"""How every directory grants and removes roles, run on the fake and on a real Keycloak (test_contract.py)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from directory.errors import DirectoryRefused, OrganisationNotFound, PersonNotFound
from directory.vocabulary import Holding, Organisation, OrganisationType, Role
from tests.support.directory.scene import Scene, code

NOBODY = "00000000-0000-4000-8000-000000000000"


class RolesContract:
    """A role at an organisation is granted and removed, once or repeatedly, and follows the organisation."""

    def test_disabled_and_enabled_with_everything_kept(self, scene: Scene) -> None:
        """USR-3, USR-4: their roles, names and settings stay; twice is as good as once."""
        practice = scene.practice()
        person = scene.person((practice.code, Role.PROVIDER_USER))
        scene.writer.set_wants_email(person.id, False)
        before = scene.reader.standing(person.id)
        for enabled in (False, False, True, True):
            changed = scene.writer.set_enabled(person.id, enabled)
            now = scene.reader.standing(person.id)
            assert changed.enabled is enabled
            assert now == replace(before, person=replace(before.person, enabled=enabled))
        with pytest.raises(PersonNotFound):
            scene.writer.set_enabled(NOBODY, False)

    def test_what_tokens_say_is_written_and_taken_away(self, scene: Scene) -> None:
        """SCP-1: beside what else is known of the person, and at a length that Keycloak keeps whole."""
        person = scene.person()
        scene.writer.set_wants_email(person.id, False)
        for text in ("", '{"roles":{}}', "x" * 2048, "x" * 2048, "", ""):
            assert scene.writer.set_access(person.id, text).access == text
            assert scene.reader.person(person.id).access == text
            assert next(one for one in scene.reader.people() if one.id == person.id).access == text
        assert not scene.reader.person(person.id).wants_email
        with pytest.raises(PersonNotFound):
            scene.writer.set_access(NOBODY, "")

    def test_sessions_end_when_there_are_none(self, scene: Scene) -> None:
        """USR-3: nothing to end is as good; nobody is not."""
        scene.writer.end_sessions(scene.person().id)
        with pytest.raises(PersonNotFound):
            scene.writer.end_sessions(NOBODY)

    def test_granted_once_however_often(self, scene: Scene) -> None:
        """ORG-2, APR-4: the role's group is made when first needed; a repeated grant changes nothing."""
        practice, person = scene.practice(scene.sub_icb().code), scene.person()
        for _ in range(3):
            scene.writer.grant(person.id, practice, Role.PROVIDER_USER)
        held = frozenset({Holding(Role.PROVIDER_USER, practice.path)})
        assert scene.reader.standing(person.id).holdings == held
        assert [s.person for s in scene.reader.holders(practice, Role.PROVIDER_USER)] == [person]

    def test_granted_by_several_at_once(self, scene: Scene) -> None:
        """APR-4: the first two approvals at a practice both need its role's group at the same moment."""
        practice, people = scene.practice(), [scene.person() for _ in range(4)]
        together = Barrier(len(people))

        def grant(person_id: str) -> None:
            together.wait()
            scene.writer.grant(person_id, practice, Role.PROVIDER_FINANCE)

        with ThreadPoolExecutor(len(people)) as pool:
            list(pool.map(grant, [person.id for person in people]))
        holders = scene.reader.holders(practice, Role.PROVIDER_FINANCE)
        assert {s.person.id for s in holders} == {person.id for person in people}

    def test_one_grant_carried_out_twice_at_once(self, scene: Scene) -> None:
        """APR-4: the portal and its worker may both apply one decision."""
        practice, person = scene.practice(), scene.person()
        together = Barrier(4)

        def grant(_: int) -> None:
            together.wait()
            scene.writer.grant(person.id, practice, Role.PROVIDER_USER)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(grant, range(4)))
        assert [s.person for s in scene.reader.holders(practice, Role.PROVIDER_USER)] == [person]

    def test_the_group_that_carries_a_role(self, scene: Scene) -> None:
        """ORG-2: there once the role was granted, and another for each role; a grant may be told of it."""
        practice, person = scene.practice(), scene.person()
        assert scene.reader.role_group(practice.id, Role.PROVIDER_USER) == ""
        scene.writer.grant(person.id, practice, Role.PROVIDER_USER)
        carrier = scene.reader.role_group(practice.id, Role.PROVIDER_USER)
        assert carrier
        assert scene.reader.role_group(practice.id, Role.PROVIDER_FINANCE) == ""
        other = scene.person()
        for _ in range(2):
            scene.writer.grant(other.id, practice, Role.PROVIDER_USER, carrier)
        holders = scene.reader.holders(practice, Role.PROVIDER_USER)
        assert {s.person.id for s in holders} == {person.id, other.id}

    def test_a_group_that_is_gone_by_the_time_of_the_grant(self, scene: Scene) -> None:
        practice, person = scene.practice(), scene.person()
        scene.writer.grant(person.id, practice, Role.PROVIDER_USER, NOBODY)
        assert len(scene.reader.holders(practice, Role.PROVIDER_USER)) == 1
        with pytest.raises(PersonNotFound):
            scene.writer.grant(NOBODY, practice, Role.PROVIDER_USER, NOBODY)
        with pytest.raises(OrganisationNotFound):
            scene.reader.role_group(NOBODY, Role.PROVIDER_USER)

    def test_an_organisation_known_by_its_code_alone(self, scene: Scene) -> None:
        practice, person = scene.practice(), scene.person()
        by_code = Organisation(practice.code, "", OrganisationType.PROVIDER, (practice.code,))
        scene.writer.grant(person.id, by_code, Role.PROVIDER_USER)
        assert len(scene.reader.holders(by_code, Role.PROVIDER_USER)) == 1

    def test_removed_once_however_often(self, scene: Scene) -> None:
        """ROL-4: one role goes, the others stay; also when nobody there ever held it."""
        practice = scene.practice()
        person = scene.person((practice.code, Role.PROVIDER_USER), (practice.code, Role.PROVIDER_FINANCE))
        for role in (Role.PROVIDER_USER, Role.PROVIDER_USER, Role.PROVIDER_APPROVER):
            scene.writer.remove(person.id, practice, role)
        left = frozenset({Holding(Role.PROVIDER_FINANCE, practice.path)})
        assert scene.reader.standing(person.id).holdings == left
        assert scene.reader.holders(practice, Role.PROVIDER_USER) == []

    def test_at_an_organisation_that_is_gone(self, scene: Scene) -> None:
        practice = scene.practice()
        person = scene.person((practice.code, Role.PROVIDER_USER))
        scene.build.close_down(practice.code)
        assert scene.reader.standing(person.id).holdings == frozenset()
        for act in (scene.writer.grant, scene.writer.remove):
            with pytest.raises(OrganisationNotFound):
                act(person.id, practice, Role.PROVIDER_USER)
        with pytest.raises(OrganisationNotFound):
            scene.reader.holders(practice, Role.PROVIDER_USER)

    def test_the_service_desks_role_is_at_no_organisation(self, scene: Scene) -> None:
        """ROL-1: everywhere: Service Desk."""
        practice, person = scene.practice(), scene.person(("", Role.SERVICE_DESK))
        assert scene.reader.standing(person.id).holdings == frozenset({Holding(Role.SERVICE_DESK, ())})
        assert person.id in {s.person.id for s in scene.reader.service_desk()}
        with pytest.raises(DirectoryRefused):
            scene.writer.grant(person.id, practice, Role.SERVICE_DESK)

    def test_a_moved_practice_keeps_its_people(self, scene: Scene) -> None:
        """SYN-2: memberships survive a move, and are read at the new place by whoever knew the old one."""
        old, new = scene.sub_icb(), scene.sub_icb()
        practice = scene.practice(old.code)
        branch = scene.build.place(code(), "Foula", OrganisationType.BRANCH, practice.code)
        person = scene.person((practice.code, Role.PROVIDER_USER), (branch.code, Role.PROVIDER_FINANCE))
        scene.build.move(practice.code, new.code)
        moved = Holding(Role.PROVIDER_USER, (new.code, practice.code))
        below = Holding(Role.PROVIDER_FINANCE, (new.code, practice.code, branch.code))
        assert scene.reader.standing(person.id).holdings == frozenset({moved, below})
        assert scene.reader.holders(practice, Role.PROVIDER_USER)[0].holdings == frozenset({moved})
        assert scene.reader.organisation(branch.code, branch.id).path == below.path

    def test_holders_with_the_locked_and_disabled(self, scene: Scene) -> None:
        """ROL-3: a disabled approver has no powers and is shown as such; a locked one counts as ever."""
        practice = scene.practice()
        holding = (practice.code, Role.PROVIDER_APPROVER)
        active, locked, disabled = (
            scene.person(holding, (practice.code, Role.PROVIDER_USER)) for _ in range(3)
        )
        scene.build.lock(locked.id)
        scene.build.disable(disabled.id)
        holders = {s.person.id: s for s in scene.reader.holders(practice, Role.PROVIDER_APPROVER)}
        states = {who: (s.person.enabled, s.is_active) for who, s in holders.items()}
        assert states == {
            active.id: (True, True),
            locked.id: (True, True),
            disabled.id: (False, False),
        }
        assert {s.holdings for s in holders.values()} == {frozenset({Holding(holding[1], practice.path)})}
        assert scene.reader.standing(locked.id).locked
        assert scene.reader.standing(locked.id).is_active
        scene.build.lift_lock(locked.id)
        assert not scene.reader.standing(locked.id).locked

    def test_all_holdings_are_each_persons_holdings(self, scene: Scene) -> None:
        """SYN-7: the reconcile's quick way gives the same as asking about each person."""
        top = scene.sub_icb()
        practice = scene.practice(top.code)
        people = [
            scene.person((top.code, Role.COMMISSIONER_APPROVER), (practice.code, Role.PROVIDER_USER)),
            scene.person((practice.code, Role.PROVIDER_USER), ("", Role.SERVICE_DESK)),
            scene.person(),
        ]
        every = list(scene.reader.all_holdings())
        for person in people:
            held = [holding for who, holding in every if who == person.id]
            assert len(held) == len(set(held))
            assert frozenset(held) == scene.reader.standing(person.id).holdings
