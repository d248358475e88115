"""The sentences about local times that are no longer what people were told (`bot.scheduling.zone_rules`)."""

from flows.cards import Card, Option
from flows.words.appointments_en import CANT

KEEP = Option("no", "Leave it as it is")


def your_time(other: str, at: str, was: str, place: str, moved: bool, candidate: bool) -> Card:
    """was: "Tuesday 1 December, 10:00"; place: where that was; moved: they read times in another zone now."""
    why = "You read times in another zone now" if moved else f"The rules for clocks in {place} have changed"
    told = f"I had told you {was}{f' ({place})' if moved else ''}"
    way = "Write “reschedule” here" if candidate else "Press the button below"
    return Card(
        f"{why}, so please look once more: your interview with {other} is on {at}. {told}. The moment itself is the "
        f"same. {way} if it no longer suits you.",
        title="Please note the time",
        tone="notice",
        options=() if candidate else (CANT,),
    )


def can_it_stay(candidate: str, role: str, who: str, at: str, moved: bool, version: int) -> Card:
    """who: the names of those for whom the local time is another one; at: for this reader."""
    why = "they are in another time zone now" if moved else "rules for clocks have changed"
    return Card(
        f"The local time of the interview with {candidate} for {role} is another one than I had told {who}, because {why}. "
        f"I have told them. It is still on {at}. Shall I ask {candidate} for another time?",
        title="A local time has changed",
        tone="question",
        options=(Option(f"yes.{version}", f"Ask {candidate}"), KEEP),
    )
