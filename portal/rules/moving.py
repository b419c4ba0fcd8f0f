"""Who may say where the people of a closed organisation go."""

from dataclasses import replace

from directory.vocabulary import Organisation, OrganisationStatus, Role
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import Place
from portal.rules.rights import Action, may
from portal.rules.verdict import Refusal, Verdict

MOVERS = frozenset({Role.COMMISSIONER_APPROVER, Role.SERVICE_DESK})


def may_move_people(actor: Actor, closed: Organisation) -> Verdict:
    """Whether the actor may see who held what there, and propose where they go.

    Who stood over it, were it open still. What each person is then given is judged by itself, as any request
    at the organisation that they go to.
    """
    refusal = powerless(actor)
    if refusal is None and actor.role not in MOVERS:
        refusal = Refusal.NOT_YOUR_ROLE
    if refusal:
        return Verdict(refusal)
    verdict = may(Action.SEE_PEOPLE, actor, Place(replace(closed, status=OrganisationStatus.OPEN)))
    if verdict.allowed and closed.status is not OrganisationStatus.CLOSED:
        return Verdict(Refusal.NOT_FOR_THIS_ORGANISATION)
    return verdict
