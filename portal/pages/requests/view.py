"""What a person may see of a request, and whether they may decide it at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from directory.vocabulary import Organisation
from portal.access import SignedIn, services
from portal.acts.decide import Decision, judge
from portal.closing import find
from portal.faults import AlreadyDecided, NotAllowed
from portal.guard import RoleNeeded
from portal.model.requests import AccessRequest
from portal.present import ask_of, rung_now
from portal.rules.decisions import approval_barred
from portal.rules.evidence import Finding, evidence
from portal.rules.verdict import Refusal
from portal.store.queries import evidence as evidence_queries
from portal.store.queries import organisations


@dataclass(frozen=True)
class View:
    """A request as one person sees it.

    `may_decide`: they may, and it is open. `barred`: why it can only be rejected. `refusal`: why the person
    may not decide it. `holder`: with whom it is, in words. `names` of organisations, by ODS code.
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

    Raises RequestNotFound when there is none, NotAllowed when it is neither theirs nor theirs to decide, and
    RoleNeeded when that hangs on a role that they have not chosen.
    """
    asked = find(services(), request_id)
    is_mine = asked.person_id == person.id or asked.email == person.standing.person.email.lower()
    try:
        organisation = judge(services(), person.actor, asked, Decision.REJECT)
    except AlreadyDecided:
        return View(asked, is_mine)
    except NotAllowed as no:
        if is_mine:
            return View(asked, is_mine, refusal=no.verdict.refusal, holder=_holder(asked))
        if no.verdict.refusal is Refusal.NO_ROLE:
            raise RoleNeeded from no
        raise
    return _to_decide(asked, organisation)


def _to_decide(asked: AccessRequest, organisation: Organisation) -> View:
    with services().sessions() as db:
        facts = evidence_queries.facts(db, asked)
        codes = {one.organisation for one in facts.holdings} | {
            one.organisation_code for one in facts.rejections
        }
        names = {code: found.name for code, found in organisations.by_codes(db, list(codes)).items()}
    return View(
        asked,
        is_mine=False,
        may_decide=True,
        barred=approval_barred(organisation, asked.role),
        findings=evidence(ask_of(asked, organisation), facts),
        names=names,
    )


def _holder(asked: AccessRequest) -> str:
    """With whom an open request is, in words for the person who asked."""
    if not asked.is_open:
        return ""
    rung, _ = rung_now(services(), asked)
    if not rung.path:
        return f"the {rung.role.label}"
    with services().sessions() as db:
        place = organisations.get(db, rung.path[-1])
    return f"the {rung.role.label} of {place.name if place else rung.path[-1]}"
