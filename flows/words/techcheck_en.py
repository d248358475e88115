"""The sentences of a tech check: how a recording arrived, and what to change. Never how somebody speaks."""

from flows.cards import Card, Option, Row, Sound
from flows.techcheck.sounds import Sounds
from flows.words.voice_en import length

GOOD = Option("good", "Good to go", "primary")
AGAIN = Option("again", "Try again")
TEN_SECONDS = (
    "Record about ten seconds here, the way you'd record an answer: say what you can see out of your window, for example. "
    "You can hear it again afterwards, and then it is deleted. Nobody else hears it."
)
HELP = (
    "This checks your microphone. Send a short recording, and I say how it arrived; it is deleted afterwards. "
    "\u201cskip\u201d leaves the check."
)
ONCE_MORE = "Record about ten seconds once more. The one before is deleted as well."
WRITTEN = (
    "That came in writing, so I can't say anything about your microphone. You can try again with a recording, or go on: "
    "writing is always fine."
)
BYE = "I've deleted the recording."
TITLE = "Your microphone"
READY = "This works: I could make out your words."
CHANGE = "I could make out your words. Something can be better, and you can go on either way:"
NO_WORDS = "The recording arrived, but I couldn't make out words. Try again a little closer to the microphone."
SHORT = 3  # seconds: less is too little to tell
SLOW = 60.0  # seconds to send a minute of recording: from here on the line is slower than the recording
_STEADY = 30.0

# Code of what could be better -> (the row it belongs to, what to do).
_HINTS = {
    "too_quiet": ("Level", "low: move closer to the microphone, or raise its level in your settings"),
    "clipped": ("Level", "too high, so the sound is distorted: a little more distance helps"),
    "noisy": ("Noise", "there is noise in the background: a closed window, or headphones with a microphone, helps"),
    "cut_off": ("Length", "a part didn't arrive: try once more, with a better connection if you can"),
    "dark": ("Picture", "dark: a lamp or a window in front of you helps"),
    "black": ("Picture", "black: the camera may be covered, or another program is using it"),
    "frozen": ("Picture", "it stands still: close other programs that use the camera, and try again"),
}
_FINE = {"Level": "fine", "Noise": "fine"}


def result(told: Sounds, recording: str) -> Card:
    """How a recording arrived, with a way to hear it again."""
    rows = _FINE | ({"Picture": "fine"} if told.video else {}) | {"Length": _length(told)}
    if told.minute is not None:
        rows["Sending"] = _sending(told.minute)
    todo = [_HINTS[h] for h in told.hints if h in _HINTS]
    for row, what in todo:
        rows[row] = f"{length(told.seconds)}, {what}" if row == "Length" else what
    better = bool(todo) or told.seconds < SHORT or (told.minute or 0) >= SLOW
    return Card(
        NO_WORDS if not told.words else CHANGE if better else READY,
        title=TITLE,
        tone="question",
        rows=tuple(Row(label, value) for label, value in rows.items()),
        sounds=(Sound("Hear it again", recording=recording, own=True),),
        options=(GOOD, AGAIN) if told.words else (AGAIN, GOOD),
    )


def _length(told: Sounds) -> str:
    if told.seconds < SHORT:
        return f"{length(told.seconds)}, a little short to tell"
    return f"{length(told.seconds)}, {told.words} {'word' if told.words == 1 else 'words'} made out"


def _sending(minute: float) -> str:
    """minute: seconds to send a minute of recording."""
    takes = f"a minute of recording takes about {max(1, round(minute))} s to send"
    if minute < _STEADY:
        return f"fast: {takes}"
    if minute < SLOW:
        return f"good enough: {takes}"
    return f"slow: {takes}. Stay on the page until it is through, or answer in writing"


def written() -> Card:
    return Card(WRITTEN, tone="question", options=(AGAIN, GOOD))
