"""What a person may see of a request, and whether they may decide it at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from portal.acts.decide import judge
from portal.casework.closing import request_now
from portal.casework.current_state import GrantBasis, ask_of
from portal.casework.eligible_approvers import rung_now
from portal.model.requests import AccessRequest
from portal.rules.errors import AlreadyDecided, NotAllowed
from portal.rules.evidence import Finding, evidence
from portal.rules.verdict import LEFT_TO_OTHERS, Refusal, Verdict
from portal.store.queries import evidence as evidence_queries
from portal.store.queries import organisations, requests
from portal.web.access import SignedIn, my_role, services
from portal.web.guard import RoleNeeded
from portal.web.reading import reading


@dataclass(frozen=True)
class View:
    """A request as one person sees it.

    `may_decide`: they may, and it is open. `barred`: why it can only be rejected. `refusal`: why the person
    may not decide it. `holder`: with whom an open one is, in words, for those who may not decide it. `names`
    of organisations, by ODS code.
    """

    request: AccessRequest
    is_mine: bool
    may_decide: bool = False
    barred: Refusal | None = None
    refusal: Refusal | None = None
    holder: str = ""
    findings: tuple[Finding, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def view(person: SignedIn, request_id: UUID) -> View:
    """Judged on Keycloak's present state.

    Who stands over the organisation sees the request, though another decides it. Raises RequestNotFound when
    there is none, NotAllowed when it is nothing to them, and RoleNeeded when that hangs on a role that they
    have not chosen.
    """
    asked = request_now(services(), request_id)
    is_mine = asked.is_of(person.standing.person)
    try:
        basis = judge(services(), person.acting_as, asked)
    except AlreadyDecided:
        return View(asked, is_mine)
    except NotAllowed as no:
        if is_mine or _stands_over(person, asked, no.verdict):
            return View(asked, is_mine, refusal=no.verdict.refusal, holder=_holder(asked))
        if no.verdict.refusal is Refusal.NO_ROLE:
            raise RoleNeeded from no
        raise
    return _to_decide(asked, basis)


def _stands_over(person: SignedIn, asked: AccessRequest, verdict: Verdict) -> bool:
    if person.active is None or verdict.refusal not in LEFT_TO_OTHERS:
        return False
    with reading() as db:
        return asked.id in requests.stood_over(db, person.active, [asked.id])


def _to_decide(asked: AccessRequest, basis: GrantBasis) -> View:
    with reading() as db:
        facts = evidence_queries.facts(db, asked, my_role())
        names = {code: found.name for code, found in organisations.by_codes(db, list(facts.seen)).items()}
    return View(
        asked,
        is_mine=False,
        may_decide=True,
        barred=basis.barred,
        findings=evidence(ask_of(asked, basis.organisation), facts),
        names=names,
    )


def warnings(db: Session, asked: AccessRequest) -> tuple[tuple[Finding, ...], Mapping[str, str]]:
    """What to check before a request is approved among others, and the names of organisations in it, by code.

    By the mirror; whether it may be approved at all is judged when it is.
    """
    place = organisations.get(db, asked.organisation_code)
    if place is None:
        return (), {}
    facts = evidence_queries.facts(db, asked, my_role())
    found = evidence(ask_of(asked, place.as_organisation()), facts)
    names = {code: one.name for code, one in organisations.by_codes(db, list(facts.seen)).items()}
    return tuple(finding for finding in found if finding.is_warning), names


def _holder(asked: AccessRequest) -> str:
    """With whom an open request is, in words."""
    if not asked.is_open:
        return ""
    rung, _ = rung_now(services(), asked)
    if not rung.path:
        return f"the {rung.role.label}"
    with reading() as db:
        place = organisations.get(db, rung.path[-1])
    return f"the {rung.role.label} of {place.name if place else rung.path[-1]}"
