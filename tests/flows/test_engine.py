"""The engine, seen through small screenplays on a Stage."""

import asyncio

import pytest

from flows.cards import Option
from flows.engine import Drift, ForeignAwait, turn
from flows.ledger import Entry, Journal
from flows.registry import Flow, Play
from flows.requests import ChooseProbe, Enough, FollowUp
from flows.stage import Stage
from flows.steps import MINUTE, Answer, Lapsed, Question, Skipped, Wrong, ask, call, choose, hear, note, race, say, wait

YES_NO = [Option("y", "Yes"), Option("n", "No")]


async def small(name: str = "Ada") -> str:
    await say("hello", f"Hello {name}.")
    ready = await choose("ready", "Ready?", YES_NO)
    if ready == "n":
        return "not today"
    got = await hear("story", "Tell me a story.")
    if isinstance(got, Skipped):
        await say("fine", "Fine, no story.")
        return "skipped"
    if isinstance(got, Question):
        await say("because", "Because I like stories.")
        got = await hear("story#2", "So, your story?", questions=False)
    assert isinstance(got, Answer)
    await note("told", "story_told", parts=len(got.ids))
    await say("thanks", "Thank you.")
    return got.text


def begun() -> Stage:
    return Stage(small).bot("Hello Ada.", "Ready?").taps("y").bot("Tell me a story.")


def test_a_whole_conversation_reads_top_to_bottom():
    begun().says("Once.").quietly().says("Twice.").quietly().taps("done").bot("Thank you.").notes("story_told").ends(
        "Once.\n\nTwice."
    )


def test_typing_a_label_or_a_number_counts_as_a_tap():
    Stage(small).says("yes").bot("Tell me a story.")
    Stage(small).says("2").ends("not today")
    Stage(small).says("maybe").bot("didn't catch").says("YES!").bot("Tell me a story.")
    Stage(small).says("yeah sure").bot("Tell me a story.")
    Stage(small).says("nope").ends("not today")


def test_a_pause_ends_an_answer_of_several_messages():
    begun().says("Once.").waits("quiet").bot("taken that as your answer", "Thank you.").ends("Once.")


def test_an_edit_before_sending_off_counts_and_a_later_one_does_not():
    begun().says("Onse.").edits(1, "Once.").quietly().taps("done").bot("Thank you.").ends("Once.")


def test_a_message_taken_back_before_sending_off_is_not_part_of_the_answer():
    begun().says("Once.").says("Oops, wrong chat").removes(2).taps("done").bot("Thank you.").ends("Once.")


def test_sending_off_nothing_is_answered_kindly():
    begun().taps("done").bot("any words")
    begun().says(" \u200b\u2060\n ").bot("arrived empty").says("🎉").quietly().taps("done").bot("Thank you.").ends("🎉")


def test_a_message_that_is_too_long_is_refused_with_what_to_do():
    begun().says("x" * 40_000).quietly()
    begun().says("x" * 40_001).bot("40,001 characters")


def test_a_double_tap_and_an_old_button_change_nothing():
    stage = begun().taps("n", asked="ready").bot("earlier question", "Tell me a story.")
    stage.says("Once.").taps("done").bot("Thank you.").ends("Once.")


def test_a_question_back_is_not_an_answer():
    begun().says("What kind of story?").bot("Because I like stories.", "So, your story?").says("Why? Well.").taps(
        "done"
    ).bot("Thank you.").ends("Why? Well.")


def test_skip_asks_once_and_returns_skipped():
    begun().says("skip").bot("Skip this question?").taps("skip").bot("Fine, no story.").ends("skipped")
    begun().says("skip").bot("Skip this question?").taps("stay").bot("Tell me a story.")


def test_help_and_repeat_return_to_the_question():
    begun().says("help").bot("These words work", "Tell me a story.")
    begun().commands("repeat").bot("Tell me a story.").says("Once.").taps("done").bot("Thank you.")


def test_pause_and_coming_back():
    stage = begun().says("pause").bot("Take all the time")
    assert stage.last.state == "parked"
    assert not stage.last.wakes
    stage.says("continue").bot("Tell me a story.")
    assert stage.last.state == "open"


def test_words_written_during_a_break_are_an_answer():
    begun().says("pause").says("Once.").bot("Tell me a story.").taps("done").bot("Thank you.").ends("Once.")


