"""The record of a decision: its headings, its labels, and the sentences around it."""

TITLE = "Record of an interview and its decision"
MADE = "Made by Parley on {at}. It says what was open at that moment; a later one may say more."
HASH = "Hash of this record (SHA-256 of its entries): {digest}"
PAGE = "Page {n}"
FILE = "record.pdf"
TOO_LARGE = "The record is too large for a chat. You'll find it here:"
HOW = "Please say whose: /interview record NAME. The record can be made once the scorecards are open."
FAILED = "I couldn't make the document just now. Please try again in a minute; it is on the review page, too."
OTHER_SCRIPT = "[{count} characters in a script that this document can't show; they stand in the export]"
NONE = "None."

WHO, CONSENTS, MACHINE, RATINGS, APART, DECISIONS, PROMISES = (
    "Who and what",
    "What was told and agreed",
    "How software was used",
    "What people rated, and why",
    "Where people differed",
    "Decisions",
    "Promises and letters",
)
HISTORY = "What happened, in order"

CANDIDATE, ROLE, KIT, STAGE, INTERVIEW, STATUS = "Candidate", "Position", "Kit", "Stage", "Interview", "State"
INVITED, SUBMITTED, REVEALED, FORCED = "Invited", "Answers sent off", "Scorecards opened", "Opened early, because"
PANEL, REMARKS, FOLLOW_UPS = "Panel", "Comments on the answers", "Follow-ups that the team proposed"
RECORDED = "Spoken answers"
HUMAN_ONLY = "Read by people only, because"
SCORER, MODEL, PROMPT, SAMPLING, TOKENS, FALLBACK = (
    "Scorer",
    "Model and host",
    "Prompt (hash)",
    "Sampling",
    "Tokens used",
    "Why there is no model's card",
)
NO_MACHINE = "No software read the answers for evidence."
RECOMMENDATION = "Recommendation"
LEARNED = "What was learned"
PROMISED = "An answer was promised by"
SCORERS = {
    "evidence-map": "text matching (evidence map)",
    "llm-evidence": "a language model, every quote checked by code",
}
CONSENT_ANSWERS = {"yes": "agreed", "no": "declined", "given": "was told"}
OUTCOMES = {"advance": "go on", "offer": "make an offer", "hold": "wait", "reject": "decline"}
LETTER_STATES = {"planned": "planned for", "sent": "sent", "stopped": "stopped, was planned for"}
RECOMMENDATIONS = {
    "strong_no": "Strong no",
    "no": "No",
    "neutral": "Neither",
    "yes": "Yes",
    "strong_yes": "Strong yes",
}
HAPPENED = {
    "opened": "the candidate came",
    "consented": "all was agreed, ready to begin",
    "human_chosen": "the candidate chose a person instead",
    "interview_began": "the interview began",
    "submitted": "the answers were sent off",
    "recording_taken": "a recording was downloaded",
    "withdrawn": "the candidate withdrew",
    "rated": "a scorecard was submitted",
    "revealed_early": "the scorecards were opened early",
    "contested": "the candidate contested a line of their feedback",
    "decision_made": "a decision was made",
    "letter_planned": "a letter was planned",
    "letter_stopped": "a letter was stopped",
    "letter_sent": "a letter was sent",
    "promise_renewed": "the promise was renewed",
    "promise_missed": "the promise was missed",
    "reread_asked": "a second reading was asked for",
    "reread_given": "a second reader was chosen",
    "reread_accepted": "the second reader agreed",
    "reread_declined": "the second reader declined",
    "reread_done": "the second reading was submitted",
    "reread_ended": "the second reading was ended",
    "debrief_opened": "a debrief was opened",
    "debrief_closed": "a debrief was closed",
    "backup_asked": "a backup rater was asked",
    "backup_joined": "a backup rater joined the panel",
    "rescore_asked": "the answers were to be read again",
    "name_shown": "the candidate's name was shown",
    "link_issued": "a new link was made",
    "expired": "the invitation ran out",
    "called_off": "the interview was called off",
    "proposal_asked": "a follow-up that the team proposed was asked",
}


def recorded(count: int, corrected: int) -> str:
    """How much was spoken. corrected: how many of those the candidate corrected the words of."""
    spoken = "1 recording" if count == 1 else f"{count} recordings"
    said = "the words of 1 were" if corrected == 1 else f"the words of {corrected} were"
    return f"{spoken}; {said if corrected else 'no words were'} corrected by the candidate (both wordings stand in the export)"


def sent(name: str) -> str:
    return f"The record of {name}'s interview, as it stands now."


def not_yet(name: str) -> str:
    return f"There is no record of {name}'s interview yet: it can be made once the scorecards are open."


def making(name: str) -> str:
    return f"I'm making the record of {name}'s interview. It comes to your own chat in a moment."


def kit(name: str, version: int) -> str:
    return f"{name}, version {version}"


def consent(kind: str, answer: str, version: str, language: str, at: str) -> str:
    return f"{CONSENT_ANSWERS.get(answer, answer)}, text version {version} ({language}), {at}"


def samples(count: int, seed: int | None, temperature: float | None) -> str:
    named = [
        f"seed {seed}" if seed is not None else "",
        f"temperature {temperature}" if temperature is not None else "",
    ]
    return ", ".join([f"{count} samples", *filter(None, named)])


def rated_by(who: str, version: int, when: str, late: bool) -> str:
    moment = "after the scorecards were open" if late else "before anybody saw another one"
    return f"{who}, version {version}, {when}, {moment}"


def level(given: int | None, why: str) -> str:
    shown = "no basis to rate" if given is None else f"{given} of 5"
    return f"{shown}. {why}" if why.strip() else shown


def machine_result(phrase: str, band: tuple[int, int] | None) -> str:
    return f"{phrase} (band {band[0]} to {band[1]})" if band and "band" not in phrase else phrase


def differ(low: int, high: int) -> str:
    return f"from {low} to {high}"


def decided(version: int, outcome: str, who: str, when: str) -> str:
    return f"{version}. {OUTCOMES.get(outcome, outcome)}, by {who}, {when}"


def letter(kind: str, state: str, who: str, when: str) -> str:
    return f"{OUTCOMES.get(kind, kind)}: {LETTER_STATES.get(state, state)} {when}, by {who}"


def happened(name: str, who: str) -> str:
    said = HAPPENED[name]
    return f"{said} ({who})" if who else said
