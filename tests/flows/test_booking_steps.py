"""What the engine does for conversations about times: words in place of an option, a fact in place of an answer, and
words that are an order elsewhere and mean something of their own here."""

from typing import Any

from flows.cards import Card, Option
from flows.events import Learned
from flows.stage import Stage
from flows.steps import Wrong, Wrote, ask, choose, or_learn, say
from flows.typed import named

DAYS = (Option("d1", "Tuesday"), Option("d2", "Wednesday"))


def _read(text: str) -> Any:
    return Wrong("Shorter, please.") if len(text) > 20 else named(DAYS, text) or text


def _own(text: str) -> str | None:
    return "off" if text == "cancel" else None


async def small() -> list[str]:

    card = Card("Which day?", tone="question", options=DAYS)
    got = await or_learn(ask("day", card, _read, keeps=True, own=_own), "opened")
    if isinstance(got, Learned):
        await say("news", f"New: {got.data['what']}.")
        return ["learned"]
    sure = await choose("sure", "Sure?", [Option("y", "Yes"), Option("n", "No")], own=_own)
    return [got.utterance, got.text, sure] if isinstance(got, Wrote) else [got, sure]


def test_an_option_tapped_or_named_is_its_id_and_other_words_are_kept():
    Stage(small).taps("d2").taps("y").ends(["d2", "y"])
    Stage(small).says("tuesday").taps("y").ends(["d1", "y"])
    Stage(small).says("  late in May ").taps("y").ends(["u1", "late in May", "y"])
    stage = Stage(small).says("d1").taps("y")
    stage.ends(["d1", "y"])


def test_words_are_in_the_journal_by_reference_only():
    stage = Stage(small).says("late in May")
    answers = [e.value for e in stage.journal.entries if e.kind == "answer"]
    assert answers == [{"wrote": {"u": "u1", "v": 0}}]


def test_what_cannot_be_read_is_asked_for_again():
    Stage(small).says("x" * 21).bot("Shorter").says("May").taps("n").ends(["u2", "May", "n"])


def test_own_words_come_before_orders_and_other_orders_still_work():
    Stage(small).says("cancel").says("cancel").ends(["off", "off"])
    Stage(small).says("stop").bot("withdraw?").taps("stop").ends("withdrawn")


def test_a_fact_answers_the_question_and_closes_its_buttons():
    stage = Stage(small)
    stage.pending = []
    stage.learns("opened", what="Friday").bot("New: Friday.").ends(["learned"])
    assert len(stage.last.settled) == 1


def test_a_fact_for_nobody_and_a_fact_too_late_change_nothing():
    stage = Stage(small)
    stage.pending = []
    stage.learns("closed").quietly()
    stage.taps("d1")
    stage.pending = []
    stage.learns("opened", what="Friday").quietly().taps("y").ends(["d1", "y"])


def test_a_fact_is_no_answer_of_the_persons_and_cannot_be_changed():
    stage = Stage(two)
    stage.learns("opened").says("change my last answer").bot("no answer to change", "Sure?").taps("y").ends("y")


async def two() -> str:
    await or_learn(ask("day", "Which day?"), "opened")
    return await choose("sure", "Sure?", [Option("y", "Yes")])


def test_a_fact_during_a_repair_leaves_the_repair_its_question():
    stage = Stage(two).says("stop")
    stage.learns("opened").bot("withdraw?", "Sure?")
    stage.taps("stay", asked="~1.stop.sure").bot("Sure?").taps("y").ends("y")
