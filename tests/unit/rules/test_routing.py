"""Whom a request goes to, by level, role, presence and parents."""

from dataclasses import replace

from directory.vocabulary import ApprovalLevel, OrganisationStatus, Role
from portal.rules.routing import SERVICE_DESK, Rung, holding_rung, next_rung, rungs
from tests.unit.rules.world import PATHS, organisation

MULTI = ApprovalLevel.MULTI
OWN = Rung(Role.PROVIDER_APPROVER, PATHS["A10001"])
SUB_ICB = Rung(Role.COMMISSIONER_APPROVER, PATHS["01A"])
ICB = Rung(Role.COMMISSIONER_APPROVER, PATHS["QAA"])


def people(**present: list[str]) -> dict[Rung, list[str]]:
    names = {"own": OWN, "sub_icb": SUB_ICB, "icb": ICB, "desk": SERVICE_DESK}
    return {names[name]: ids for name, ids in present.items()}


def holder(ladder: tuple[Rung, ...], present: dict[Rung, list[str]], applicant: str | None = None) -> Rung:
    return holding_rung(ladder, lambda rung: [who for who in present.get(rung, []) if who != applicant])


def test_a_multi_level_provider_asks_its_own_approver_first() -> None:
    """APR-1"""
    assert rungs(organisation("A10001", MULTI), Role.PROVIDER_USER) == (OWN, SUB_ICB, ICB, SERVICE_DESK)


def test_a_single_level_provider_asks_its_commissioner() -> None:
    """APR-1, ORG-3: a switch to single-level moves open requests to the commissioner at once."""
    assert rungs(organisation("A10001"), Role.PROVIDER_FINANCE) == (SUB_ICB, ICB, SERVICE_DESK)


def test_a_provider_approver_is_the_commissioners_to_let_in() -> None:
    """APR-1, ROL-2"""
    assert rungs(organisation("A10001", MULTI), Role.PROVIDER_APPROVER) == (SUB_ICB, ICB, SERVICE_DESK)


def test_a_leftover_provider_approver_request_goes_to_the_service_desk() -> None:
    """ROL-2: a commissioner decides these at multi-level providers only."""
    assert rungs(organisation("A10001"), Role.PROVIDER_APPROVER) == (SERVICE_DESK,)


def test_commissioner_staff_are_let_in_by_their_own_organisation() -> None:
    """APR-1: then by the one above; a region never decides."""
    assert rungs(organisation("01A"), Role.COMMISSIONER_USER) == (SUB_ICB, ICB, SERVICE_DESK)
    assert rungs(organisation("QAA"), Role.COMMISSIONER_APPROVER) == (ICB, SERVICE_DESK)


def test_a_branch_has_its_own_approver_not_its_practices() -> None:
    """ORG-1, ROL-2: own provider means exactly that one."""
    own = Rung(Role.PROVIDER_APPROVER, PATHS["A10001001"])
    assert rungs(organisation("A10001001", MULTI), Role.PROVIDER_USER) == (own, SUB_ICB, ICB, SERVICE_DESK)
    assert rungs(organisation("A10001001"), Role.PROVIDER_USER) == (SUB_ICB, ICB, SERVICE_DESK)


def test_places_in_an_unusual_tree() -> None:
    """ORG-1: a provider below an ICB, below nothing, and a commissioner below no region."""
    assert rungs(organisation("A10004"), Role.PROVIDER_USER) == (ICB, SERVICE_DESK)
    assert rungs(organisation("W10001"), Role.PROVIDER_USER) == (SERVICE_DESK,)
    without_region = Rung(Role.COMMISSIONER_APPROVER, PATHS["03C"])
    assert rungs(organisation("C10001"), Role.PROVIDER_USER) == (without_region, SERVICE_DESK)


def test_a_closed_organisation_is_left_to_the_service_desk() -> None:
    """ORG-5"""
    closed = organisation("A10001", MULTI, OrganisationStatus.CLOSED)
    assert rungs(closed, Role.PROVIDER_USER) == (SERVICE_DESK,)


def test_a_move_changes_who_is_asked() -> None:
    """APR-1, SYN-2"""
    moved = replace(organisation("A10001"), path=("Y90", "QBB", "01B", "A10001"))
    ladder = rungs(moved, Role.PROVIDER_USER)
    assert [rung.path for rung in ladder] == [PATHS["01B"], PATHS["QBB"], ()]


def test_it_sits_with_the_first_rung_that_has_somebody() -> None:
    """APR-1"""
    ladder = rungs(organisation("A10001", MULTI), Role.PROVIDER_USER)
    assert holder(ladder, people(own=["pam"], icb=["ian"])) == OWN
    assert holder(ladder, people(sub_icb=["sue"], icb=["ian"])) == SUB_ICB
    assert holder(ladder, people(icb=["ian"])) == ICB
    assert holder(ladder, people()) == SERVICE_DESK


def test_the_applicant_does_not_count() -> None:
    """APR-1, ROL-3: an approver who asks for another role at their own practice is not who decides."""
    ladder = rungs(organisation("A10001", MULTI), Role.PROVIDER_FINANCE)
    assert holder(ladder, people(own=["pam"], sub_icb=["sue"]), "pam") == SUB_ICB
    assert holder(ladder, people(own=["pam", "pat"], sub_icb=["sue"]), "pam") == OWN


def test_the_next_level_up() -> None:
    """APR-6: the next rung that has somebody; above the Service Desk there is none."""
    ladder = rungs(organisation("A10001", MULTI), Role.PROVIDER_USER)
    present = people(own=["pam"], icb=["ian"])
    assert next_rung(ladder, OWN, lambda rung: present.get(rung, [])) == ICB
    assert next_rung(ladder, ICB, lambda rung: present.get(rung, [])) == SERVICE_DESK
    assert next_rung(ladder, SERVICE_DESK, lambda rung: present.get(rung, [])) is None


def test_the_next_level_up_after_the_ladder_changed() -> None:
    """APR-6: told at the practice, which has become single-level since."""
    ladder = rungs(organisation("A10001"), Role.PROVIDER_USER)
    present = people(own=["pam"], sub_icb=["sue"], icb=["ian"])
    assert next_rung(ladder, OWN, lambda rung: present.get(rung, [])) == ICB
