"""The user profile: which facts a person's account has, and who may see and change each.

An attribute that our file does not name is somebody else's and stays. Whether accounts may hold attributes
that no profile declares is ours: were that opened, people could write their own.
"""

import json
from typing import Any

from directory.admin_session import AdminSession
from directory.realm.comparing import Difference, absent, compare
from directory.realm.files import Representation

_PROVIDER = "org.keycloak.userprofile.UserProfileProvider"
_CONFIG = "kc.user.profile.config"
_POLICY = "unmanagedAttributePolicy"
# A rule that was added by hand is a change to something of ours, so these are compared whole.
_RULES = ("validations", "required", "permissions")


class UserProfile:
    """The attributes that our file declares, by name."""

    def differences(self, session: AdminSession, wanted: Representation) -> list[Difference]:
        if _PROVIDER not in wanted.get("components", {}):
            return []
        ours, theirs = _profile(wanted), session.get("users", "profile")
        policy = compare("user profile", "", {_POLICY: ours.get(_POLICY)}, theirs)
        return policy + _attribute_differences(_by_name(ours), _by_name(theirs))

    def correct(self, session: AdminSession, wanted: Representation) -> None:
        ours, theirs = _profile(wanted), session.get("users", "profile")
        merged = _by_name(theirs) | _by_name(ours)
        attributes = {"attributes": list(merged.values()), _POLICY: ours.get(_POLICY)}
        session.put("users", "profile", body=theirs | attributes)


def _attribute_differences(ours: Representation, theirs: Representation) -> list[Difference]:
    found: list[Difference] = []
    for name, attribute in ours.items():
        if name not in theirs:
            found.append(absent("user profile", name))
        else:
            found += compare("user profile", name, _complete(attribute), _complete(theirs[name]))
    return found


def _complete(attribute: Representation) -> Representation:
    rules = {key: _sorted(attribute.get(key) or {}) for key in _RULES}
    return {**rules, "multivalued": attribute.get("multivalued", False)}


def _sorted(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _profile(wanted: Representation) -> Representation:
    profile: Representation = json.loads(wanted["components"][_PROVIDER][0]["config"][_CONFIG][0])
    return profile


def _by_name(profile: Representation) -> Representation:
    return {attribute["name"]: attribute for attribute in profile["attributes"]}
