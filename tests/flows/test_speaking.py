"""Recordings in a conversation: when their words count, when they don't, and how they are corrected or taken back."""

from typing import Any

import pytest

from flows.cards import Option
from flows.events import Fact
from flows.ledger import Journal
from flows.registry import Play
from flows.requests import ChooseProbe, Enough, Heard, NotHeard, Transcribe, Unavailable
from flows.speaking import TO_FIX
from flows.speech_text import changes, corrected
from flows.stage import Stage
from flows.steps import MINUTE, Answer, Speech, Wrong, call, choose, hear
from flows.words import voice_en as words
from tests.flows.sample_kit import VOICE_KIT
from tests.flows.scenes import begun, voiced

ENDS = Speech(("voice",), ends=True)
LOOSE = Speech(("voice", "video"), ends=False, language="en")
YES, NO = Option("yes", "Yes"), Option("no", "No")
ROLLED = "I rolled the last change back."


async def two(*, speech: Speech, first: Speech | None = None) -> list[Any]:
    """Two questions, and a choice after them."""
    got: list[Any] = [
        await hear("one", "Question one?", speech=first or speech),
        await hear("two", "Question two?", speech=speech),
    ]
    return [*got, await choose("sure", "Send it off?", [YES, NO])]


async def working(*, speech: Speech) -> Answer:
    await call("probe", ChooseProbe("one", ()))
    got = await hear("one", "Question one?", speech=speech)
    assert isinstance(got, Answer)
    return got


def always(**_: object) -> Speech:
    return ENDS


def stage(speech: Speech = ENDS, **args: Any) -> Stage:
    return Stage(two, speech=speech, **args)


def heard(text: str, doubt: str = "", seconds: float = 20) -> Heard:
    return Heard(text, "en", seconds, doubt)


def buttons(s: Stage) -> list[str]:
    return [o.id for shown in s.last.shown for o in shown.card.options]


def first_answer(s: Stage) -> str:
    """What counts as the answer to the first question, as a reader of the journal finds it."""
    journal = Journal.from_json(s.journal.to_json())
    fixed = journal.reworded()
    (entry,) = [e for e in journal.entries if e.kind == "answer" and e.key == "one"]
    return "\n".join(journal.told[p["u"]][max(p["v"], fixed.get(p["u"], 0))] for p in entry.data["parts"])


def facts(s: Stage) -> list[str]:
    return [f"{f.name} {f.data['utterance']}" for f in list[Fact](s.facts)]


# -- words that count -----------------------------------------------------------------------------------------------


def test_a_note_is_an_answer_as_soon_as_its_words_are_there():
    s = stage().speaks()
    s.quietly()
    assert s.last.wakes == (), "nobody has fallen silent while we are listening"
    s.gets("~hear.u1", heard(ROLLED)).bot(ROLLED, "Question two?")
    assert first_answer(s) == ROLLED
    assert s.last.words == (("u1", ROLLED),)
    assert ROLLED not in str([e.to_json() for e in s.journal.entries]), "words are kept once, beside the journal"


def test_a_longer_one_is_announced_with_a_way_out():
    s = stage().speaks(80)
    s.bot("I have your recording (1:20)")
    assert buttons(s) == ["~drop.1"]
    s.taps("~drop.1").bot("taken that recording out")
    assert facts(s) == ["recording_dropped u1"]
    s.gets("~hear.u1", heard(ROLLED)).quietly()
    assert not s.journal.told.get("u1"), "what was taken back is not even written down"


def test_two_notes_in_a_row_are_one_answer_in_the_order_they_were_sent():
    s = stage().speaks().speaks()
    s.gets("~hear.u2", heard("And told the shift lead.")).bot("And told")
    s.gets("~hear.u1", heard(ROLLED)).bot(ROLLED, "Question two?")
    assert set(first_answer(s).split("\n")) == {ROLLED, "And told the shift lead."}


