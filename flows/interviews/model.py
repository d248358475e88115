"""The life of one interview: `move(status, fact) -> Status | Refused`.

Several people meet in an interview, so its life is a table and not a conversation. Facts may come late or
twice (a retry, two devices); that leaves the status as it is, or is refused with a sentence for the person
who caused it. Nothing here raises. `called_off` and `moved` are the team's doing: an interview ends, or begins anew
for another role (once it is going on, it only changes where it counts). `held`: people have held it, so it can be rated;
`not_held`: it turned out that they haven't, so it is as if newly invited (stated only where nobody sent answers off).
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an interview is. `declined`: the candidate chose a person instead of the bot, which is no ending."""

    INVITED = "invited"
    OPENED = "opened"
    CONSENTED = "consented"
    DECLINED = "declined"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    SCORED = "scored"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Refused:
    """The fact can't be true now. `say` is for whoever caused it; the status stays as it is."""

    status: Status
    say: str


FACTS = (
    "opened",
    "consented",
    "human_chosen",
    "interview_began",
    "paused",
    "resumed",
    "submitted",
    "held",
    "not_held",
    "revealed",
    "decided",
    "withdrawn",
    "expired",
    "called_off",
    "moved",
)

# One row per status, one column per fact of FACTS, in that order. A word is the next status, "=" stays,
# and a capital letter refuses with the sentence of that letter below.
_TABLE = """
            opened consented human_chosen began       paused resumed     submitted held      not_held revealed decided withdrawn expired called_off moved
invited     opened C         C            C           =      =           C         submitted =        R        R       withdrawn expired withdrawn  =
opened      =      consented declined     C           =      =           C         submitted =        R        R       withdrawn expired withdrawn  invited
consented   =      =         declined     in_progress =      =           B         submitted =        R        R       withdrawn expired withdrawn  invited
declined    =      consented =            H           =      =           H         submitted =        scored   R       withdrawn =       withdrawn  =
in_progress =      =         declined     =           paused =           submitted A         =        R        R       withdrawn M       withdrawn  =
paused      =      =         declined     in_progress =      in_progress submitted A         =        R        R       withdrawn expired withdrawn  =
submitted   =      =         S            =           =      =           =         =         invited  scored   R       withdrawn =       withdrawn  T
scored      =      =         S            =           =      =           =         =         =        =        decided withdrawn =       O          T
decided     =      =         D            =           =      =           =         =         =        =        =       withdrawn =       O          T
withdrawn   W      W         W            W           W      W           W         W         =        W        W       =         =       =          W
expired     X      X         declined     X           =      X           submitted X         =        X        X       withdrawn =       withdrawn  X
"""

_SAY = {
    "C": "That comes after the first questions: please open the invitation and answer those.",
    "A": "The candidate is answering Parley's questions, so that is the interview that counts.",
    "B": "The interview hasn't begun yet, so there is nothing to send off.",
    "H": "A person will hold this interview, so it isn't continued here. The candidate can still change their mind.",
    "M": "Somebody is answering at the moment, so the invitation stays open until they pause or finish.",
    "R": "This needs the scorecards of everybody on the panel first.",
    "S": "The answers have been sent off already. A person on the team can still be asked for.",
    "D": "This interview has been decided already. The decision can still be contested.",
    "W": "The candidate has withdrawn, so nothing more happens in this interview.",
    "O": "The scorecards are open already, so this is decided rather than called off.",
    "T": "The answers have been sent off already, so they stay with the role they were given for.",
    "X": "This invitation has run out. The team can send a new one.",
    "?": "I don't know what that would change in an interview.",
}


def _rows() -> dict[tuple[Status, str], str]:
    lines = [line.split() for line in _TABLE.strip().splitlines()[1:]]
    return {(Status(row[0]), fact): cell for row in lines for fact, cell in zip(FACTS, row[1:], strict=True)}


_MOVES = _rows()


def move(status: Status, fact: str) -> Status | Refused:
    """The status after `fact` (one of `FACTS`), or why it can't be. An unknown fact is refused too."""
    cell = _MOVES.get((status, fact), "?")
    if cell == "=":
        return status
    return Refused(status, _SAY[cell]) if cell in _SAY else Status(cell)
