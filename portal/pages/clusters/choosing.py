"""What a submitted chooser does to a draft: boxes ticked and cleared, all of a search, pasted codes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.pages.clusters.drafts import Draft
from portal.pages.clusters.files import Line
from portal.store.queries import clusters, organisations

SEPARATORS = re.compile(r"[\s,;\0]+")
MOST_CODES = 2_000


@dataclass(frozen=True)
class Ticks:
    """Of the providers that a page showed, those with a ticked box; and Select all as it was and is.

    `text` is the search whose results the page showed: Select all is of those.
    """

    shown: Sequence[str]
    chosen: Sequence[str]
    text: str
    all_was: bool
    all_is: bool


def ticked(db: Session, commissioner: Sequence[str], draft: Draft, ticks: Ticks) -> Draft:
    """The draft with the boxes as they are now; a code that isn't to be chosen there is as good as none."""
    able = clusters.candidate_codes(db, commissioner)
    chosen = set(draft.organisations) - set(ticks.shown) | (set(ticks.chosen) & able)
    if ticks.all_is != ticks.all_was:
        matching = clusters.candidate_codes(db, commissioner, ticks.text)
        chosen = chosen | matching if ticks.all_is else chosen - matching
    return replace(draft, organisations=tuple(sorted(chosen)), refused=(), bad_lines=())


def codes_of(text: str) -> list[str]:
    """The codes in what was pasted, each once."""
    return list(dict.fromkeys(code.upper() for code in SEPARATORS.split(text) if code))


def pasted(db: Session, commissioner: Sequence[str], draft: Draft, codes: Sequence[str]) -> tuple[Draft, int]:
    """The draft with the pasted codes, each checked, and how many were new."""
    able = clusters.candidate_codes(db, commissioner)
    listed = set(draft.organisations) | (set(codes) & able)
    refused = _refused(db, commissioner, [code for code in codes if code not in listed])
    added = len(listed) - len(draft.organisations)
    return replace(draft, organisations=tuple(sorted(listed)), refused=tuple(refused.items())), added


def uploaded(
    db: Session, commissioner: Sequence[str], draft: Draft, lines: Sequence[Line]
) -> tuple[Draft, int]:
    """The draft with the codes of a file, each line checked, and how many were new."""
    codes = {line.code for line in lines}
    listed = set(draft.organisations) | (codes & clusters.candidate_codes(db, commissioner))
    refused = _refused(db, commissioner, [code for code in codes if code not in listed])
    bad = [(line.number, line.code[:20], why) for line in lines if (why := refused.get(line.code[:20], ""))]
    added = len(listed) - len(draft.organisations)
    return replace(draft, organisations=tuple(sorted(listed)), bad_lines=tuple(bad)), added


def _refused(db: Session, commissioner: Sequence[str], codes: Sequence[str]) -> Mapping[str, str]:
    known = organisations.by_codes(db, codes)
    below = set(codes) - clusters.not_below(db, commissioner[-1], codes)
    return {code[:20]: _why(code in known, code in below) for code in codes}


def _why(known: bool, below: bool) -> str:
    if not known:
        return "no organisation has this ODS code"
    return "closed" if below else "not a service provider of this organisation"