def test_a_note_that_was_sent_twice_is_heard_once():
    s = stage().speaks()
    s.told -= 1
    s.speaks().quietly()
    assert list(s.calls) == ["~hear.u1"]
    s.gets("~hear.u1", heard(ROLLED))
    assert first_answer(s) == ROLLED


def test_where_a_recording_is_only_a_part_the_person_says_when_it_is_all():
    s = stage(LOOSE).speaks(form="video")
    assert s.calls["~hear.u1"] == Transcribe("u1", "en", video=True)
    s.gets("~hear.u1", heard(ROLLED)).bot(ROLLED)
    s.says("It took eleven minutes.").taps("done").bot("Question two?")
    assert first_answer(s) == f"{ROLLED}\nIt took eleven minutes."


def test_done_while_it_is_still_being_listened_to_is_kept_in_mind():
    s = stage(LOOSE).speaks().taps("done").bot("still listening")
    s.gets("~hear.u1", heard(ROLLED)).bot(ROLLED, "Question two?")


def test_what_came_during_work_finds_its_place_afterwards():
    s = Stage(Play("working", 1, working, speech=always), speech=ENDS)
    s.speaks().quietly()
    s.gets("~hear.u1", heard(ROLLED)).bot(ROLLED, "moment")
    s.gets("probe", Enough()).bot("Question one?", ROLLED).taps("use").taps("done")
    assert s.last.result.text == ROLLED
    assert s.last.result.spoken == ("u1",)
    assert s.last.result.seconds == 20


def test_words_that_come_after_the_question_are_offered_a_place():
    s = stage(LOOSE).says("Typed.").speaks().taps("done").bot("still listening")
    s.says("skip").taps("skip").bot("Question two?")
    s.gets("~hear.u2", heard(ROLLED)).bot(ROLLED, ROLLED)
    assert "use" in buttons(s)
    s.taps("use").taps("done").bot("Send it off?")


def test_a_late_note_does_not_hold_up_the_next_answer():
    stage(LOOSE).speaks().says("skip").taps("skip").says("Two.").taps("done").bot("Send it off?")


def test_during_an_interruption_words_go_quietly_to_the_open_answer_which_then_ends():
    s = stage().speaks().says("skip").gets("~hear.u1", heard(ROLLED)).bot("Skip this question?", ROLLED)
    s.says("I'll answer it").bot("Question two?")
    assert first_answer(s) == ROLLED


def test_during_a_rest_nothing_is_asked_and_nothing_is_lost():
    s = stage().speaks().says("pause").gets("~hear.u1", heard(ROLLED)).bot("Take all the time", ROLLED)
    assert s.last.state == "parked"
    s.says("continue").bot("Question one?").taps("done").bot("Question two?")
    assert first_answer(s) == ROLLED


def test_a_very_long_recording_is_taken_whole():
    long = "word " * 12_000
    s = stage().speaks().gets("~hear.u1", heard(long.strip()))
    assert len(first_answer(s)) > 40_000


@pytest.mark.parametrize(("said", "then"), [("Repeat the question, please.", "Question one?"), ("Skip.", "Skip this")])
def test_a_spoken_order_is_an_order(said: str, then: str):
    s = stage().speaks().gets("~hear.u1", heard(said)).bot(then)
    s.says("fix the words").bot("nothing to correct", "Question one?") if "Repeat" in said else s.says("I'll answer it")
    assert not any(e.kind == "answer" and e.key == "one" for e in s.journal.entries)
    s.says("Typed.").taps("done").bot("Question two?")


# -- no words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "no",
    [
        *(
            NotHeard(w)
            for w in [
                "silence",
                "too_short",
                "empty",
                "unreadable",
                "no_audio",
                "odd_format",
                "corrupt",
                "gone",
                "quota",
                "off",
                "trouble",
            ]
        ),
        NotHeard("too_long", (30,)),
        NotHeard("too_large", (20,)),
        Unavailable("the worker is gone"),
        heard(" \u200b"),
    ],
    ids=lambda no: getattr(no, "why", type(no).__name__),
)
def test_a_recording_without_words_costs_nothing_and_is_never_an_answer(no: Any):
    s = stage().speaks().gets("~hear.u1", no)
    (shown,) = s.last.shown
    assert shown.card.tone == "kind_error"
    assert "write" in shown.card.text
    s.taps("done")
    assert not any(e.kind == "answer" for e in s.journal.entries)
    s.says("Typed instead.").taps("done").bot("Question two?")
    assert first_answer(s) == "Typed instead."


