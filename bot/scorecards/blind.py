"""Blind mode: a requisition whose candidates are read and compared without names (`settings["blind"]`).

Everybody has a neutral label, "Candidate K7", that stays the same as long as the requisition is there. It says nothing: not
in which order people came, nor anything of their name. The name shows once a decision has been made, or to whoever with
the role has pressed "Show the name", which is written down (`flags["named"]`: who, and the fact `name_shown`).
"""

from collections.abc import Iterable
from hashlib import blake2s

from bot import hiring
from bot.store import funnel_queries
from bot.store.store import Row, Tx
from flows.words import shortlist_en as words

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits
_NUMBERS = 99


def is_blind(requisition: Row) -> bool:
    return bool(hiring.settings_of(requisition).get("blind"))


def hidden(requisition: Row, interview: Row, reader_id: str) -> bool:
    """Is a candidate's name kept from somebody? interview: any of theirs, with its status and flags."""
    if not is_blind(requisition) or interview["status"] == "decided":
        return False
    return reader_id not in hiring.flags(interview).get("named", ())


def label(tx: Tx, requisition: Row, candidate_id: str) -> str:
    """The neutral label of one candidate."""
    return labels(r["candidate_id"] for r in funnel_queries.invited(tx, requisition["tenant_id"], requisition["id"]))[
        candidate_id
    ]


def labels(candidate_ids: Iterable[str]) -> dict[str, str]:
    """Candidate -> neutral label. Given in the order of their invitations, so that whoever comes later changes nobody's."""
    found: dict[str, str] = {}
    taken: set[int] = set()
    for candidate in candidate_ids:
        if candidate in found:
            continue
        room = len(_LETTERS) * _NUMBERS * (len(taken) // (len(_LETTERS) * _NUMBERS) + 1)
        place = int.from_bytes(blake2s(candidate.encode(), digest_size=8).digest()) % room
        while place in taken:
            place = (place + 1) % room
        taken.add(place)
        number, letter = divmod(place, len(_LETTERS))
        found[candidate] = words.neutral(f"{_LETTERS[letter]}{number + 1}")
    return found
