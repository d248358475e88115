"""Sentences of the web pages, in English."""

SIGN_IN = "Your room is ready"
SIGN_IN_TEXT = "This link signs you in to your hiring team's room, once. Open it on the device you'd like to use."
SIGNED_OUT = "You're not signed in here"
SIGNED_OUT_CANDIDATE = (
    "Please open the link you were invited with, in the browser where you began. Everything you wrote is kept."
)
SIGNED_OUT_TEAM = "Please open your own sign-in link. Whoever runs Parley for you can make a new one: parley link NAME."
ELSEWHERE = "Or answer where you already chat"
DOORS = {
    "telegram": ("Telegram", "Opens your chat with Parley."),
    "discord": ("Discord", "Add Parley to your account, then send it this:"),
    "slack": ("Slack", "If you are a guest there: open a direct message to Parley and send it this:"),
}
HANDOVER = "Go on here"
HANDOVER_TEXT = "This link brings your conversation to this device, with everything you wrote. It works once."
NOT_HERE = "There is nothing here"
NOT_HERE_TEXT = "There is no such interview here, or it isn't one you take part in."
STATUS = {
    "invited": "Invited",
    "opened": "Reading the first questions",
    "consented": "Agreed, not begun",
    "declined": "Prefers a person",
    "in_progress": "Being interviewed",
    "paused": "Taking a break",
    "submitted": "Finished, being rated",
    "scored": "Scorecards are open",
    "decided": "Decided",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
}