def test_one_that_a_platform_cannot_carry_is_a_tap_away_from_the_page():
    s = (
        stage()
        .speaks()
        .gets("~hear.u1", NotHeard("too_large", (20, 500)))
        .bot("In your browser it can be up to 500 MB")
    )
    assert buttons(s) == ["~elsewhere"]
    assert [f.name for f in s.taps("~elsewhere").facts] == ["handover_asked"]


def test_after_trouble_of_ours_it_can_be_listened_to_once_more():
    s = stage().speaks().gets("~hear.u1", NotHeard("trouble"))
    assert buttons(s) == ["~again.1", "~drop.1"]
    s.taps("~again.1").bot("once more").gets("~hear.u1#2", heard(ROLLED)).bot(ROLLED, "Question two?")
    s.taps("~again.1").bot("earlier question", "Question two?")


def test_what_trouble_left_behind_can_be_deleted():
    s = stage().speaks().gets("~hear.u1", NotHeard("trouble")).taps("~drop.1").bot("taken that recording out")
    assert facts(s) == ["recording_dropped u1"]


def test_one_that_failed_does_not_end_the_answer_that_another_one_began():
    s = stage(LOOSE).speaks().speaks().taps("done").gets("~hear.u1", NotHeard("silence"))
    s.bot("still listening", "couldn't hear").gets("~hear.u2", heard(ROLLED))
    assert s.last.waiting
    assert s.last.waiting.key == "one", "they may want to say the other once more"


@pytest.mark.parametrize("why", ["off", "refused", "written"])
def test_where_recordings_are_no_answers_none_is_fetched(why: str):
    s = stage(Speech(why=why)).speaks()
    assert "write" in s.last.shown[0].card.text
    assert (s.last.calls, s.last.entries) == ((), ())


def test_a_file_from_before_is_refused_where_it_is_not_wanted():
    s = stage(Speech(("voice",), prepared=False)).speaks(prepared=True).bot("make now")
    s.speaks()
    assert list(s.calls) == ["~hear.u2"]


# -- doubt ------------------------------------------------------------------------------------------------------------


def doubtful(speech: Speech = ENDS) -> Stage:
    return stage(speech).speaks().gets("~hear.u1", heard("I rolled the cake back.", "low_confidence"))


def test_doubtful_words_count_only_after_a_look():
    s = doubtful().bot("Is this what you said?")
    assert buttons(s) == ["~use.1", "~fix.1", "~drop.1"]
    assert [w.about for w in s.last.wakes] == ["nudge", "park"], "no pause ends an answer that waits for a look"
    s.taps("~use.1").bot("Question two?")
    assert first_answer(s) == "I rolled the cake back."


def test_doubtful_words_can_be_put_right():
    s = doubtful().taps("~fix").bot("Write it as it should be").says("cake -> change").bot("Corrected", "Question two?")
    assert first_answer(s) == "I rolled the change back."
    assert s.journal.told["u1"] == ["I rolled the cake back.", "I rolled the change back."]


def test_doubtful_words_can_be_taken_back_or_recorded_again():
    s = doubtful().says("Take it back.").bot("taken that recording out")
    s.speaks().gets("~hear.u3", heard(ROLLED)).bot(ROLLED, "Question two?")
    assert first_answer(s) == ROLLED


def test_doubtful_words_that_nobody_looked_at_are_in_no_answer():
    s = doubtful(LOOSE).taps("done").bot("Is this what you said?")
    s.says("skip").taps("skip").bot("Question two?").says("Two.").taps("done").bot("Send it off?")
    assert {p["u"] for e in s.journal.entries if e.kind == "answer" for p in e.data.get("parts", ())} == {"u3"}


