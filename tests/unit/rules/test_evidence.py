"""What an approver is shown beside a decision."""

from datetime import UTC, datetime

import pytest

from directory.vocabulary import Role
from portal.rules.decisions import Ask
from portal.rules.evidence import (
    BothTiers,
    Colleague,
    EarlierRejections,
    EmailDomain,
    Facts,
    Finding,
    OtherRoles,
    Rejection,
    RoleHolders,
    SharedMailbox,
    evidence,
)
from portal.rules.mailboxes import is_shared
from tests.unit.rules.world import holding, organisation

SEEN = frozenset({"A10001", "A10002", "01A", "QAA"})


def ask(
    email: str = "jo.bell@fairisle.example", role: Role = Role.PROVIDER_USER, code: str = "A10001"
) -> Ask:
    return Ask(organisation(code), role, "jo", email)


def colleague(name: str, domain: str, *roles: Role) -> Colleague:
    return Colleague(name.lower(), name, f"{name.lower()}@{domain}", frozenset(roles))


def found(kind: type[Finding], asked: Ask, facts: Facts) -> Finding | None:
    return next((finding for finding in evidence(asked, facts) if isinstance(finding, kind)), None)


def test_counts_who_shares_the_domain() -> None:
    facts = Facts(
        [
            colleague("Ann", "fairisle.example"),
            colleague("Bob", "FairIsle.example"),
            colleague("Cy", "x.example"),
        ]
    )
    assert found(EmailDomain, ask(), facts) == EmailDomain("fairisle.example", 2, 3)


def test_the_applicant_is_not_their_own_colleague() -> None:
    facts = Facts([Colleague("jo", "Jo Bell", "jo.bell@fairisle.example", frozenset({Role.PROVIDER_USER}))])
    assert found(EmailDomain, ask(), facts) == EmailDomain("fairisle.example", 0, 0)
    assert found(RoleHolders, ask(), facts) == RoleHolders(())


def test_a_domain_that_nobody_there_has_is_a_warning() -> None:
    assert EmailDomain("x.example", 0, 4).is_warning
    assert not EmailDomain("x.example", 1, 4).is_warning
    assert not EmailDomain("x.example", 0, 0).is_warning


def test_a_domain_below_another_is_another() -> None:
    facts = Facts([colleague("Ann", "mail.fairisle.example")])
    assert found(EmailDomain, ask(), facts) == EmailDomain("fairisle.example", 0, 1)


def test_names_who_holds_the_role_already() -> None:
    facts = Facts(
        [
            colleague("Zoe", "x.example", Role.PROVIDER_USER),
            colleague("Ann", "x.example", Role.PROVIDER_USER),
            colleague("Bob", "x.example", Role.PROVIDER_FINANCE),
        ]
    )
    assert found(RoleHolders, ask(), facts) == RoleHolders(("Ann", "Zoe"))


def test_lists_other_roles() -> None:
    roles = frozenset({holding(Role.PROVIDER_USER, "A10002"), holding(Role.PROVIDER_FINANCE, "A10001")})
    assert found(OtherRoles, ask(), Facts(holdings=roles, seen=SEEN)) == OtherRoles(
        (holding(Role.PROVIDER_FINANCE, "A10001"), holding(Role.PROVIDER_USER, "A10002"))
    )


def test_both_tiers_in_one_person_is_a_warning_either_way() -> None:
    user, approver = holding(Role.COMMISSIONER_USER, "01A"), holding(Role.COMMISSIONER_APPROVER, "QAA")
    asked = ask(role=Role.COMMISSIONER_APPROVER, code="01A")
    assert found(BothTiers, asked, Facts(holdings=frozenset({user}), seen=SEEN)) == BothTiers((user,))
    asked = ask(role=Role.COMMISSIONER_USER, code="01A")
    assert found(BothTiers, asked, Facts(holdings=frozenset({approver}), seen=SEEN)) == BothTiers((approver,))
    assert found(BothTiers, asked, Facts(holdings=frozenset({user}), seen=SEEN)) is None
    asked = ask(role=Role.COMMISSIONER_FINANCE, code="01A")
    assert found(BothTiers, asked, Facts(holdings=frozenset({user}), seen=SEEN)) is None


