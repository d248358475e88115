"""What is said about recordings: that they were heard, that they couldn't be, and how their words are corrected.

How somebody speaks is never mentioned: a recording is its words, and whether they could be made out.
"""

from flows.cards import Card, Option, Quote

# What buttons below a recording carry, with its number: "~use.2".
USE, DROP, AGAIN, FIX = "~use", "~drop", "~again", "~fix"
HEARD = "What I heard"
ALOUD = "Read aloud by an automated voice"
HINT_EITHER = "Write your answer, or send a voice message"
MODE = (
    "You can answer by voice message or in writing, and change between the two at any question. How would you like to "
    "begin?"
)
SPEAK = Option("speak", "By voice message", "primary")
WRITE = Option("write", "In writing")
IN_BROWSER = Option("~elsewhere", "Record it in the browser", "primary")
STILL_LISTENING = "I'm still listening to your recording. As soon as I have the words, I'll take it as your answer."
LISTENING_AGAIN = "I'm listening to it once more."
COUNTED = "Good, those words are part of your answer. Add more, or send it off."
DROPPED = "I've taken that recording out and deleted it. The question is still open."
LEFT_OUT = "I've taken that recording out and deleted it. The rest is your answer."
NOTHING_TO_DROP = "There is no recording to take back. What is in an answer can be changed: write \u201cchange\u201d."
NOTHING_TO_FIX = (
    "There is nothing to correct just now: what I heard can be corrected for a quarter of an hour. After that, "
    "\u201cChange my last answer\u201d lets you give an answer anew."
)
WHICH_TO_FIX = "Which recording shall we correct?"
NONE_TO_FIX = Option("none", "None of them", "quiet")
AS_IT_IS = Option("as_it_is", "Leave it as it is", "quiet")
FIX_EMPTY = "That came without any words. Write what it should say."
FIX_LONG = "That is more than I can take at once. Write only what is wrong, such as: wrong word -> right word"

_FREE = "Nothing is lost and it counts for nothing: please record it again, or write your answer instead."
_NOT_HEARD = {
    "silence": f"I couldn't hear anybody speak in that recording; the microphone may be muted. {_FREE}",
    "too_short": f"That recording is too short for me to hear any words. {_FREE}",
    "empty": f"That recording arrived empty. {_FREE}",
    "unreadable": f"I couldn't open that as a recording. {_FREE}",
    "no_audio": f"There is no sound in that file. {_FREE}",
    "odd_format": f"That recording is in a format that I can't open. {_FREE}",
    "corrupt": f"That recording arrived damaged. {_FREE}",
    "gone": f"That recording is gone from where you sent it before I could fetch it. {_FREE}",
    "off": "I can't listen to recordings here at the moment. Nothing is lost; please write your answer instead.",
    "trouble": "Something went wrong on our side while I was listening. Your recording is safe. Shall I try once more? "
    "You can also write your answer instead.",
    "quota": f"That is more than I can keep for one interview. {_FREE}",
}
_DOUBTS = {
    "low_confidence": "I'm not sure that I understood you.",
    "wrong_language": "That didn't sound like the language of this interview to me.",
    "clipping": "The recording is distorted, so I may have misheard you. A little more distance to the microphone helps.",
    "repetition": "I may have got stuck: I heard the same words again and again.",
}
_ABOUT = {
    "cut_off": "A part of the recording didn't arrive.",
    "black": "The picture is black: the camera may have been covered.",
    "dark": "The picture is dark.",
    "frozen": "The picture stands still.",
}
_RECORD_AGAIN = "That isn't held against you, and you can record it again if you like."
_CANNOT = {
    "off": "I can't listen to recordings here, so please write it instead. Nothing of it was kept.",
    "refused": "You asked not to be recorded, so I haven't kept that recording. Please write it instead; if you have "
    "changed your mind, write \u201chuman\u201d and the team will arrange it.",
    "written": "This question is to be answered in writing, so I haven't kept that recording. Please write it instead.",
    "prepared": "For this question I'd like a recording that you make now, not a file from before, so I haven't kept "
    "that one. You can also write your answer.",
}


def cannot_listen(why: str) -> Card:
    """Why a recording can't be an answer here."""
    return Card(_CANNOT.get(why, _CANNOT["off"]), tone="aside")


_ONLY_WORDS = (
    "Only the words matter, not how they sound. If one of them is wrong, choose \u201cFix what you heard\u201d."
)
_MB, _MINUTE_OF_VIDEO = 1 << 20, 10 << 20  # bytes; what a phone makes of a minute, roughly


