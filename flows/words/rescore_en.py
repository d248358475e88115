"""What a recruiter reads about the machine's reading of an interview: where it is, its versions, reading it again."""

from flows.cards import Card, Option, Row
from flows.rating.card import MachineCard

STATE = "Now"
SEALED = "sealed with the others"
AGAIN = Option("again", "Read again")
STOP = Option("stop", "Stop the reading", "danger")
CLOSE = Option("no", "Leave it", "quiet")
ASKED = "The answers are being read again. I'll tell you when it's done; until then the card that there is stays."
STOPPING = "I'll stop it at the next step. Words are matched instead, without a model."
UNDER_WAY = "They are being read at the moment. Stop that first, or wait until it's done."
NONE_UNDER_WAY = "There is no reading to stop any more. Nothing has changed."
NO_ANSWERS = "There are no answers to read: either they haven't been sent off yet, or people held this interview."
NO_NEWER = "There is no newer version of that kit any more. Nothing has changed."


def newer(version: int) -> Option:
    return Option("newer", f"Read again with kit version {version}")


def version_row(number: int, day: str, card: MachineCard | None, stopped_by: str = "") -> Row:
    label = f"Version {number}, {day}"
    if card is None:
        return Row(label, SEALED)
    by = f"{card.model} at {card.host}" if card.kind == "llm-evidence" else "text matching"
    stopped = f" (the model was stopped by {stopped_by})" if stopped_by else ""
    return Row(label, f"kit {card.kit} version {card.kit_version}, {by}{stopped}")


def machine_cards(candidate: str, now: str, rows: tuple[Row, ...], options: tuple[Option, ...]) -> Card:
    text = f"What software has read of {candidate}'s answers. Reading again makes a new version; earlier ones are kept."
    return Card(text, rows=(Row(STATE, now), *rows), options=options, tone="aside")


NOT_READING = "nothing is being read"


def reading(running: bool, behind: int, done: int, total: int) -> str:
    """Where a reading stands, for the team."""
    if not running:
        return f"queued behind {behind}" if behind else "next in the queue"
    return f"{done} of {total} competencies read" if total else "being read"


def read_again(candidate: str, opened: bool) -> Card:
    where = "It is open in the hiring channel." if opened else "It stays sealed with the others."
    return Card(f"{candidate}'s answers have been read again. {where}", tone="notice")


def not_read_again(candidate: str) -> Card:
    return Card(
        f"{candidate}'s answers could not be read again, or somebody stopped it. The card that there is still counts; "
        "/interview rescore shows it, and you can try once more.",
        tone="notice",
    )
