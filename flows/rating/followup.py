"""What a model may ask a candidate: one kind, short question that gives nothing away. Everything else is blocked."""

import re

from flows.kits.model import Kit, Question
from flows.rating.flags import find_flags
from flows.rating.reading import strict_object
from flows.rating.text import contains, display, folded, grams

MAX_CHARS = 300
_SHARED_RUN = 8  # words in a row that a follow-up and an anchor may not share
_QUESTION_MARKS = re.compile("[?\uff1f\u061f\u037e]")
_NOT_PLAIN = re.compile(r"[<>`{}\[\]|@#*_\n\r]|https?:|www\.")
_PRIVATE = re.compile(
    r"\b(?:pregnan\w*|married|marriage|husband|wife|your (?:kids|children|family|age|religion|health|ethnicity|"
    r"nationality|accent|disability)|how old are you|religio\w*|disabilit\w*|disabled|illness\w*|sexual\w*|"
    r"political part\w+|trade union|schwanger\w*|verheiratet|kinderwunsch|ihre? (?:kinder|familie|alter|religion|"
    r"gesundheit|herkunft)|wie alt sind sie|behinder\w*|krankheit\w*|gewerkschaft\w*)\b"
    r"|\b(?:were you born|do you smoke|(?:in )?good health|(?:kids|children) at home|you need an? (?:work )?visa|"
    r"rauchen sie|kinder zu ?hause)\b",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"\b(?:scores?|rubrics?|anchors?|level [1-5]|indicators?|other candidates?|great answer|good answer|well done|"
    r"(?:gave|give|giving|rated?|rating|graded?) (?:you|this|that|it|yourself|him|her|them) (?:an? )?"
    r"(?:[1-5]|one|two|three|four|five)(?=[?.,;!]|\s+out of)|"
    r"an? [1-5] (?:be )?fair|"
    r"punktzahl|bewertung\w*|andere\w* bewerber\w*)\b",
    re.IGNORECASE,
)


def follow_up_text(raw: str) -> str | None:
    """The question in a model's answer `{"question": "..."}`; None where it is anything else."""
    data = strict_object(raw)
    value = data.get("question") if data is not None and set(data) == {"question"} else None
    return value if isinstance(value, str) else None


def check_follow_up(text: str, kit: Kit, question: Question, canary: str = "") -> str | None:
    """The follow-up as it may be sent, or None where it is blocked and the kit's own probe should be asked.

    Blocked: the canary; more than 300 characters; not exactly one question; markup, links or mentions; a run of eight
    words (or a whole anchor or indicator) out of the rubric; the question itself again; scoring talk; private matters.
    """
    clean = display(text).strip()
    if (canary and canary in text) or trouble(clean, kit) or folded(clean) == folded(question.ask):
        return None
    return clean


def trouble(clean: str, kit: Kit) -> str:
    """Why a question may not be put to a candidate, as a code; "" when it may.

    length, one_question (not exactly one, at the end), markup, private, judges (scoring talk, or words to a machine),
    gives_away (a run of eight words, or a whole anchor or indicator, out of the rubric).
    """
    if not 10 <= len(clean) <= MAX_CHARS:
        return "length"
    if len(_QUESTION_MARKS.findall(clean)) != 1 or not _QUESTION_MARKS.match(clean[-1]):
        return "one_question"
    if _PRIVATE.search(clean):
        return "private"
    if _JUDGES.search(clean) or find_flags(clean):
        return "judges"
    if _NOT_PLAIN.search(clean):
        return "markup"
    return "gives_away" if _gives_away(folded(clean), kit) else ""


def _gives_away(tokens: tuple[str, ...], kit: Kit) -> bool:
    asked = grams(tokens, _SHARED_RUN)
    for competency in kit.competencies.values():
        for text in (*competency.anchors.values(), *(i.text for i in competency.indicators.values())):
            rubric = folded(text)
            if asked & grams(rubric, _SHARED_RUN) or (len(rubric) >= 4 and contains(rubric, tokens) >= 0):
                return True
    return False


def forbidden_quotes(kit: Kit, question: Question, interviewer: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Every text of an interview that is not the candidate's, and so can't be quoted as evidence."""
    said = (question.ask, *question.probes.values(), *(c.say for c in question.clarifications), *interviewer)
    rubric = tuple(
        text
        for name in question.competencies
        for text in (
            *kit.competencies[name].anchors.values(),
            *(i.text for i in kit.competencies[name].indicators.values()),
        )
    )
    return said + rubric
