"""How a decision is told: yes or no, and the reason in its context."""

import json
from typing import Any

from portal.rules.grounds import Ground

SENTENCES = {
    Ground.HELD_EVERYWHERE: "The role is held over every organisation.",
    Ground.HELD_HERE: "The role is held at this organisation.",
    Ground.HELD_OVER: "The role is held at a commissioning organisation over this one.",
    Ground.OUTSIDE_CLUSTERS: "The person is restricted to service provider clusters, and this is in none.",
    Ground.DISABLED: "The person's account is disabled.",
    Ground.PLACE_CLOSED: "The organisation that the role is held at has closed.",
    Ground.CLOSED: "The organisation has closed.",
    Ground.NOT_HELD: "The person does not hold this role here.",
    Ground.UNKNOWN_ORGANISATION: "No organisation has this ODS code.",
    Ground.UNKNOWN_ROLE: "There is no such role.",
    Ground.UNKNOWN_TYPE: "A subject is a person or user, a resource an organisation.",
    Ground.NOT_GIVEN: "Nothing about this was given to the application, or to this token.",
}
"""Of every reason what it means, for people who read logs; programs go by the reason itself."""


def answered(ground: Ground) -> dict[str, Any]:
    """The decision in AuthZEN's form."""
    return {"decision": ground.opens, "context": reason(ground)}


def reason(ground: Ground) -> dict[str, str]:
    """The reason alone."""
    return {"reason": ground.value, "message": SENTENCES[ground]}


ANSWERS = {ground: json.dumps(answered(ground)) for ground in Ground}
"""Each whole answer to a single question as it is sent."""
