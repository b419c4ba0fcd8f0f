"""Who may switch a provider between single-level and multi-level."""

from directory.vocabulary import Holding, Organisation, Role
from portal.rules.actor import Actor, powerless
from portal.rules.conditions import Place
from portal.rules.rights import Action, may
from portal.rules.verdict import Refusal, Verdict


def may_switch_level(actor: Actor, organisation: Organisation) -> Verdict:
    """Whether the actor may change the provider's approval level.

    A switch changes what the provider's own approvers may do, so nobody who is one switches it, in whatever
    role: that would change their own access.
    """
    refusal = powerless(actor)
    own = Holding(Role.PROVIDER_APPROVER, organisation.path) in actor.standing.holdings
    if refusal is None and own:
        refusal = Refusal.YOURSELF
    return Verdict(refusal) if refusal else may(Action.APPROVAL_LEVEL, actor, Place(organisation))
