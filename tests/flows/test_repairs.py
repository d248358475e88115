"""What a candidate can ask for about themselves at any time, and the word that ends an answer."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cards import Card
from flows.playbill import PLAYBILL
from flows.repair import OWN, REPAIRS, finishes, intent
from flows.requests import Broadcast, Enough, Unavailable
from flows.stage import Stage
from tests.flows.scenes import KEPT, begun, heard, invited, rating

LOOK = "~1.mydata.look"


def answering() -> Stage:
    s = begun()
    return s.says("Curiosity.").taps("done").gets("outage.earlier", Broadcast())


def said(stage: Stage) -> Card:
    return stage.last.shown[0].card


@pytest.mark.parametrize("start", [invited, begun, heard])
def test_a_candidate_can_always_ask_about_themselves(start: Callable[[], Stage]):
    stage = start()
    assert stage.last.waiting
    assert {f"~{name}" for name in OWN} <= {o.id for o in stage.last.waiting.tools}
    tools = [o.id for o in stage.last.waiting.tools]
    assert tools.index("~help") < tools.index("~human") < tools.index("~status") < tools.index("~mydata")
    stage.says("status").bot("go on later", "")
    stage.taps("~mydata").gets("~2.mydata.look", KEPT).bot("scroll up", "")


def test_who_rates_is_not_offered_what_is_for_candidates():
    assert not OWN & PLAYBILL.newest("review").repairs
    rating().commands("elsewhere").notes()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Where am I?", "status"),
        ("what happens next?", "status"),
        ("mydata", "mydata"),
        ("My data, please", "mydata"),
        ("What do you know about me?", "mydata"),
        ("delete my data", "mydata"),
        ("Can I continue on another device?", "elsewhere"),
        ("switch to web", "elsewhere"),
        ("switch to the browser", "elsewhere"),
        ("handover", "elsewhere"),
        ("I hand over.", None),
        ("A laptop.", None),
        ("My phone", None),
        ("the web", None),
        ("That's where I am, and I was happy there.", None),
        ("What happens next depends on the customer.", None),
    ],
)
def test_words_that_are_orders_and_words_that_are_answers(text: str, name: str | None):
    assert intent(text) == name


def test_where_am_i_says_what_is_known_and_asks_again():
    stage = answering().says("It broke.").says("And I fixed it.").says("where am I?").bot("go on later", "broke")
    assert [(r.label, r.value) for r in said(stage).rows] == [
        ("Questions so far", "1 of 3"),
        ("Answers kept", "1"),
        ("In the answer you're writing", "2 messages"),
        ("Open until", "Friday, 29 January"),
        ("What happens next", "Two people read your answers, and you'll hear from Mira by Friday, 5 February."),
    ]
    stage.taps("done").gets("outage.probe#1", Enough())
    assert len(next(e for e in stage.journal.entries if e.key == "outage" and e.kind == "answer").value["parts"]) == 2


def test_an_agreed_adjustment_is_part_of_where_we_are():
    for stage in (begun(unhurried=True), begun().says("more time").taps("time")):
        stage.says("status")
        assert [r.label for r in said(stage).rows].count("Reminders") == 1


def test_what_is_kept_comes_from_the_world_and_the_question_returns():
    stage = answering().says("my data").quietly().gets(LOOK, KEPT).bot("scroll up", "broke")
    values = [r.value for r in said(stage).rows]
    assert values[0] == "14 messages, the first one on Monday 25 January"
    assert values[-1] == KEPT.contact
    answering().says("my data").gets(LOOK, Unavailable("down")).bot("can't look that up", "broke")


def test_words_and_answers_while_it_is_looked_up_are_not_lost():
    stage = answering().says("It broke.").says("my data").says("And more.").bot("still working").gets(LOOK, KEPT)
    stage.bot("scroll up", "broke").taps("done")
    assert "outage.probe#1" in stage.calls
    # Who sends off the answer instead goes on; what comes back afterwards is kept and changes nothing.
    stage = answering().says("It broke.").says("my data").taps("done", asked="outage").gets(LOOK, KEPT).quietly()
    assert "outage.probe#1" in stage.calls


def test_going_elsewhere_rests_without_a_reminder_and_the_link_is_not_in_the_journal():
    stage = answering().says("It broke.").says("continue on another device").bot("Here is a link")
    stage.notes("interview_began", "question_shown", "handover_asked")
    assert (stage.last.state, stage.last.wakes) == ("parked", ())
    stage.says("I'm back").bot("automated interviewer", "broke").says("I fixed it.").taps("done")
    assert "outage.probe#1" in stage.calls


@pytest.mark.parametrize("word", ["done", "Done.", "That's my answer", "thats my answer!", "send it", "I'm finished"])
def test_a_word_sends_an_answer_off(word: str):
    stage = answering().says(word).bot("any words").says("It broke.").says(word).gets("outage.probe#1", Enough())
    (answer,) = [e.value for e in stage.journal.entries if e.key == "outage" and e.kind == "answer"]
    assert [p["u"] for p in answer["parts"]] == ["u3"]


@pytest.mark.parametrize("text", ["Done and dusted.", "I had it done by ten.", "I send it to the customer.", "finish"])
def test_a_sentence_is_never_taken_for_the_word(text: str):
    assert not finishes(text)


def test_the_word_for_an_answer_that_was_taken_already():
    stage = answering().says("It broke.").waits("quiet").gets("outage.probe#1", Enough())
    stage.gets("explain.earlier", Broadcast())
    stage.says("done", asked="outage").bot("I have that answer already", "explain an outage")


def test_the_reference_names_every_word_and_its_examples_work():
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "words.md").read_text(encoding="utf-8")
    rows = re.findall(r'^\| `(\w+)` \| ("[^|]+") \|', page, re.M)
    assert [name for name, _ in rows] == list(REPAIRS)
    assert all({intent(word) for word in re.findall(r'"([^"]+)"', words)} == {name} for name, words in rows)