def test_earlier_rejections_latest_first() -> None:
    def rejection(role: Role, year: int) -> Rejection:
        return Rejection("A10001", role, datetime(year, 1, 1, tzinfo=UTC), "Pam Approver", "Not known here")

    old, new = rejection(Role.PROVIDER_FINANCE, 2024), rejection(Role.PROVIDER_FINANCE, 2025)
    assert found(EarlierRejections, ask(), Facts(rejections=[old, new], seen=SEEN)) == EarlierRejections(
        (new, old), False
    )
    same = rejection(Role.PROVIDER_USER, 2023)
    assert found(EarlierRejections, ask(), Facts(rejections=[same], seen=SEEN)) == EarlierRejections(
        (same,), True
    )
    assert found(EarlierRejections, ask(), Facts()) is None


def test_both_tiers_asked_for_at_once_is_a_warning_on_each() -> None:
    """Neither is held yet, and both might be approved."""
    user = holding(Role.COMMISSIONER_USER, "01A")
    asked = ask(role=Role.COMMISSIONER_APPROVER, code="01A")
    assert found(BothTiers, asked, Facts(asked=frozenset({user}), seen=SEEN)) == BothTiers((), (user,))


def test_what_somebody_is_elsewhere_is_told_by_number() -> None:
    """Neither the place, nor who rejected it there, nor why."""
    here, there = holding(Role.COMMISSIONER_USER, "01A"), holding(Role.COMMISSIONER_USER, "01B")
    facts = Facts(holdings=frozenset({here, there}), asked=frozenset({there}), seen=frozenset({"01A"}))
    asked = ask(role=Role.COMMISSIONER_APPROVER, code="01A")
    assert found(OtherRoles, asked, facts) == OtherRoles((here,), elsewhere=1)
    assert found(BothTiers, asked, facts) == BothTiers((here,), (), elsewhere=2)
    rejected = Rejection("01B", asked.role, datetime(2025, 1, 1, tzinfo=UTC), "Pam", "Under investigation")
    told = found(EarlierRejections, asked, Facts(rejections=[rejected], seen=frozenset({"01A"})))
    assert told == EarlierRejections((), False, elsewhere=1)


def test_warnings_come_first() -> None:
    findings = evidence(ask("reception@x.example"), Facts([colleague("Ann", "fairisle.example")]))
    warnings = [finding.is_warning for finding in findings]
    assert warnings == [True, True, False, False]
    assert isinstance(findings[0], SharedMailbox)


@pytest.mark.parametrize(
    "local",
    """reception admin info office enquiries practice.manager practicemanager practice_manager2 reception1
    Reception fairisle.reception receptionfairisle the.surgery a10001.reception a10001 gp-admin admin+cqrs
    office.manager theoffice team contact.us no-reply info2024 accounts finance.team pm.admin medical.centre
    secretary hello receptionists help.desk""".split(),  # noqa: SIM905 - a list of words reads best so
)
def test_shared_mailboxes(local: str) -> None:
    assert is_shared(f"{local}@fairisle.example")


@pytest.mark.parametrize(
    "local",
    """jo.bell jbell2 jane.nurse ann.post d.office-smith adminah.khan tom.page mary.contact j
    sam.manager-jones infosino.rossi o'neil.team gpatel drew.carey hrithik.roy ittai.levi 123456 teamson
    reed.desking""".split(),  # noqa: SIM905
)
def test_people_are_not_mailboxes(local: str) -> None:
    assert not is_shared(f"{local}@fairisle.example")


@pytest.mark.parametrize(
    "email", ["", "@", "nothing", "@fairisle.example", "...@x.example", "王芳@x.example"]
)
def test_odd_addresses_are_no_trouble(email: str) -> None:
    assert not is_shared(email)
