"""Every text that a law asks for, as a versioned template. For review by counsel before anybody relies on it.

Changing a text means raising its version: what a person was shown is stored as (id, version, hash), and
that record must lead back to the words they saw. `{names}` are filled in by the conversation.
"""

from dataclasses import dataclass
from hashlib import sha256

LANGUAGE = "en"
FOR_REVIEW = "for review by counsel"


@dataclass(frozen=True, slots=True)
class Legal:
    """One legal text. `hash` is taken over the template, before any name is filled in."""

    id: str
    version: int
    text: str
    review: str = FOR_REVIEW

    @property
    def hash(self) -> str:
        return sha256(f"{self.id}\n{self.version}\n{self.text}".encode()).hexdigest()

    def filled(self, **values: str | int) -> str:
        """The text with its names filled in. A missing name is a `KeyError`."""
        return self.text.format(**values)


AI_DISCLOSURE = Legal(
    "ai-disclosure",
    1,
    "Hello {name}. You are talking to an automated interviewer of {company}, not to a person. It's about the role "
    "{role}. People read your answers and people decide. Write \u201chuman\u201d at any time to reach one of them.",
)

AI_AGAIN = Legal(
    "ai-disclosure-again",
    1,
    "You are talking to the automated interviewer of {company}, not to a person. "
    "Write \u201chuman\u201d at any time to reach one.",
)

NOTICE_SHORT = Legal(
    "notice-short",
    2,
    "What this is about:\n"
    "\u2022 {company} would like to interview you in this chat, for about {minutes} minutes: in writing, and by "
    "recording where you agree to that.\n"
    "\u2022 It looks at: {competencies}.\n"
    "\u2022 Your answers are kept as text for {days} days. The people who decide about this role can read them. "
    "If you record any, the recordings are kept until {recording_days} days after the decision.\n"
    "\u2022 If you agree later on, software points them to passages: {scorer}. It never decides.\n"
    "\u2022 You can ask for a copy, a correction, an explanation or deletion at any time. "
    "You can also ask for a person instead, or contest a result.\n"
    "\u2022 Contact: {contact}.",
)

NOTICE_LONG = Legal(
    "notice-long",
    2,
    "Who asks: {company}, for the role {role}. Contact for every question and every right named here: {contact}.\n\n"
    "What is assessed: {competencies}. Nothing else is. Voice, face, accent, speed of typing, spelling, age, health, "
    "family and origin are not assessed, and this software has no feature that does.\n\n"
    "What is collected, and from where: only what you write here, with the time, and the place you name as your home, "
    "to find the rules that protect you. If you agree to it, also what you record here by voice or video, and the words "
    "that software ({listener}) hears in it; you see them and can correct them. A recording is collected in no other case. "
    "Nothing is collected about you elsewhere.\n\n"
    "How software is used: an automated interviewer asks the questions and chooses follow-up questions. With your "
    "agreement, software ({scorer}) looks in your answers for passages that fit what the role asks for. "
    "It is shown neither your name nor your picture, and of a recording only its words. People see the passages after they have given their own rating. "
    "No result of software advances or rejects you.\n\n"
    "Who sees it: the people who decide about this role at {company}, and who runs this software for them.\n\n"
    "How long: {days} days; recordings until {recording_days} days after the decision, or after you leave; unless a law on hiring records asks for longer; then you are told which.\n\n"
    "Your rights: to have a copy, to have mistakes corrected, to have it explained, to have it deleted, to withdraw "
    "any agreement with effect for the future, to contest a result and have another person look at it, to complain to "
    "a data protection authority. You can have a person, or an adjustment, instead of this interview in this form: "
    "say so here, or write to {contact}. None of this counts against you.",
)

CONSENT_INTERVIEW = Legal(
    "consent-interview",
    1,
    "First of three questions. Each is yours to answer freely, and none depends on the others.\n\n"
    "May this automated interviewer ask you the questions? If you'd rather not, a person will, "
    "with the same questions and the same weight.",
)

CONSENT_SCORING = Legal(
    "consent-scoring",
    1,
    "Second: may software help the team find the relevant passages in your answers ({scorer})? "
    "People rate your answers in any case, before they see what it found. If you'd rather not, only people read them.",
)

CONSENT_RECORDING = Legal(
    "consent-recording",
    2,
    "Third: where you answer by voice or video message, may the recording be kept? You see the words that software "
    "({listener}) hears in it and can correct them; only words are rated. Recordings are deleted {recording_days} days "
    "after the decision, text is kept for {days} days. If you'd rather not, this stays an interview in writing.",
)

ACCOMMODATION = Legal(
    "accommodation-offer",
    1,
    "Would anything make this easier for you? You don't need to give a reason, "
    "nobody who rates your answers will see it, and you can ask later too: just write \u201cmore time\u201d.",
)

WORKS_COUNCIL = Legal(
    "works-council",
    2,
    "{company} uses an automated interviewer for the role {role}. It asks prepared questions, which are answered in writing "
    "or, where the candidate agrees, by recordings that are turned into text; only the text is rated. Where the "
    "candidate agrees, it points the people who decide to passages in the answers. It makes no decision. "
    "Staff and their representatives were informed on {date}. Person who watches over its use: {oversight}. "
    "Contact: {contact}.",
)

MINORS = Legal(
    "minors",
    1,
    "This role is open to people under 18. If you are under 18, you may bring a parent or guardian into this "
    "conversation or talk to a person instead, and we ask a parent or guardian to agree before it begins: {contact}.",
)

ALL = (
    AI_DISCLOSURE,
    AI_AGAIN,
    NOTICE_SHORT,
    NOTICE_LONG,
    CONSENT_INTERVIEW,
    CONSENT_SCORING,
    CONSENT_RECORDING,
    ACCOMMODATION,
    WORKS_COUNCIL,
    MINORS,
)
