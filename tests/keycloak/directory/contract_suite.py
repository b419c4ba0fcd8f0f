"""What every directory does, run on the fake in memory and on a real Keycloak alike (test_contract.py)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from directory.errors import DirectoryRefused, OrganisationNotFound, PersonNotFound
from directory.vocabulary import (
    ApprovalLevel,
    FactorKind,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Role,
)
from tests.support.directory.scene import Scene, address, code

NOBODY = "00000000-0000-4000-8000-000000000000"
STRANGE_NAMES = [
    'St John\'s / Quayside "Surgery" & Co <b>',
    "Ταχυδρομείο Ιατρείο 診療所 عيادة",
    "Ysbyty'r Môr 🏥",
    "~/~ %2F \\ *",
    "n" * 255,
]


class OrganisationContract:
    """Organisations are found by code and by id, wherever they stand."""

    @pytest.mark.parametrize("name", STRANGE_NAMES)
    def test_any_name_comes_back_as_it_went_in(self, scene: Scene, name: str) -> None:
        """ORG-1: real data holds "/" and any letters in names; none is lost."""
        made = scene.build.place(code(), name)
        assert scene.reader.organisation(made.code).name == name
        assert scene.reader.organisation_by_id(made.id) == scene.reader.organisation(made.code)

    def test_two_of_the_same_name_under_one_parent(self, scene: Scene) -> None:
        """ORG-1: duplicate names under one parent."""
        parent = scene.sub_icb().code
        twins = [scene.practice(parent) for _ in range(2)]
        assert [scene.reader.organisation(twin.code).id for twin in twins] == [twin.id for twin in twins]

    def test_where_it_is_and_who_took_over(self, scene: Scene) -> None:
        """ORG-6: its successor is named by its ODS code."""
        made = scene.practice()
        changed = scene.build.change(made.code, town="Lerwick", successor="P81001")
        assert scene.reader.organisation(made.code) == changed
        assert (changed.town, changed.successor) == ("Lerwick", "P81001")

    def test_facts_and_place(self, scene: Scene) -> None:
        """ORG-2: the group's attributes are the organisation's facts, its place the path."""
        above = scene.sub_icb()
        made = scene.build.place(
            code(), "Cromarty Medical", parent=above.code, approval_level=ApprovalLevel.MULTI
        )
        changed = scene.build.change(made.code, postcode="IV11 8XW", status="closed")
        expected = Organisation(
            made.code,
            "Cromarty Medical",
            OrganisationType.PROVIDER,
            (above.code, made.code),
            "IV11 8XW",
            OrganisationStatus.CLOSED,
            ApprovalLevel.MULTI,
            made.id,
        )
        assert changed == expected == scene.reader.organisation(made.code)

    def test_a_remembered_id_is_only_a_hint(self, scene: Scene) -> None:
        one, other = scene.practice(), scene.practice()
        for hint in ("", one.id, other.id, NOBODY, "not an id / at all"):
            assert scene.reader.organisation(one.code, hint) == one

    @pytest.mark.parametrize(
        "wrong", ["", "NOSUCH", "*", "%", "provider-user", "service-desk", "organisations"]
    )
    def test_no_such_code(self, scene: Scene, wrong: str) -> None:
        scene.practice()
        with pytest.raises(OrganisationNotFound):
            scene.reader.organisation(wrong)

    def test_no_such_id(self, scene: Scene) -> None:
        for wrong in (NOBODY, "../users", ""):
            with pytest.raises(OrganisationNotFound):
                scene.reader.organisation_by_id(wrong)

    def test_all_of_them_parents_first(self, scene: Scene) -> None:
        """SYN-7: a reconcile reads the whole tree; a role's group is no organisation."""
        top = scene.sub_icb()
        practice = scene.practice(top.code)
        branch = scene.build.place(code(), "Skerries", OrganisationType.BRANCH, practice.code)
        scene.person((practice.code, Role.PROVIDER_USER), (branch.code, Role.PROVIDER_USER))
        every = list(scene.reader.organisations())
        assert [o for o in every if o.id in {top.id, practice.id, branch.id}] == [top, practice, branch]
        assert len({o.id for o in every}) == len(every)
        assert not {o.code for o in every} & {role.value for role in Role}

    def test_approval_level(self, scene: Scene) -> None:
        """ORG-3: single and multi-level, and back; nothing else of the organisation changes."""
        practice = scene.practice()
        for level in (ApprovalLevel.MULTI, ApprovalLevel.MULTI, ApprovalLevel.SINGLE):
            changed = scene.writer.set_approval_level(practice, level)
            assert changed.approval_level is level
            assert scene.reader.organisation(practice.code) == changed
        assert changed == practice

    def test_approval_level_of_one_that_is_gone(self, scene: Scene) -> None:
        practice = scene.practice()
        scene.build.close_down(practice.code)
        with pytest.raises(OrganisationNotFound):
            scene.writer.set_approval_level(practice, ApprovalLevel.MULTI)


