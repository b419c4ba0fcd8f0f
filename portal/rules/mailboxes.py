"""Whose mailbox an e-mail address is: one person's, or one that several people read, such as reception@."""

import re
from itertools import pairwise

# Nobody is called these: one of them anywhere in the address is enough.
_TELLING_WORDS = """
    reception receptionist receptionists admin admins administration administrator adminteam enquiries enquiry
    inquiries noreply donotreply helpdesk servicedesk postmaster webmaster hostmaster practicemanager
    practicemanagers officemanager businessmanager prescriptions referrals appointments"""
# Some are called these, or they stand beside a name: an address made up of nothing else is shared.
_COMMON_WORDS = """
    the our general shared practice surgery gp doctor doctors dr medical centre center health clinic group
    pcn icb manager managers management office team staff desk front info information mail mailbox email post
    inbox contact contacts contactus us hello help support service services secretary secretaries secretarial
    finance accounts accounting payments payroll billing invoices claims hr it nurse nurses nursing dispensary
    pharmacy clerk clerks business ops operations data test user users no reply generic main"""
TELLING = frozenset(_TELLING_WORDS.split())
COMMON = frozenset(_COMMON_WORDS.split())
TAGGED, UNTAGGED = r"^([^+@]+)\+[^@]*@", r"\1@"
"""An address with a tag, and what is left of it without; Python and PostgreSQL read them alike."""
_PRACTICE_CODE = re.compile(r"(?<![a-z0-9])[a-z]\d{5}(?![a-z0-9])")
_SEPARATORS = re.compile(r"[^a-z]+")
_ONLY_COMMON = re.compile("(?:" + "|".join(sorted(TELLING | COMMON, key=len, reverse=True)) + ")+")


def mailbox(email: str) -> str:
    """The address without a `+tag`, in lower case: mail to mallory+2@ comes to mallory@.

    Nothing else is left out: what a dot means is each mail system's own affair.
    """
    plain = email.strip().lower()
    return re.sub(TAGGED, UNTAGGED, plain) if "+" in plain else plain


def is_same(one: str, other: str) -> bool:
    """Whether both addresses are of the same mailbox, so of the same person."""
    return mailbox(one) == mailbox(other)


def is_shared(email: str) -> bool:
    """Whether the address looks like a mailbox of a team, not of a person.

    Digits, dots, dashes, underscores, a practice's code and a `+tag` make no difference: practice.manager2@
    is as shared as practicemanager@. A guess to be shown beside a decision, never a reason to refuse.
    """
    local = email.strip().lower().partition("@")[0].partition("+")[0]
    without_code = _PRACTICE_CODE.sub(" ", local)
    words = [word for word in _SEPARATORS.split(without_code) if word]
    if not words:
        return without_code != local
    return _tells(words) or _ONLY_COMMON.fullmatch("".join(words)) is not None


def _tells(words: list[str]) -> bool:
    """One telling word, or two neighbours that make one: "practice", "manager"."""
    pairs = (first + second for first, second in pairwise(words))
    return any(word in TELLING or _begins_or_ends(word) for word in (*words, *pairs))


def _begins_or_ends(word: str) -> bool:
    """Whether a long telling word begins or ends it: "receptionfairisle". Short ones hide in real names."""
    return any(word.startswith(part) or word.endswith(part) for part in TELLING if len(part) >= 9)