def test_silence_nudges_then_parks_and_never_discards():
    stage = begun().says("repeat").waits("nudge").bot("Still there?").waits("park").bot("I'll rest here")
    assert stage.last.state == "parked"
    stage.says("Once.").taps("done").bot("Thank you.").ends("Once.")


def test_a_stale_timer_is_a_no_op():
    stage = begun()
    token = stage.tokens["ready"]
    stage.late("nudge", token).quietly().late("park", token).quietly()
    stage.says("Once.").late("quiet", token).quietly()


def test_stop_asks_once_and_withdraws():
    begun().says("stop").bot("withdraw?").taps("stay").bot("Tell me a story.")
    begun().says("stop").bot("withdraw?").taps("pause").bot("Take all the time")
    begun().says("stop").bot("withdraw?").taps("stop").bot("I've stopped").notes("withdrawn").ends("withdrawn")


def test_an_interruption_ends_when_the_question_itself_is_answered():
    stage = begun().says("Once.").says("stop")
    stage.taps("done", asked="story").bot("Thank you.").ends("Once.")


def test_a_person_can_be_asked_for_at_any_time():
    begun().says("talk to a human").bot("asked a person", "Tell me a story.").notes("human_asked")


def test_an_adjustment_switches_every_timer_off():
    stage = begun().says("more time").bot("What would help?").taps("time").bot("Done.", "Tell me a story.")
    stage.notes("accommodation_asked")
    assert not stage.last.wakes
    stage.says("Once.")
    assert not stage.last.wakes


async def two(_: str = "") -> str:
    first = await hear("first", "First?", questions=False)
    second = await hear("second", "Second?", questions=False)
    third = await hear("third", "Third?", questions=False)
    return " / ".join(a.text for a in (first, second, third) if isinstance(a, Answer))


def test_changing_the_last_answer_supersedes_it_and_goes_on_where_we_were():
    stage = Stage(two).says("a").taps("done").says("b").taps("done").bot("Third?")
    stage.says("change my last answer").bot("Answer it again", "Second?").says("B").taps("done").bot(
        "Changed", "Third?"
    )
    stage.says("c").taps("done").ends("a / B / c")


def test_words_for_an_earlier_question_are_kept_and_placed():
    stage = Stage(two).says("a").waits("quiet").bot("taken that", "Second?")
    stage.says("and more", asked="first").bot("Where does it belong?").taps("add").bot("earlier answer", "Second?")
    stage.says("b").taps("done").says("c").taps("done").ends("a\n\nand more / b / c")
    stage = Stage(two).says("a").waits("quiet").says("b", asked="first").taps("use").bot("as part of this answer")
    stage.taps("done").says("c").taps("done").ends("a / b / c")


async def working() -> str:
    probe = await call("probe", ChooseProbe("q1", ("u1",)))
    await say("got", probe.text if isinstance(probe, FollowUp) else "enough")
    age = await ask("number", "How many?", lambda t: int(t) if t.isdigit() else Wrong("A number, please, such as 12."))
    got = await wait("team", "team_said", until=1_800_000_000_000 + 60 * MINUTE)
    last = await race(choose("soon", "Quick?", YES_NO), until=1_800_000_000_000 + 120 * MINUTE)
    return f"{age} {type(got).__name__} {'late' if isinstance(last, Lapsed) else last}"


def test_calls_waits_and_races():
    stage = Stage(working).gets("probe", FollowUp("own", "And you?")).bot("And you?", "How many?")
    stage.says("many").bot("A number, please").says("12").quietly().learns("other", x=1).quietly()
    stage.learns("team_said", x=2).bot("Quick?").taps("y").ends("12 Learned y")
    stage = Stage(working).gets("probe", Enough()).says("1").waits("until").bot("Quick?").waits("until")
    stage.ends("1 Lapsed late")


def test_words_said_while_work_is_going_on_are_kept():
    Stage(working).says("hello?").bot("still working")


def test_a_foreign_await_is_a_bug_and_says_so():
    async def wrong() -> None:
        await asyncio.sleep(0)

    with pytest.raises(ForeignAwait):
        Stage(wrong)


def test_a_journal_that_does_not_fit_is_drift():
    flow = Flow(Play("small", 1, small))
    with pytest.raises(Drift, match="'said'"):
        turn(flow, Journal([Entry("ready", "said", None, 1)]), None, None)
    with pytest.raises(Drift, match="gone"):
        turn(flow, Journal([Entry("gone", "said", None, 1)]), None, None)