def limited(most: int) -> str:
    """How large a video may be where a chat gives us no larger files. most: in bytes."""
    minutes = max(1, most // _MINUTE_OF_VIDEO)
    about = "a minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"A video sent here may have up to {most // _MB} MB, about {about}. For a longer one choose \u201cContinue on another "
        "device\u201d: the page it leads to takes longer ones."
    )


def length(seconds: float) -> str:
    """ "0:42"."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _use(nth: int) -> Option:
    return Option(f"{USE}.{nth}", "Yes, that's right", "primary")


def _fix(nth: int) -> Option:
    return Option(f"{FIX}.{nth}", "Fix what you heard")


def _drop(nth: int) -> Option:
    return Option(f"{DROP}.{nth}" if nth else DROP, "Take the recording back", "quiet")


def listening(seconds: float, part: float = 0, nth: int = 0) -> Card:
    """A longer recording has come. part: how much of it has been heard, 0 to 1. nth: which recording of its conversation
    it is, from 1 (0: the newest)."""
    how_far = f" I've heard about {round(part * 100)}\u00a0% of it." if part else " The words will follow in a moment."
    return Card(f"I have your recording ({length(seconds)}).{how_far}", tone="aside", options=(_drop(nth),))


def heard(text: str, doubt: str, nth: int, about: tuple[str, ...] = ()) -> Card:
    """The words of a recording, for the person who spoke them; the first time, with what they are for. doubt: why they may
    be wrong, or ""; nth: as above; about: see `flows.requests.Heard`."""
    noticed = " ".join(_ABOUT[code] for code in about if code in _ABOUT)
    said = [_DOUBTS.get(doubt, ""), noticed and f"{noticed} {_RECORD_AGAIN}", _ONLY_WORDS if nth == 1 else ""]
    return Card(
        " ".join(filter(None, said)),
        title=HEARD,
        tone="aside",
        quotes=(Quote(text),),
        options=(_fix(nth),),
    )


def doubtful(text: str, doubt: str, nth: int = 0) -> Card:
    """Words that count only once the person has looked at them. nth: which recording of its conversation, from 1."""
    return Card(
        f"{_DOUBTS.get(doubt, _DOUBTS['low_confidence'])} Is this what you said? As long as you don't say so, it isn't "
        "used. You can also record it again, or write it.",
        title=HEARD,
        tone="question",
        quotes=(Quote(text),),
        options=(_use(nth), _fix(nth), _drop(nth)),
    )


def not_heard(why: str, figures: tuple[float, ...] = (), nth: int = 0) -> Card:
    """Why no words came of a recording, and what to do. figures: see `flows.requests.NotHeard`; nth: as above."""
    options = (Option(f"{AGAIN}.{nth}", "Try once more", "primary"), _drop(nth)) if why == "trouble" else ()
    text = _NOT_HEARD.get(why, _NOT_HEARD["unreadable"])
    if why == "too_long" and figures:
        text = f"That recording is longer than {figures[0]:g} minutes. {_FREE} Several shorter ones are fine too."
    if why == "too_large" and figures:
        text = f"That recording is larger than {figures[0]:g} MB, which is more than I can take here. {_FREE}"
    if why == "too_large" and len(figures) > 1:
        text += f" In your browser it can be up to {figures[1]:g} MB: one tap brings you there, just where you are now."
        options = (IN_BROWSER,)
    return Card(text, tone="kind_error", options=options)


def fix(text: str) -> Card:
    return Card(
        "Write it as it should be, or only what is wrong, one on each line, such as: wrong word -> right word",
        tone="question",
        quotes=(Quote(text, HEARD),),
        options=(AS_IT_IS,),
    )


_NEVER_MIND = ("leave it", "leave it as it is", "never mind", "nevermind", "cancel", "nothing")


def leaves(text: str) -> str | None:
    """Does somebody who was asked for a correction want none after all? The option's id, or None."""
    return AS_IT_IS.id if text.casefold().strip(" .!") in _NEVER_MIND else None


def fixed(text: str) -> Card:
    return Card("Corrected. These words count now, and what I had heard stays beside them.", quotes=(Quote(text),))


def not_in_there(wrong: str) -> str:
    named = f"\u201c{wrong}\u201d" if wrong else "the words before the arrow"
    return f"I can't find {named} in what I heard. Write it as it stands there, or write the whole answer anew."


def to_fix(heard: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    """The recordings that can be corrected: (utterance, words)."""
    return (*(Option(u, _short(text)) for u, text in heard), NONE_TO_FIX)


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:7]) + ("\u2026" if len(words) > 7 else "")
