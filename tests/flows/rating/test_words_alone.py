"""Text always wins over sound: what scores has no place for anything but words, and what wasn't heard is never low."""

import ast
import json
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pytest

from bot.work.reader import Task
from flows.rating import protocol
from flows.rating.card import MachineCard, evidence_card
from flows.rating.evidence import Answered, EvidenceMap, Span
from flows.rating.protocol import Line
from flows.requests import Broadcast, Heard, NotHeard
from flows.speech_text import corrected
from flows.stage import Stage
from flows.unheard import recorded, why_unheard
from tests.flows.rating.small_kit import GOOD, KIT, UPSET
from tests.flows.scenes import voiced

ROOT = Path(__file__).resolve().parents[3]
PLACES = {
    Answered: {"question_id", "utterances", "skipped", "ai", "unheard"},
    Line: {"id", "text", "span", "clean"},
    Span: {"utterance_id", "start", "end"},
    Task: {"question", "name", "competency", "keys", "utterances", "map", "interviewer", "forbidden", "names"},
    EvidenceMap: {"indicators", "star", "words", "language", "abstain", "flags"},
}
# Who may open the rows of what was heard, word by word, and of how a practice answer was delivered.
OPENERS = ("bot/recordings/", "bot/work/transcribe.py", "bot/work/coaching.py", "bot/store/")
MADE_OF_SOUND = {"Transcript", "Coaching"}


@pytest.mark.parametrize("kind", PLACES, ids=lambda k: k.__name__)
def test_what_scores_has_a_place_for_words_and_for_nothing_else(kind: type):
    assert {f.name for f in fields(kind)} == PLACES[kind], "is this still words alone? Think before you add a field"


def test_what_a_model_reads_is_the_words_the_question_and_the_rubric():
    question = KIT.questions[0]
    name, keys = next(iter(question.competencies.items()))
    lines = protocol.numbered((("u1", GOOD),))
    _, told = protocol.judge_messages(question, KIT.competencies[name], keys, lines, delimiter="----", canary="mark")
    parts = told["content"].split("\n----")
    head, said = (cast("dict[str, Any]", json.loads(part)) for part in parts[:2])
    assert set(head) == {"question", "interviewer_said", "topic", "indicators", "delimiter"}
    assert set(said) == {"candidate_sentences"}
    sentences = cast("list[dict[str, Any]]", said["candidate_sentences"])
    assert sentences
    assert all(set(one) == {"id", "text"} and one["text"] in GOOD for one in sentences)


def test_only_those_who_play_recordings_open_what_was_heard():
    looked, found = 0, list[str]()
    for path in sorted((ROOT / "bot").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        looked += 1
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "bot.store.rows":
                taken = {a.name for a in node.names} & MADE_OF_SOUND
                found += [f"{name}: {t}" for t in taken if not name.startswith(OPENERS)]
    assert looked > 200
    assert found == []


# -- an answer that nobody could hear -------------------------------------------------------------------------------------


def card(*answers: Answered) -> MachineCard:
    return evidence_card(KIT, answers, {a.question_id: "en" for a in answers})


def test_a_correction_is_what_is_read():
    """As misheard, an indicator isn't there; as corrected, it is, with the corrected words as its quote."""
    first = KIT.questions[0].id

    def marks(said: str) -> dict[str, tuple[str, str]]:
        (result,) = [r for r in card(Answered(first, (("u1", said),))).results if r.competency == "ownership"]
        return {m.key: (m.status, m.quote) for m in result.marks}

    right = marks(GOOD)
    (key, (_, quote)) = next((k, m) for k, m in right.items() if m[0] == "found")
    assert quote in GOOD
    misheard = GOOD.replace(quote, "Lorry hippo dust candle seven.")
    assert marks(misheard)[key] != ("found", quote)
    assert marks(str(corrected(misheard, f"Lorry hippo dust candle seven. -> {quote}"))) == right


@pytest.mark.parametrize("why", ["no_speech", "low_stt_confidence"])
def test_an_answer_that_was_not_heard_is_not_scored_rather_than_low(why: str):
    first, second = (q.id for q in KIT.questions[:2])
    made = card(Answered(first, (), True, unheard=why), Answered(second, (("u2", UPSET),)))
    touched = [r for r in made.results if r.competency in KIT.questions[0].competencies]
    assert touched
    for result in touched:
        open_keys = {m.key for m in result.marks if m.status != "found"} & set(
            KIT.questions[0].competencies[result.competency]
        )
        if open_keys:
            assert (result.reason, result.level) == (why, None)
    assert any(r.reason == why for r in touched)
    alone = card(Answered(first, (), True, unheard=why))
    assert {r.reason for r in alone.results if r.competency in KIT.questions[0].competencies} == {why}


def asked_aloud() -> Stage:
    s = voiced()
    s.says("Curiosity.").taps("done").gets("outage.earlier", Broadcast())
    return s


def unheard(s: Stage) -> dict[str, str]:
    return why_unheard(s.journal, s.flow.seed)


def test_why_an_answer_was_not_heard_stands_in_the_journal():
    s = asked_aloud().speaks().gets("~hear.u2", NotHeard("silence"))
    assert unheard(s) == {"outage": "no_speech"}
    s.speaks().gets("~hear.u3", Heard("Cake.", "en", 3, "low_confidence"))
    assert unheard(s) == {"outage": "low_stt_confidence"}, "nobody said that these words are right"
    assert recorded(s.journal, s.flow.seed) == {"outage": ["u2", "u3"]}
    s.taps("~use.2")
    assert unheard(s) == {"outage": "no_speech"}
    s = asked_aloud().speaks().gets("~hear.u2", NotHeard("corrupt"))
    assert unheard(s) == {"outage": "low_stt_confidence"}
    s = asked_aloud().speaks().says("take it back").gets("~hear.u2", Heard("Cake.", "en", 3))
    assert (unheard(s), recorded(s.journal, s.flow.seed)) == ({}, {}), "what was taken back was never sent"
