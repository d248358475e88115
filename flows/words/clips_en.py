"""The sentences around short pieces of recordings: the quoted evidence of an open scorecard, to be heard."""

HEAR = "Hear the evidence"
COMING = "The quotes that were spoken are coming in the thread below this scorecard, a few seconds each."
THERE = "The quotes that were spoken are in the thread below this scorecard already."
NONE = "None of the quotes can be heard: they were written, or their recordings have been deleted."
NAMELESS = "Names are kept back here, and a voice would tell who it is. The quotes can be read in the scorecard."
NOT_OPEN = "The quotes can be heard once the scorecards are open, and while nobody reads the answers again."
NOT_YOURS = "The recordings are for those who rate or recruit for this role. A recruiter can put you on the panel."
ONLY_WORDS = "What counts is what was said, never how it sounded."
COVERED = "A second person reads the answers again, so the quoted evidence is covered until that is done."
TAKEN_BACK = "The candidate is no longer in the process, so these recordings can't be heard any more."
NOT_HERE = "There is nothing to be heard here (any more). What was said stands in the message."
NOT_NOW = "This can't be heard any more: the recording was deleted, or the answers have been read again since."


def of_competency(title: str, n: int) -> str:
    return (
        f"{title}: the quoted words, as they were spoken." if n == 1 else f"{title}: {n} quotes, as they were spoken."
    )


def label(indicator: str, seconds: int) -> str:
    """What a sound is called, for whoever can't see the card around it."""
    return f"{indicator} ({seconds} seconds)"
