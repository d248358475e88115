"""The sentences of the player on the review page."""

RECORDING = "Recording"
GONE = "The recording has been deleted, as promised. Its words stay."
NOT_YET = "The recording can be heard once the name may be seen: a voice says who somebody is."
ENDED = "The candidate's agreement to be recorded has ended, so this can't be heard any more. Its words stay."
HEARD_FIRST = "What was heard, before the candidate corrected it"
DOWNLOAD = "Download"
CAPTIONS = "Captions"
FROM_HERE = "Play from the chosen words"
_NOBODY_SPOKE = ("silence", "too_short", "empty", "no_audio")


def no_words(length: str, why: str) -> str:
    """Of a recording that is in no answer. why: a code of `flows.requests.NotHeard`, or "" for words that may be wrong."""
    if not why:
        return f"The words of a recording of {length} may be wrong and weren't confirmed; it isn't scored."
    if why in _NOBODY_SPOKE:
        return f"A recording of {length} had no words that could be heard; it isn't scored."
    return f"A recording of {length} couldn't be listened to; it isn't scored."


def file_name(label: str, ending: str) -> str:
    """A name for a file that says nothing about anybody. label: of the recording, in letters and digits."""
    plain = "".join(c for c in label if c.isascii() and c.isalnum())
    return f"recording-{plain}.{ending}"
