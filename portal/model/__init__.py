"""What the portal's own database keeps: mapped classes and their transitions. No session, no I/O."""

from portal.model.audit import AuditEntry, AuditKind
from portal.model.base import Base
from portal.model.clock import MovedClock
from portal.model.effects import Effect, EffectKind
from portal.model.feed import FeedPosition, Reach, ScopeChange, Touched
from portal.model.invitations import Invitation, InvitationState
from portal.model.limits import ApplicationUse, Attempt
from portal.model.mail import Mail, MailKind, MailState
from portal.model.mirror import MirroredHolding, MirroredOrganisation, MirroredPerson, MirrorPosition
from portal.model.mirrored_clusters import MirroredCluster, MirroredRestriction
from portal.model.notices import Notice, NoticeKind
from portal.model.requests import TRANSITIONS, AccessRequest, RequestKind, RequestState
from portal.model.sessions import PortalSession, SeenLogoutToken

__all__ = [
    "TRANSITIONS",
    "AccessRequest",
    "ApplicationUse",
    "Attempt",
    "AuditEntry",
    "AuditKind",
    "Base",
    "Effect",
    "EffectKind",
    "FeedPosition",
    "Invitation",
    "InvitationState",
    "Mail",
    "MailKind",
    "MailState",
    "MirrorPosition",
    "MirroredCluster",
    "MirroredHolding",
    "MirroredOrganisation",
    "MirroredPerson",
    "MirroredRestriction",
    "MovedClock",
    "Notice",
    "NoticeKind",
    "PortalSession",
    "Reach",
    "RequestKind",
    "RequestState",
    "ScopeChange",
    "SeenLogoutToken",
    "Touched",
]
