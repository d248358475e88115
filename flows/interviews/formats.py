"""Which stages fit a requisition: a proposal with its reasons, from what a recruiter says about it. Pure.

When recorded, when live, and when with people: volume, time zones, kind of role, seniority and the team's hours decide.
It proposes; nobody is moved by it.
"""

from dataclasses import dataclass

CHOICES: dict[str, tuple[str, ...]] = {
    "volume": ("few", "some", "many", "hundreds"),
    "span": ("near", "far", "world"),
    "role": ("client", "craft", "lead", "other"),
    "level": ("entry", "mid", "senior"),
    "hours": ("little", "some", "plenty"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known, each one of `CHOICES`. volume: candidates; span: of their time zones; hours: the team's, a week."""

    volume: str
    span: str
    role: str
    level: str
    hours: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """One stage. form: text, recorded or people; minutes: of a meeting with people; reasons: ids of `flows.words.funnel_en`."""

    form: str
    minutes: int
    reasons: tuple[str, ...]


def propose(about: Situation) -> tuple[Proposed, ...]:
    """The stages in order: one to three of them, the last one with people."""
    why_recorded = _why_recorded(about)
    opening = Proposed("recorded", 0, why_recorded) if why_recorded else Proposed("text", 0, ("live_few",))
    middle = _middle(about) if why_recorded else ()
    return (opening, *middle, _meeting(about, bool(middle)))


def _why_recorded(about: Situation) -> tuple[str, ...]:
    """Why the first step has no fixed time; empty where a live conversation fits better."""
    crowd = about.volume in ("many", "hundreds")
    scarce = about.hours == "little" and about.volume != "few"
    found = (("recorded_volume", crowd), ("recorded_span", about.span == "world"), ("recorded_hours", scarce))
    if about.span == "far" and about.hours != "plenty":
        found = (*found, ("recorded_span", True))
    return tuple(dict.fromkeys(reason for reason, holds in found if holds))


def _middle(about: Situation) -> tuple[Proposed, ...]:
    """A live conversation for the shortlist; a first job has two steps only, unless hundreds apply for it."""
    if about.level == "entry" and about.volume != "hundreds":
        return ()
    reasons = tuple(
        reason
        for reason, holds in (
            ("live_shortlist", about.volume in ("many", "hundreds")),
            ("live_client", about.role == "client"),
        )
        if holds
    )
    return (Proposed("text", 0, reasons),) if reasons else ()


def _meeting(about: Situation, three: bool) -> Proposed:
    minutes = {"entry": 30, "mid": 45, "senior": 60}[about.level]
    reasons = ["panel_last"]
    if about.level == "senior" or about.role == "lead":
        reasons.insert(0, "panel_senior")
    if about.role == "client":
        reasons.append("panel_client")
    if about.level == "entry" and not three:
        reasons.append("short_entry")
    return Proposed("people", minutes, tuple(reasons))
