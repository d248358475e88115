"""What people hear on a platform before, and besides, any conversation; in English."""

from flows.cards import Card, Quote
from flows.cards import Row as CardRow

_ASK = "If that's a surprise, please ask the person who invited you."


def _kind(text: str) -> Card:
    return Card(text, tone="kind_error")


STRANGER = _kind(
    "Hello, I'm Parley, and I run interviews for hiring teams. I don't know you yet. "
    "If you were invited, please open the link in your invitation. If you're on the hiring team, "
    "ask an admin for a code and send me: /interview join CODE"
)
NOT_INSTALLED = _kind(
    "Parley isn't set up for this workspace. An admin of the hiring team can connect it with: /interview join CODE"
)
OUTSIDER = _kind(
    "Commands are for members of this workspace, and you are here as a guest. Ask a recruiter to do it for you."
)
ONLY_TEAM = _kind("I can only pass on words of the hiring team here, so nobody has received this.")
NOT_A_CHANNEL = _kind("I don't use this channel yet. A recruiter can make it a hiring channel with: /interview channel")
GONE = _kind("That isn't here any more.")
NOT_YOURS = _kind("That button was meant for somebody else, so I left everything as it was.")
SENT_TO_CHAT = Card("It's in your own chat with me, where only you see it.", tone="aside")
FOR_THE_TEAM = _kind(
    "Commands that begin with /interview are for the hiring team. In your own chat with me plain words are enough: "
    "help, status, pause, human, my data, stop."
)
FILE_UNWANTED = _kind("I can't do anything with a file here. Please write your answer as text.")
RECORDING_UNWANTED = _kind("I listen to recordings only as answers in an interview. Please write it instead.")
UNAVAILABLE = _kind("I can't store anything at the moment, so nothing was taken. Please try again in a minute.")

LINK_UNKNOWN = _kind(
    "That code isn't one I know. Please open the link exactly as you received it, or ask whoever sent it for a new one."
)
LINK_EXPIRED = _kind(
    "That link has expired. Please ask the person who invited you for a new one; nothing you did is lost."
)
LINK_USED = _kind(
    "This invitation has already been used, so I can't go on with it here. If it's yours, go back to where you began "
    f"and write \u201celsewhere\u201d: I'll give you a link that brings you here. {_ASK}"
)
ON_THE_TEAM = _kind(
    "You're on the hiring team here, so I can't interview you in this chat. To see what a candidate sees, "
    "open the link in a private browser window."
)
TAKEN = _kind(
    "I know this account as somebody else already, so I can't use that link with it. Nothing has changed. "
    "Please ask whoever sent you the link."
)
HERE_NOW = Card("You're here now, and so is everything you wrote. We go on where you were.", tone="notice")
NOTHING_OPEN = Card("You're here now. Nothing is waiting for you at the moment.", tone="notice")


def connected(name: str) -> Card:
    """For a member of the team, once their account is known."""
    return Card(
        f"Welcome, {name}. From now on I know you here. Write /interview help to see what I can do.", tone="done"
    )


def unreachable(candidate: str, platform: str, why: str, role: str, company: str, url: str) -> Card:
    """For recruiters: somebody can't be reached, with a message that is ready to be sent another way."""
    ready = (
        f"Hello {candidate}, this is {company}. I couldn't reach you about your interview for {role}. "
        f"Please go on here, nothing is lost: {url}"
    )
    return Card(
        f"I can't reach {candidate} on {platform} ({why}). What I have for them waits. "
        "Please send them this in another way, for example by e-mail:",
        title=f"{candidate} can't be reached",
        tone="notice",
        quotes=(Quote(ready),),
        rows=(CardRow("Link", url),),
    )


def brought_again(candidate: str, platform: str) -> Card:
    """For recruiters: a used invitation came from an account that isn't the candidate's."""
    return Card(
        f"{candidate}'s invitation was brought by another account on {platform}. Nothing was shown there. It may be "
        f"{candidate} with a second account: then a new invitation helps. If not, the link has reached somebody else.",
        tone="notice",
    )


def channel_lost(title: str, platform: str, why: str) -> Card:
    return Card(
        f"I can't write to the hiring channel {title} on {platform} any more ({why}). "
        "Invite me to it again, or choose another one there with: /interview channel. What I had to post waits.",
        tone="notice",
    )


REASONS = {
    "blocked": "they have blocked the bot or closed the chat",
    "no_mutual_server": "there is no server you share with them any more",
    "closed": "they don't take direct messages",
    "archived": "it is archived",
    "removed": "I was removed",
    "revoked": "my access was taken away",
    "moved": "it isn't there any more",
}


def reason(problem: str) -> str:
    """A platform's code as words."""
    return REASONS.get(problem, problem.replace("_", " ") or "no reason given")


PLATFORMS = {"web": "the web page", "slack": "Slack", "telegram": "Telegram", "discord": "Discord"}
