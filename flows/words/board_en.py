"""Every sentence of the page with the whole table, in English."""

from flows.words.shortlist_en import people

TITLE = "Shortlist"
WHOLE = "All competencies"
CANDIDATE = "Candidate"
CHOOSE = "Choose"
SORT = "Sort by"
STAGE, LAST_STAGE = "Stage", "Each one's last"
STATE = "State"
STATES = (("waiting", "Waiting for a decision"), ("decided", "Decided"), ("all", "Everybody"))
COMPETENCY, ANY = "Competency", "Any"
LEAST = "At least, or unknown"
LOOK = "A person should look first"
LOOK_HINT = "The software was least sure here"
APPLY = "Narrow it down"
COMPARE, ADVANCE, REJECT = "Compare", "Advance \u2026", "Turn down \u2026"
ACT = "With those who are chosen"
GOES_ON = "It goes on in your chat with Parley. Nobody is decided about before you have seen everything and said yes."
CSV = "As a spreadsheet"
NOBODY = "Nobody fits that."
DECIDED = "decided"
BELOW = "below the minimum"
SOFTWARE = "software"
UNKNOWN = "nobody has rated this; that is not low"
BLIND = "Names are hidden. Whoever needs one asks for it in a comparison; that is written down."
NOBODY_CHOSEN = "Nobody was chosen"
NOBODY_CHOSEN_TEXT = "Go back, choose some people in the table, and press the button again."
IN_CHAT = "It is in your chat"


def in_chat(act: str, n: int) -> str:
    """act: compare, advance or reject."""
    what = {
        "compare": "The comparison of",
        "advance": "The question why to advance",
        "reject": "The question why to turn down",
    }
    return f"{what[act]} {people(n)} is in your own chat with Parley now. You can close this page, or go back to the table."