def test_done_with_doubtful_words_asks_once_more_and_then_leaves_them_out():
    s = stage(LOOSE).says("Typed.").speaks().gets("~hear.u2", heard("Cake.", "repetition"))
    s.taps("done").bot("Is this what you said?").taps("done").bot("Question two?")
    assert first_answer(s) == "Typed."


def test_yes_after_done_ends_the_answer_and_so_does_taking_it_back():
    s = stage(LOOSE).says("Typed.").speaks().gets("~hear.u2", heard("Cake.", "clipping")).taps("done")
    s.taps("~use.1").bot("Question two?")
    assert first_answer(s) == "Typed.\nCake."
    s = stage(LOOSE).says("Typed.").speaks().gets("~hear.u2", heard("Cake.", "clipping")).taps("done")
    s.taps("~drop.1").bot("The rest is your answer", "Question two?")
    assert first_answer(s) == "Typed."


def test_a_button_is_about_its_own_recording():
    s = stage(LOOSE).speaks().speaks()
    s.gets("~hear.u1", heard("Cake.", "low_confidence")).gets("~hear.u2", heard("Bread.", "low_confidence"))
    s.taps("~use.2").bot("part of your answer").taps("~drop.1").taps("done").bot("Question two?")
    assert first_answer(s) == "Bread."
    assert facts(s) == ["recording_dropped u1"]


def test_a_button_of_an_earlier_question_never_counts_for_this_one():
    s = doubtful(LOOSE).says("skip").taps("skip").bot("Question two?")
    s.speaks().gets("~hear.u3", heard("Bread.", "low_confidence")).taps("~use.2").bot("part of your answer")
    s.taps("~use.1", asked="one")
    assert "use" in buttons(s), "it is asked where they belong"
    s.taps("leave").taps("done").bot("Send it off?")
    (answer,) = [e for e in s.journal.entries if e.kind == "answer" and e.key == "two"]
    assert [p["u"] for p in answer.data["parts"]] == ["u3"]


# -- corrections --------------------------------------------------------------------------------------------------------


def test_the_button_below_the_words_works_after_the_question_has_been_answered():
    s = stage().speaks().gets("~hear.u1", heard("I rolled the cake back.")).bot("cake", "Question two?")
    s.taps("~fix.1", asked="one").bot("Write it as it should be").says("cake => last change").bot(
        "Corrected", "Question two?"
    )
    assert first_answer(s) == "I rolled the last change back."
    s.says("Two.").taps("done").taps("yes")
    assert s.last.result[0].text == "I rolled the last change back.", "and what the conversation itself goes on with"


def test_the_whole_text_may_be_written_anew_or_left_as_it_is():
    s = stage().speaks().gets("~hear.u1", heard("Cake.")).says("you misheard me").says(ROLLED).bot("Corrected", "two?")
    assert first_answer(s) == ROLLED
    s.says("fix the words").says("Never mind").bot("Question two?")
    s.says("fix the words").taps("as_it_is").bot("Question two?")
    assert s.journal.told["u1"] == ["Cake.", ROLLED]


def test_the_button_below_a_recording_is_about_that_one_and_the_word_asks_which():
    s = stage(LOOSE).speaks().speaks().gets("~hear.u1", heard("Cake.")).gets("~hear.u2", heard("Bread."))
    s.taps("~fix.1").bot("Write it as it should be").says("Change.").bot("Corrected", "Question one?")
    s.taps("~fix.9").bot("nothing to correct", "Question one?")
    s = stage(LOOSE).speaks().speaks().gets("~hear.u1", heard("Cake.")).gets("~hear.u2", heard("Bread."))
    s.taps("~fix").bot("Which recording").taps("u1").says("Change.").bot("Corrected", "Question one?")
    s.taps("done")
    assert first_answer(s) == "Change.\nBread."


