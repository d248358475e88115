"""Delivery measures: exact figures from constructed recordings, and words about them that name nobody's manner."""

import re
from dataclasses import asdict, fields
from itertools import product
from types import ModuleType
from typing import Any, cast

import pytest

from flows.cards import Card
from flows.cards import to_json as card_json
from flows.delivery.measures import Delivery, Take, measure
from flows.practice.coaching import Coaching
from flows.techcheck.sounds import Sounds
from flows.words import delivery_en, practice_en, techcheck_en

# Words about how somebody is or feels, which no report may contain. "clear" and "easy" are said of words, not of people.
BANNED = (
    "nervous", "nervosity", "anxious", "confident", "confidence", "insecure", "shy", "bold", "enthusiastic", "enthusiasm",
    "monotone", "monotonous", "boring", "bored", "calm", "relaxed", "stressed", "stress", "tense", "hesitant", "hesitation",
    "charismatic", "convincing", "persuasive", "engaging", "energetic", "energy", "lively", "warm", "cold", "friendly",
    "happy", "sad", "angry", "afraid", "passionate", "motivated", "authentic", "honest", "sincere", "professional",
    "competent", "intelligent", "emotion", "emotional", "mood", "feeling", "attitude", "personality", "character", "tone",
    "accent", "pitch", "intonation", "dialect", "fluent", "fluency", "articulate", "eloquent", "stutter", "mumble",
    "score", "level 1", "grade", "rating:", "poor", "bad", "weak", "excellent", "perfect", "great", "too fast", "too slow",
    "too many", "should speak",
)  # fmt: skip


