"""The sentences of the review page, of comments on a moment, and of the link that leads one person there."""

from flows.cards import Card, Link

# -- comments on a moment ----------------------------------------------------------------------------------------------

EMPTY = "There is nothing in this comment yet. Please write what you noticed, and send it again."
TOO_LONG = "That is longer than a comment can be (2,000 characters). Please shorten it, or split it in two."
NO_MOMENT = "I can't find these words in the transcript any more. Please reload the page and choose them again."
NOT_OPEN = "Comments can be answered once the scorecards are open. Until then each is its author's alone."
GONE = "That comment isn't there any more, or it isn't yours to remove."
NOT_YOURS = "This transcript isn't one that you can comment on."
ONLY_YOU = "Only you can see this until the scorecards are open."


# -- one person's own link --------------------------------------------------------------------------------------------

MINUTES = 15
GET_LINK = "Get my link"
OPEN_IT = "Open the transcript"
LINK_TITLE = "A transcript is waiting for you"
LINK_TEXT = "This link opens one transcript, for the person it was made for, and it works once. Nothing is shown before you press the button."
LINK_OPEN = "Open it"
LINK_SPENT_TITLE = "This link has done its work"
LINK_SPENT = (
    "It was made for one person, it has been used or its time is over, and so it shows nothing more. "
    "Nothing is lost: \u201cGet my link\u201d under the scorecard brings you a new one."
)
ASK_FOR_ONE = (
    "If you are on this panel, press \u201cGet my link\u201d under the scorecard in your chat: "
    "it brings you a link of your own."
)
NOT_ON_PANEL = "This transcript is for the panel and the recruiters of this position. If you should be on the panel, ask a recruiter."


def own_link(candidate: str, url: str) -> Card:
    """The link of one person; nobody else is shown it."""
    text = (
        f"Your own link to the answers of {candidate}. It opens once, within {MINUTES} minutes, and then stays open in "
        "that browser for 8 hours. It is yours alone: passing it on doesn't work."
    )
    return Card(text, tone="aside", links=(Link(OPEN_IT, url),))


# -- the page ---------------------------------------------------------------------------------------------------------

SEALED_TITLE = "Sealed until everybody has rated"
SEALED_TEXT = (
    "Read the answers and rate on your own first. The ratings of the others and the evidence open together, "
    "for everybody at once."
)
REREAD_TEXT = "You are asked to read these answers anew, so the scorecards of the others stay closed to you for now."
CARD_STATES = {
    "none": "You haven't rated yet.",
    "draft": "Your draft is kept. Nobody else can see it.",
    "submitted": "You have submitted. Only you see this until everybody has.",
    "revealed": "Your scorecard is open to the panel.",
    "frozen": "Your scorecard is closed while somebody reads the answers anew.",
}
AI_USED = {
    "none": "Says: no AI help with this answer.",
    "some": "Says: some AI help with this answer.",
    "much": "Says: AI help with most of this answer.",
}
FLAGS = {
    "override": "tells a machine to ignore its instructions",
    "asks_score": "asks for a score",
    "claims_verdict": "claims a result",
    "addresses_machine": "speaks to a machine",
    "asks_secrets": "asks for what is secret",
    "fake_frame": "imitates the frame of a conversation",
    "command": "looks like a command",
    "mention": "mentions people in a chat",
    "markup": "holds markup",
    "hidden_text": "holds hidden text",
}
FLAG_NOTE = "A note by software for you to judge. Nothing was taken off for it."
MARKS = {"found": "found", "unclear": "unclear"}


def flagged(kind: str) -> str:
    return FLAGS.get(kind, kind.replace("_", " "))


def unseen(count: int) -> str:
    """A mark where characters stand that no reader would see."""
    return f"{count} hidden character{'' if count == 1 else 's'}"


def proposed_by(name: str) -> str:
    return f"Proposed by {name} while reading along"


def n_of_m(done: int, total: int) -> str:
    return f"{done} of {total} have submitted"


def still_due(names: list[str]) -> str:
    return f"Still due: {', '.join(names)}." if names else "Nobody is due any more."


NOT_UNDERSTOOD = "I couldn't read that. Please reload the page and try once more; what you wrote is still in its box."
NOT_DUE = "Your rating isn't due here (any more), so there is no draft to keep."
DRAFT_KEPT = "Draft kept. Only you can see it."
RATE_BEGUN = "Your rating form is open in your own chat with Parley now, filled in with what you entered here."
RATING_NOTE = (
    "What you enter is kept as your draft while you go, sealed, and seen by nobody else. "
    "You look it over once more in your own chat, and submit it there."
)
GO_ON_IN_CHAT = "Look it over in my chat"
