"""The specification's rights, said again in plain code that shares nothing with the rules it judges.

It knows organisations by code, levels and statuses by word, and commissioners from the world's own list.
"""

from directory.vocabulary import Holding, Organisation, Role
from tests.unit.rules.world import COMMISSIONERS, COMMISSIONING, EVERYWHERE, PROVIDERS

USER_OR_FINANCE = {"provider-user", "provider-finance"}
COMMISSIONER_ROLES = {
    "commissioner-user",
    "commissioner-approver",
    "commissioner-finance",
    "organisation-administrator",
    "user-administrator",
    "advanced-user-administrator",
}
NOT_ORDINARY = {
    "provider-approver",
    "commissioner-approver",
    "organisation-administrator",
    "user-administrator",
    "advanced-user-administrator",
    "service-desk",
}


def has_powers(acting: Holding | None, state: str) -> bool:
    """Whether the active role counts for anything in that state: the Service Desk's place can't close.

    Anybody can lock anybody out, so a lock takes no powers.
    """
    return state in ("active", "locked") or (state == "organisation closed" and is_service_desk(acting))


def is_service_desk(acting: Holding | None) -> bool:
    return acting is not None and acting.role == "service-desk" and acting.organisation == EVERYWHERE


def is_approver_of(acting: Holding | None, target: Organisation) -> bool:
    """Provider Approver of exactly this multi-level provider, which is not closed."""
    return (
        acting is not None
        and acting.role == "provider-approver"
        and acting.organisation == target.code
        and target.code in PROVIDERS
        and target.approval_level == "multi"
        and target.status != "closed"
    )


def stands_over(acting: Holding | None, role: str, target: Organisation) -> bool:
    """Holds the role at a commissioning organisation over the target, which has left no scope."""
    return (
        acting is not None
        and acting.role == role
        and acting.organisation in COMMISSIONERS[target.code]
        and target.status != "closed"
    )


def decides(acting: Holding | None, target: Organisation, role: str, approver: bool, escalated: bool) -> bool:
    if is_service_desk(acting):
        return True
    over = stands_over(acting, "commissioner-approver", target)
    multi = target.approval_level == "multi"
    if role in COMMISSIONER_ROLES:
        return over
    if role == "provider-approver":
        return over and multi
    if multi:
        return is_approver_of(acting, target) or (over and (not approver or escalated))
    return over


def offers(target: Organisation, role: str) -> bool:
    if target.status != "open":
        return False
    if target.code in COMMISSIONING:
        return role in COMMISSIONER_ROLES
    if target.code in PROVIDERS:
        return role in USER_OR_FINANCE or (role == "provider-approver" and target.approval_level == "multi")
    return False


def invites(acting: Holding | None, target: Organisation, role: str) -> bool:
    if not offers(target, role):
        return False
    if is_service_desk(acting):
        return True
    if role in USER_OR_FINANCE:
        return is_approver_of(acting, target)
    return stands_over(acting, "commissioner-approver", target)


def switches_level(acting: Holding | None, target: Organisation) -> bool:
    is_provider = target.code in PROVIDERS
    return is_provider and (is_service_desk(acting) or stands_over(acting, "commissioner-approver", target))


def keeps_clusters(acting: Holding | None, target: Organisation) -> bool:
    own = acting is not None and acting.organisation == target.code
    administers = own and stands_over(acting, "organisation-administrator", target)
    return target.code in COMMISSIONING and (is_service_desk(acting) or administers)


def acts_on_account(acting: Holding | None, held: list[tuple[Role, Organisation | None]]) -> bool:
    """`held`: the person's roles with their organisations; None for everywhere."""
    living = [(role, at) for role, at in held if at is None or at.status != "closed"]
    if is_service_desk(acting):
        return all(role != "service-desk" for role, _ in living)
    return bool(living) and all(at is not None and _gives_role(acting, role, at) for role, at in living)


def _gives_role(acting: Holding | None, role: str, at: Organisation) -> bool:
    return decides(acting, at, role, approver=False, escalated=False)


def assigns(
    acting: Holding | None, held: list[tuple[Role, Organisation | None]], target: Organisation, role: str
) -> bool:
    if not offers(target, role):
        return False
    living = [(had, at) for had, at in held if at is None or at.status != "closed"]
    if is_service_desk(acting):
        return all(had != "service-desk" for had, _ in living)
    if (
        not living
        or acting is None
        or acting.role not in ("user-administrator", "advanced-user-administrator")
    ):
        return False
    if acting.role == "user-administrator" and (
        role in NOT_ORDINARY or any(had in NOT_ORDINARY for had, _ in living)
    ):
        return False
    places = [target, *(at for _, at in living)]
    return all(at is not None and stands_over(acting, acting.role, at) for at in places)


def removes_role(
    acting: Holding | None, held: list[tuple[Role, Organisation | None]], role: str, at: Organisation | None
) -> bool:
    """Takes exactly this role: within reach of the actor, who could give it and all else that is held."""
    if is_service_desk(acting):
        return role != "service-desk" and acts_on_account(acting, held)
    if acting is None or at is None or at.status == "closed":
        return False
    reached = is_approver_of(acting, at) or stands_over(acting, "commissioner-approver", at)
    living = [(had, place) for had, place in held if place is None or place.status != "closed"]
    return reached and all(
        place is not None and _gives_role(acting, had, place) for had, place in [(role, at), *living]
    )


def takes_over(
    target: Organisation, role: str, leaver: str, everywhere: bool, present: dict[tuple[str, str], set[str]]
) -> tuple[str, str] | None:
    """Role and code of those who decide once the leaver is gone from there, or from `everywhere`.

    `present` is who is active, by role and code. None when somebody stays, or the queue wasn't theirs.
    """
    if target.status == "closed":
        return None
    commissioners = [("commissioner-approver", code) for code in COMMISSIONERS[target.code]]
    own = (role, target.code)
    if role == "provider-approver" and target.code in PROVIDERS and target.approval_level == "multi":
        above = commissioners
    elif role == "commissioner-approver" and commissioners[:1] == [own]:
        above = commissioners[1:]
    else:
        return None
    if leaver not in present.get(own, set()) or present[own] != {leaver}:
        return None
    for place in above:
        if present.get(place, set()) - ({leaver} if everywhere else set()):
            return place
    return "service-desk", EVERYWHERE