class PeopleContract:
    """Accounts are made once, found whatever the case, and welcomed once."""

    def test_made_once(self, scene: Scene) -> None:
        """AUT-1: the user name is the e-mail address, case-insensitive."""
        email = address()
        made = scene.writer.ensure_person(email.upper(), "Zoë", "O'Brien-김")
        assert (made.email, made.first_name, made.last_name) == (email, "Zoë", "O'Brien-김")
        assert made.enabled
        assert made.wants_email
        assert scene.writer.ensure_person(email, "Somebody", "Else") == made
        assert scene.reader.person(made.id) == scene.reader.person_by_email(email.title()) == made

    def test_made_by_two_at_once(self, scene: Scene) -> None:
        """APR-4: two approvals of one person at the same moment make one account."""
        email, together = address(), Barrier(4)

        def make(_: int) -> str:
            together.wait()
            return scene.writer.ensure_person(email, "Ann", "Example").id

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(make, range(4)))) == 1

    def test_an_address_is_matched_whole(self, scene: Scene) -> None:
        made = scene.writer.ensure_person("x" + address(), "Ann", "Example")
        for wrong in (made.email[1:], made.email.replace(".", "_"), "%", "*", "", " "):
            assert scene.reader.person_by_email(wrong) is None

    @pytest.mark.parametrize("local", ["o'brien", "a+b", "under_score", "per%cent", "a*b"])
    def test_signs_in_addresses(self, scene: Scene, local: str) -> None:
        email = f"{local}.{address()}"
        made = scene.writer.ensure_person(email, "Ann", "Example")
        assert scene.reader.person_by_email(email) == made

    def test_names_of_60_letters_and_no_more(self, scene: Scene) -> None:
        """NOT-3: nor what is no name, whoever sends it."""
        made = scene.writer.ensure_person(address(), "é" * 60, "n" * 60)
        assert len(scene.reader.person(made.id).first_name) == 60
        for email, name in (
            (address(), "n" * 61),
            (address(), "Review at evil.example"),
            (f"{'a' * 250}@surgery.example", "Ann"),
            ("no address", "Ann"),
        ):
            with pytest.raises(DirectoryRefused):
                scene.writer.ensure_person(email, name, "Example")
            assert scene.reader.person_by_email(email) is None

    def test_other_names(self, scene: Scene) -> None:
        """PRO-2: the names alone change; twice is as good as once."""
        made = scene.person()
        scene.writer.set_wants_email(made.id, False)
        for _ in range(2):
            changed = scene.writer.set_names(made.id, "Zoë", "O'Brien-김")
            assert (changed.first_name, changed.last_name, changed.email) == ("Zoë", "O'Brien-김", made.email)
            assert changed == scene.reader.person(made.id)
            assert not changed.wants_email
        with pytest.raises(DirectoryRefused):
            scene.writer.set_names(made.id, "n" * 256, "Lee")

    def test_signed_in_nowhere(self, scene: Scene) -> None:
        """AUT-11: nothing to show, and nothing to end."""
        made = scene.person()
        assert scene.reader.sessions(made.id) == ()
        scene.writer.sign_out_of(made.id, ["none-of-theirs"])

    def test_nobody(self, scene: Scene) -> None:
        practice = scene.practice()
        for wrong in (NOBODY, "../groups", ""):
            for ask in (
                scene.reader.person,
                scene.reader.standing,
                scene.reader.has_credential,
                scene.reader.second_factors,
                scene.reader.sessions,
            ):
                with pytest.raises(PersonNotFound):
                    ask(wrong)
            with pytest.raises(PersonNotFound):
                scene.writer.grant(wrong, practice, Role.PROVIDER_USER)
            with pytest.raises(PersonNotFound):
                scene.writer.remove(wrong, practice, Role.PROVIDER_FINANCE)
            with pytest.raises(PersonNotFound):
                scene.writer.send_welcome(wrong, datetime.now(UTC))
            with pytest.raises(PersonNotFound):
                scene.writer.sign_out_of(wrong, ["x"])
            with pytest.raises(PersonNotFound):
                scene.writer.set_names(wrong, "Ann", "Lee")

    def test_everybody_and_no_service_account(self, scene: Scene) -> None:
        known = [scene.person() for _ in range(3)]
        everybody = list(scene.reader.people())
        assert {person.id for person in known} <= {person.id for person in everybody}
        assert not [person for person in everybody if person.email.startswith("service-account")]
        assert len({person.id for person in everybody}) == len(everybody)

    def test_has_set_a_password(self, scene: Scene) -> None:
        """REG-3: an approved person has none until they follow the mailed link."""
        assert not scene.reader.has_credential(scene.writer.ensure_person(address(), "Ann", "Example").id)
        assert scene.reader.has_credential(scene.person().id)

    def test_wants_email_or_not(self, scene: Scene) -> None:
        """NOT-2: it is Keycloak's to keep; all else about the person stays."""
        person = scene.build.enrol(address(), "Ann", "Lee")
        assert scene.reader.person(person.id).wants_email
        assert not scene.writer.set_wants_email(person.id, False).wants_email
        now = scene.reader.person(person.id)
        assert (now.wants_email, now.email, now.name, now.enabled) == (False, person.email, "Ann Lee", True)
        assert scene.reader.has_credential(person.id)
        assert scene.writer.set_wants_email(person.id, True).wants_email
        with pytest.raises(PersonNotFound):
            scene.writer.set_wants_email(NOBODY, True)

    def test_settings_let_nobody_in(self, scene: Scene) -> None:
        """ROL-3, AUT-3: the disabled stay disabled and the locked locked, whatever is saved of them."""
        disabled, locked = scene.person(), scene.person()
        scene.build.disable(disabled.id)
        scene.build.lock(locked.id)
        assert not scene.writer.set_wants_email(disabled.id, False).enabled
        assert not scene.reader.person(disabled.id).enabled
        scene.writer.set_wants_email(locked.id, False)
        assert scene.reader.standing(locked.id).locked

    def test_unlocked(self, scene: Scene) -> None:
        """USR-5: the lock ends, again and again; the disabled stay disabled."""
        locked, disabled = scene.person(), scene.person()
        scene.build.lock(locked.id)
        scene.build.disable(disabled.id)
        for _ in range(2):
            for person in (locked, disabled):
                scene.writer.unlock(person.id)
        assert not scene.reader.standing(locked.id).locked
        assert not scene.reader.person(disabled.id).enabled
        with pytest.raises(PersonNotFound):
            scene.writer.unlock(NOBODY)

    def test_second_factors(self, scene: Scene) -> None:
        """AUT-8: those named go, whichever of them are still there; the password and the others stay."""
        person, other = scene.person(), scene.person()
        assert scene.reader.second_factors(person.id) == ()
        for kind in FactorKind:
            scene.build.add_second_factor(person.id, kind)
        scene.build.add_second_factor(other.id, FactorKind.PASSKEY)
        had, others = scene.reader.second_factors(person.id), scene.reader.second_factors(other.id)
        assert sorted(factor.kind for factor in had) == sorted(FactorKind)
        lost = [factor for factor in had if factor.kind is not FactorKind.PASSKEY]
        for _ in range(2):
            ids = [*(factor.id for factor in (*lost, *others)), NOBODY]
            scene.writer.remove_second_factors(person.id, ids)
        assert [factor.kind for factor in scene.reader.second_factors(person.id)] == [FactorKind.PASSKEY]
        assert scene.reader.second_factors(other.id) == others
        assert scene.reader.has_credential(person.id)
        with pytest.raises(PersonNotFound):
            scene.writer.remove_second_factors(NOBODY, [])

    def test_welcomed_once(self, scene: Scene) -> None:
        """REG-3, APR-4: one link for one approval, however often it is tried; another when asked later."""
        person = scene.build.enrol(address(), password=False)
        since = datetime.now(UTC)
        assert scene.writer.send_welcome(person.id, since)
        assert not scene.writer.send_welcome(person.id, since)
        assert scene.writer.send_welcome(person.id, datetime.now(UTC) + timedelta(seconds=30))

    def test_no_welcome_for_the_disabled(self, scene: Scene) -> None:
        person = scene.person()
        scene.build.disable(person.id)
        with pytest.raises(DirectoryRefused):
            scene.writer.send_welcome(person.id, datetime.now(UTC))