def spoken(text: str, every: int = 500, start: int = 0) -> tuple[tuple[str, int, int], ...]:
    """A word each `every` milliseconds, each of them half as long."""
    return tuple((w, start + n * every, start + n * every + every // 2) for n, w in enumerate(text.split()))


def take(text: str, speech: tuple[tuple[int, int], ...] = (), ms: int = 30_000, language: str = "en") -> Take:
    return Take(spoken(text), speech, ms, language)


def test_the_pace_leaves_out_fillers_and_the_silence_around():
    words = " ".join(["word"] * 30 + ["Um,", "uh"])  # 32 words, the last one ends after 15.75 s
    told = measure([Take(spoken(words, start=4_000), ((4_000, 19_750),), 60_000, "en")])
    assert (told.words, told.fillers, told.heard) == (30, 2, ("um", "uh"))
    assert told.pace == round(30 * 60_000 / 15_750) == 114
    assert (told.ms, told.lead_in, told.pauses) == (60_000, 4_000, 0)


@pytest.mark.parametrize(
    ("count", "every", "told"), [(14, 1_000, None), (15, 1_000, 62), (20, 500, None), (15, 660, None), (15, 700, 89)]
)
def test_there_is_no_pace_below_fifteen_words_or_ten_seconds(count: int, every: int, told: int | None):
    assert measure([Take(spoken(" ".join(["word"] * count), every), (), 60_000, "en")]).pace == told


def test_pauses_are_the_gaps_between_stretches_of_speech():
    speech = ((1_200, 2_000), (2_249, 3_000), (3_250, 5_000), (7_000, 8_000), (10_400, 12_000))
    told = measure([take("one two", speech, ms=20_000)])
    assert (told.pauses, told.long_pauses, told.longest, told.lead_in) == (3, 2, 2_400, 1_200)


def test_fillers_are_counted_by_language_and_only_where_it_has_a_list():
    assert measure([take("Äh, er kam, ähm, um acht.", language="de")]).heard == ("äh", "ähm")
    assert measure([take("Euh, je, euh, voilà. Hum.", language="fr")]).heard == ("euh", "hum")
    assert measure([take("Eh, este libro, um momento", language="es")]).heard == ("eh",)
    told = measure([take("um uh er", language="sv")])
    assert (told.fillers, told.words, told.heard) == (None, 3, ())


def test_several_recordings_are_one_answer():
    first = Take(spoken(" ".join(["a"] * 10), 1_000), ((500, 9_000),), 12_000, "en")
    second = Take(spoken(" ".join(["b"] * 9) + " um", 1_000), ((0, 4_000), (7_000, 9_000)), 11_000, "en")
    told = measure([first, second])
    assert told == Delivery(23_000, 19, round(19 * 60_000 / 19_000), 1, 1, 3_000, 500, 1, ("um",))


def test_nothing_heard_word_by_word_is_no_error():
    assert measure([Take((), (), 5_000, "")]) == Delivery(5_000, 0, None, 0, 0, 0, 0, None, ())


# -- what is said about them -------------------------------------------------------------------------------------------


def reports() -> list[Card]:
    """Reports on every kind of figure."""
    some = product((None, 40, 109, 110, 170, 171, 320), (0, 1, 30), (0, 2_000, 15_000), (None, 0, 1, 40))
    told = [
        Coaching("en", ms, 100, pace, pauses, pauses // 2, 2_400 * bool(pauses), ms // 10, fillers, ("um",), 120)
        for pace, pauses, ms, fillers in some
    ]
    hints = ("too_quiet", "clipped", "noisy", "dark", "black", "frozen", "cut_off", "unheard_of")
    checks = [
        techcheck_en.result(Sounds(seconds, words, video, hint, minute), "r")
        for seconds, words, video, hint, minute in product(
            (1, 10), (0, 1, 9), (True, False), ((), *((h,) for h in hints)), (None, 5.0, 40.0, 90.0)
        )
    ]
    found = [
        practice_en.content(tuple((k, status, words) for k in practice_en.TIPS))
        for status, words in (("found", "I did"), ("unclear", "I did"), ("missing", ""))
    ]
    return [*(delivery_en.report(t, 2.0) for t in told), *checks, *found, practice_en.in_another_language()]


def seen(part: Any) -> set[str]:
    """Everything in a card that a person reads."""
    if isinstance(part, dict):
        known = cast("dict[str, Any]", part)
        return {text for k, v in known.items() if k not in ("tone", "style", "id") for text in seen(v)}
    if isinstance(part, list | tuple):
        return {text for v in cast("list[Any]", part) for text in seen(v)}
    return {part} if isinstance(part, str) else set()


def texts_of(module: ModuleType) -> set[str]:
    """Every sentence that stands in a module of words."""
    return {text for k, v in vars(module).items() if not k.startswith("__") for text in seen(v)}


def test_no_report_says_how_somebody_is_or_feels():
    said = {text for card in reports() for text in seen(card_json(card))}
    said |= {text for words in (delivery_en, practice_en, techcheck_en) for text in texts_of(words)}
    assert len(said) > 100
    banned = re.compile("|".join(rf"\b{re.escape(b)}\b" for b in BANNED), re.IGNORECASE)
    assert [text for text in said if banned.search(text)] == []


def test_every_figure_stands_with_what_is_usual_and_where_that_comes_from():
    card = delivery_en.report(Coaching("en", 52_000, 100, 95, 7, 1, 2_400, 1_200, 4, ("um", "uh"), 120), 2.0)
    rows = {r.label: r.value for r in card.rows}
    assert rows["Pace"].startswith("95 words a minute (before: 120); 110 to 170 is usual (Amir 2016)")
    assert rows["Pauses"].startswith("7, the longest 2.4 s, 1 of two seconds or more. Pauses are normal")
    assert rows["Filler sounds"].startswith("At least 4 (um, uh), 4 in a hundred words; I miss some. About 2 to 6")
    assert rows["Length"].startswith("0:52. This question's guide is 2:00")
    assert "pauses are normal" in card.text
    for source in ("10.21767/2471-7975.100016", "PMC4203439", "Bortfeld"):
        assert source in card.foot
    assert "Filler sounds" not in {r.label for r in delivery_en.report(Coaching("sv", 52_000, 100, 95), 2.0).rows}


def test_coaching_carries_exactly_what_is_measured():
    measured: dict[str, Any] = asdict(measure([take("one two")]))
    assert {f.name for f in fields(Coaching)} == {*measured, "language", "before"}