def test_an_edit_in_place_is_a_correction():
    s = stage().speaks().gets("~hear.u1", heard("Cake.")).bot("Cake.", "Question two?")
    s.edits(1, "Change.")
    assert first_answer(s) == "Change."


def test_corrections_have_their_time_and_whoever_needs_more_has_more():
    s = stage().speaks().gets("~hear.u1", heard("Cake."))
    s.now += TO_FIX + MINUTE
    s.says("fix the words").bot("quarter of an hour", "Question two?")
    s = stage().speaks().gets("~hear.u1", heard("Cake.")).says("more time").taps("time")
    s.now += 10 * TO_FIX
    s.taps("~fix").bot("Write it as it should be")


def test_a_deleted_message_is_out_of_the_answer():
    s = stage(LOOSE).speaks().gets("~hear.u1", heard("Cake.")).removes(1).bot("taken that recording out")
    assert facts(s) == ["recording_dropped u1"]
    s.says("Typed.").taps("done").taps("~fix").bot("nothing to correct", "Question two?")
    assert first_answer(s) == "Typed."


def test_a_message_that_is_deleted_before_it_was_heard_is_never_heard():
    s = stage().speaks().says("skip").removes(1).bot("taken that recording out")
    s.gets("~hear.u1", heard("Cake.")).quietly()
    assert "u1" not in s.journal.told


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("cake -> change", "I rolled the change back."),
        ("\u201cCake\u201d \u2192 'last change'\nI -> We", "We rolled the last change back."),
        ("cake ->", "I rolled the back."),
        ("I did something else.", "I did something else."),
        ("coke -> change", words.not_in_there("coke")),
        ("ak -> x", words.not_in_there("ak")),
        ("-> change", words.not_in_there("")),
        ("I rolled the cake back. -> \u200b", words.FIX_EMPTY),
        ("x" * 40_001, words.FIX_LONG),
    ],
)
def test_how_a_correction_is_read(said: str, then: str):
    got = corrected("I rolled the cake back.", said)
    assert (got.say if isinstance(got, Wrong) else got) == then


def test_what_a_correction_changed_is_told_in_words():
    assert changes("I rolled the cake back", "I rolled the last change back today") == [
        ("cake", "last change"),
        ("", "today"),
    ]


# -- a choice, an interview ----------------------------------------------------------------------------------------------


def at_the_choice() -> Stage:
    return begun(kit=VOICE_KIT, hears="on").bot("automated", "3 questions", "You agreed", "by voice message")


def test_a_choice_can_be_spoken_unless_the_words_are_doubtful():
    s = at_the_choice().speaks(2).gets("~hear.u1", heard("By voice message, please.", "low_confidence"))
    s.bot("not sure that I understood you", "How would you like to begin?")
    s.speaks(2).gets("~hear.u2", heard("By voice message, please.")).bot("By voice message", "settle in", "What drew")


def test_who_speaks_is_asked_aloud_and_who_writes_is_not():
    s = voiced()
    warm_up = s.last.shown[-1].card
    assert [x.say for x in warm_up.sounds] == ["What drew you to this role?"]
    s.says("Curiosity.").taps("done")
    s.gets("outage.earlier", Unavailable())
    assert s.last.shown[-1].card.sounds == ()


def test_where_nobody_agreed_to_be_recorded_it_says_so_and_asks_nothing_about_it():
    for hears in ("off", "refused"):
        s = begun(kit=VOICE_KIT, hears=hears).bot("automated", "nothing else is recorded", "settle in", "What drew")
        s.speaks().bot("so please write it" if hears == "off" else "asked not to be recorded")


def test_what_a_reviewer_will_notice_is_said_and_costs_nothing():
    s = stage().speaks(8, "video")
    s.gets("~hear.u1", Heard("I rolled it back.", "en", 8, about=("black", "cut_off", "nothing known")))
    card = next(shown.card for shown in s.pending if shown.key == "~heard")
    assert card.text.startswith(
        "The picture is black: the camera may have been covered. A part of the recording didn't arrive."
    )
    assert "isn't held against you" in card.text
