"""The recorded interview: takes, choices among them, a last look, and coming back days later."""

from typing import Any

import pytest

from flows.cards import Card
from flows.kits.model import Kit
from flows.recorded.receiving import Received
from flows.recorded.v1 import receipt_number
from flows.requests import Broadcast, Clarification, Heard, NoClarification, Unavailable
from flows.stage import Stage
from flows.steps import DAY, HOUR
from flows.words import interview_en, legal_en
from flows.words import recorded_en as words
from tests.flows.sample_kit import KIT, VOICE_KIT
from tests.flows.scenes import Acted, alone, in_their_own_time, over_several_days, takes_aloud

NONE = Broadcast()
UNTIL = "Sunday 31 January, 17:00 (Berlin, UTC+1)"
ARRIVED = Received("Wednesday 27 January, 19:04 (Berlin, UTC+1)")


def asked(**changes: Any) -> Acted:
    """At the first question, the warm-up behind us."""
    s = alone(**changes)
    s.taps("go").says("Curiosity.").taps("done").gets("outage.earlier", NONE)
    return s


def answered(**changes: Any) -> Acted:
    """At the last look: three answers, each kept at once."""
    s = asked(**changes)
    s.says("It broke.").taps("done").taps("1").gets("explain.earlier", NONE)
    s.says("Plainly.").taps("done").taps("1").taps("none").gets("handover.earlier", NONE)
    s.says("I hand over.").taps("done").taps("1").bot("Here is everything once more")
    return s


def sent(stage: Stage) -> list[dict[str, Any]]:
    """The answers as the world gets them; the conversation's result says the same."""
    facts = [f for f in stage.facts if f.name == "submitted"]
    assert len(facts) == 1
    assert stage.last.result == facts[0].data == {"answers": facts[0].data["answers"]}
    return facts[0].data["answers"]


def fact(stage: Stage, name: str) -> dict[str, Any]:
    (found,) = [f.data for f in stage.facts if f.name == name]
    return found


def receipt(stage: Stage) -> dict[str, str]:
    card = next(s.card for s in stage.last.shown if s.card.title == words.RECEIPT)
    return {r.label: r.value for r in card.rows}


def with_takes(n: int) -> Kit:
    data = KIT.model_dump()
    data["questions"][0]["answer"]["takes"] = n
    return Kit.model_validate(data)


def test_what_leaves_is_ids_and_only_of_the_takes_that_count():
    stage = in_their_own_time()
    outage, explain, handover = sent(stage)
    assert outage == {"question": "outage", "utterances": ["u5", "u6"], "follow_ups": [], "skipped": False, "ai": ""}
    assert (explain["utterances"], explain["ai"]) == (["u7"], "none")
    assert (handover["utterances"], handover["skipped"]) == (["u9"], False), "skipped, then answered in the last look"
    assert fact(stage, "takes_set_aside") == {"takes": [{"question": "outage", "utterances": [["u3", "u4"]]}]}
    names = [f.name for f in stage.facts]
    assert names[:4] == ["interview_began", *["question_shown"] * 3]
    assert names[4:] == ["takes_set_aside", "submitted", "receipt_given"]
    assert stage.journal.told["u3"][-1] == "Our label printer service went down.", "the take that was left stays"


def test_the_receipt_names_what_was_sent_and_leads_back_to_it():
    stage = in_their_own_time()
    rows = receipt(stage)
    number = receipt_number("iv_1", ["u5", "u6", "u7", "u9"])
    assert rows["Receipt"] == number == fact(stage, "receipt_given")["number"]
    assert rows["Received"] == ARRIVED.when
    assert [v for k, v in rows.items() if k[0].isdigit()] == ["29 words, take 2 of 2", "12 words", "12 words"]
    assert len({number, receipt_number("iv_2", ["u5", "u6", "u7", "u9"]), receipt_number("iv_1", ["u5"])}) == 3


def test_a_receipt_comes_even_when_nobody_can_tell_the_time():
    stage = over_several_days()
    assert "Received" not in receipt(stage)
    assert receipt(stage)["Receipt"]
    assert len(sent(stage)) == 3


def test_the_answers_are_in_before_the_receipt_is_written():
    stage = answered().taps("submit")
    assert [f.name for f in stage.facts][-2:] == ["submitted", "receipt_given"]
    assert stage.last.state == "open"
    stage.gets("end.received", ARRIVED).bot("Thank you, Ada")
    assert stage.last.state == "ended"


def test_before_the_first_question_it_says_how_it_goes():
    stage = alone()
    hello, how, ready = (s.card for s in stage.last.shown)
    assert hello.text == legal_en.AI_AGAIN.filled(company="Northwind")
    assert "nobody watches live" in how.text
    assert {r.label: r.value for r in ready.rows} == {
        "Questions": "3, about 30 minutes in all",
        "Takes": "up to 3 for a question; you choose which one counts",
        "Open until": "Friday 29 January, 17:00 (Berlin, UTC+1)",
    }
    stage.says("let's go").bot("settle in", "What drew you")


def test_a_question_has_a_soft_guide_and_its_place():
    card = asked().last.shown[-1].card
    assert card.progress == (1, 3)
    assert "Take up to 2 minutes to think first; nothing is counted." in card.foot
    assert "about 3 minutes of writing is usual; shorter or longer is fine" in card.foot
    assert card.foot.endswith(interview_en.AI_USE["free"])


def test_the_kit_decides_how_long_to_think():
    data = KIT.model_dump()
    data["questions"][0]["answer"]["think_minutes"] = 1
    assert "Take up to 1 minute to think" in asked(kit=Kit.model_validate(data)).last.shown[-1].card.foot


def test_no_silence_ends_an_answer_and_nobody_is_nudged():
    stage = asked()
    assert [(w.about, w.at - stage.now) for w in stage.last.wakes] == [("park", 2 * HOUR)]
    stage.says("It broke.")
    assert all(w.at - stage.now > 900 * DAY for w in stage.last.wakes)
    stage.taps("done")
    assert [w.about for w in stage.last.wakes] == ["park"]


def test_an_adjustment_switches_off_the_rest_too():
    stage, years = asked(unhurried=True), 365 * DAY
    assert stage.last.wakes == ()
    stage.says("It broke.").taps("done").taps("again").says("skip").taps("skip").gets("explain.earlier", NONE)
    assert all(t == 0 or t > 2 * years for t in stage.timers)
    stage.says("where am I?")
    assert ("Reminders", "off; only you decide when an answer is finished") in [
        (r.label, r.value) for r in stage.last.shown[0].card.rows
    ]


def test_takes_are_counted_down_and_any_of_them_can_count():
    stage = asked()
    stage.says("One.").taps("done").taps("again")
    assert stage.last.shown[-1].card.title == "Take 2"
    assert stage.last.shown[-1].card.quotes == (), "nothing counts yet"
    stage.says("Two.").taps("done")
    card = stage.last.shown[-1].card
    assert [o.label for o in card.options] == ["Take 1", "Take 2", "Try again (1 take left)"]
    stage.taps("again").says("Three.").taps("done")
    card = stage.last.shown[-1].card
    assert [o.label for o in card.options] == ["Take 1", "Take 2", "Take 3"]
    assert [(r.label, r.value) for r in card.rows] == [("Take 1", "One."), ("Take 2", "Two."), ("Take 3", "Three.")]
    stage.says("2").gets("explain.earlier", NONE).says("skip").taps("skip").gets("handover.earlier", NONE)
    stage.says("skip").taps("skip").taps("submit").gets("end.received", ARRIVED)
    assert [a["utterances"] for a in sent(stage)] == [["u3"], [], []]
    assert [a["skipped"] for a in sent(stage)] == [False, True, True]
    assert fact(stage, "takes_set_aside")["takes"][0]["utterances"] == [["u2"], ["u4"]]
    assert [v for k, v in receipt(stage).items() if k[0].isdigit()] == ["1 word, take 2 of 3", "skipped", "skipped"]


def test_one_take_is_taken_without_asking():
    stage = asked(takes=1)
    stage.says("Once.").taps("done").bot("Noted").gets("explain.earlier", NONE)
    stage.says("skip").taps("skip").gets("handover.earlier", NONE).says("skip").taps("skip")
    stage.taps("change").taps("1").bot("no take left", "Here is everything once more").taps("submit")
    assert sent_soon(stage) == [["u2"], [], []]
    assert "Takes: one for each" in [f"{r.label}: {r.value}" for r in alone(takes=1).last.shown[2].card.rows]


def sent_soon(stage: Stage) -> list[list[str]]:
    stage.gets("end.received", ARRIVED)
    return [a["utterances"] for a in sent(stage)]


def test_a_kit_that_names_a_number_of_takes_is_obeyed():
    stage = asked(kit=with_takes(2)).says("One.").taps("done")
    assert stage.last.shown[-1].card.options[1].label == "Try again (1 take left)"
    stage.taps("again").says("Two.").taps("done")
    assert [o.id for o in stage.last.shown[-1].card.options] == ["1", "2"]


def test_skipping_a_further_take_leaves_what_there_is():
    stage = asked()
    stage.says("One.").taps("done").taps("again").says("Two.").taps("done").taps("again")
    stage.says("skip").taps("skip").bot("What you have stays", "Which take should count?").taps("again")
    stage.says("Three.").taps("done").taps("3").gets("explain.earlier", NONE)
    answers = [e.key for e in stage.journal.entries if e.kind == "answer" and e.key.startswith("outage")]
    assert answers[::2] == ["outage", "outage.try2", "outage.try3", "outage.try4"]
    assert answers[1::2] == [f"outage.keep#{n}" for n in (1, 2, 3, 4)]


def test_a_question_back_is_answered_and_is_part_of_no_take():
    stage = asked().says("What counts as broke?").gets("outage.back#1", Clarification("Anything.", "Mira"))
    stage.bot("Mira from the team explained\nAnything.", "responsible for broke").says("One.").taps("done").taps(
        "again"
    )
    stage.says("Ours, or a customer's?").gets("outage.try2.back#1", NoClarification()).bot("pass it on").taps("pass")
    assert stage.facts[-1].data == {"question": "outage", "utterance": "u4"}
    stage.says("Two.").taps("done")
    assert [r.value for r in stage.last.shown[-1].card.rows] == ["One.", "Two."]


def test_what_seemed_a_question_can_be_the_beginning_of_an_answer():
    stage = asked().says("Isn't that daily life?").gets("outage.back#1", Unavailable("down")).taps("part")
    stage.bot("beginning of your answer", "responsible for broke").says("It was.").taps("done").taps("1")
    stage.gets("explain.earlier", Broadcast(("By phone.",)))
    stage.bot("Noted", "By phone.", "How would you explain")
    assert not [f for f in stage.facts if f.name == "team_question"]


def test_edits_and_takebacks_count_until_a_take_is_sent():
    stage = asked()
    stage.says("It broek.").says("Wrong chat.").edits(2, "It broke.").removes(3).taps("done").taps("again")
    stage.edits(2, "Too late.").bot("kept the new wording").says("Once more.").taps("done")
    assert [r.value for r in stage.last.shown[-1].card.rows] == ["It broke.", "Once more."]


def test_an_afterthought_beside_the_choice_can_join_the_take():
    stage = asked().says("It broke.").taps("done")
    stage.says("And the backup was broken as well.").bot("I've kept what you wrote").taps("add")
    stage.bot("added it to your earlier answer", "Keep this answer").taps("1").gets("explain.earlier", NONE)
    stage.says("skip").taps("skip").gets("handover.earlier", NONE).says("skip").taps("skip").taps("submit")
    assert sent_soon(stage) == [["u2", "u3"], [], []]


def test_changing_the_last_answer_asks_again_for_what_was_chosen():
    stage = asked().says("One.").taps("done").taps("again").says("Two.").taps("done").taps("2")
    stage.gets("explain.earlier", NONE).says("change my last answer").bot("Answer it again", "Which take should count?")
    stage.taps("1").bot("Changed", "How would you explain").says("skip").taps("skip").gets("handover.earlier", NONE)
    stage.says("skip").taps("skip").taps("submit")
    assert sent_soon(stage) == [["u2"], [], []]


def test_the_last_look_offers_another_take_and_shows_what_counts_now():
    stage = answered().taps("change").taps("2")
    card = stage.last.shown[-1].card
    assert (card.title, [q.text for q in card.quotes]) == ("Take 2", ["Plainly."])
    stage.says("Even plainer.").taps("done").taps("2").bot("Did you use an AI tool").taps("much")
    stage.bot("Here is everything once more")
    assert [r.value for r in stage.last.shown[-1].card.rows] == ["It broke.", "Even plainer.", "I hand over."]
    stage.taps("change").taps("2").bot("Which take should count?").taps("2").bot("Here is everything once more")
    stage.taps("change").taps("keep").bot("stays as it was", "Here is everything once more").taps("submit")
    assert sent_soon(stage) == [["u2"], ["u5"], ["u4"]]
    assert sent(stage)[1]["ai"] == "much"
    assert fact(stage, "takes_set_aside")["takes"] == [{"question": "explain", "utterances": [["u3"]]}]


def test_going_back_to_an_earlier_take_asks_about_tools_anew():
    stage = answered().taps("change").taps("2").says("Even plainer.").taps("done").taps("1")
    stage.bot("Here is everything once more").taps("change").taps("2").taps("2").bot("Did you use an AI tool")


def test_more_days_are_asked_for_before_and_after_the_questions():
    stage = alone().taps("more").notes("interview_began", "extension_asked").quietly()
    stage.says("Hello?").bot("waiting")
    stage.learns("extended", day=UNTIL).bot(UNTIL, "Shall we begin?")
    assert stage.last.shown[-1].card.rows[-1].value == UNTIL
    stage.taps("more").learns("team_asked").bot("asked the team", "Shall we begin?")
    assert stage.last.shown[-1].card.rows[-1].value == UNTIL
    stage = answered().taps("more").learns("extended", day=UNTIL).bot(UNTIL, "Here is everything once more")


def test_without_a_deadline_there_is_nothing_to_extend():
    stage = answered(deadline="")
    assert [o.id for o in stage.last.shown[-1].card.options] == ["submit", "change"]
    assert [o.id for o in alone(deadline="").last.shown[-1].card.options] == ["go", "practise"]


@pytest.mark.parametrize("days", [1, 30])
def test_whoever_comes_back_days_later_is_greeted_and_goes_on(days: int):
    again = legal_en.AI_AGAIN.filled(company="Northwind")
    stage = asked().says("It broke.").says("pause")
    stage.now += days * DAY
    stage.says("I rolled it back.")
    assert stage.last.shown[0].card.text == again
    stage.taps("done").waits("park").bot("rest here")
    stage.now += days * DAY
    stage.taps("1").bot(again, "Noted").gets("explain.earlier", NONE)
    assert stage.last.waiting
    assert stage.last.waiting.key == "explain"


def test_withdrawing_is_possible_anywhere():
    stage = answered().says("stop").taps("stop").ends("withdrawn")
    assert [f.name for f in stage.facts][-1] == "withdrawn"
    assert not [f for f in stage.facts if f.name == "submitted"]


def test_a_kit_without_a_warm_up_begins_with_its_first_question():
    stage = alone(kit=KIT.model_copy(update={"warm_up": None})).taps("go").gets("outage.earlier", NONE)
    stage.bot("something you were responsible for broke")


def test_where_am_i_tells_the_deadline_and_what_happens_next():
    stage = asked().says("where am I?")
    rows = {r.label: r.value for r in stage.last.shown[0].card.rows}
    assert rows["Questions so far"] == "1 of 3"
    assert rows["Open until"] == "Friday 29 January, 17:00 (Berlin, UTC+1)"
    assert "you'll hear from Mira" in rows["What happens next"]


# -- takes that are recordings ------------------------------------------------------------------------------------------


def aloud() -> Acted:
    s = alone(kit=VOICE_KIT, hears="on")
    s.taps("go").says("Curiosity.").taps("done").gets("outage.earlier", NONE)
    return s


def said(text: str, seconds: float) -> Heard:
    return Heard(text, "en", seconds)


def test_a_recording_is_a_take_and_every_take_can_be_heard_again():
    s = aloud().speaks(42).gets("~hear.u2", said("It broke.", 42))
    (card,) = [x.card for x in s.last.shown if x.key.startswith("outage.keep")]
    assert [(x.label, x.recording, x.own) for x in card.sounds] == [("Hear it again", "u2", True)]
    assert [r.value for r in card.rows] == ["0:42 recorded"], "its words were shown just before"
    s.taps("again").speaks(252).gets("~hear.u3", said("It broke, and I rolled it back.", 252))
    (card,) = [x.card for x in s.last.shown if x.key.startswith("outage.keep")]
    assert [(x.label, x.recording) for x in card.sounds] == [("Take 1", "u2"), ("Take 2", "u3")]
    assert card.rows[1].value.startswith("4:12 recorded, 1:12 over the guide, which is fine: It broke, and")
    s.taps("again").says("Written, in the end.").taps("done")
    (card,) = [x.card for x in s.last.shown if x.key.startswith("outage.keep")]
    assert [x.recording for x in card.sounds] == ["u2", "u3"], "and the text stands in its row"
    assert [o.id for o in card.options] == ["1", "2", "3"]


def test_the_receipt_and_the_last_look_have_what_counts():
    s = takes_aloud()
    look = next(c for who, c in s.chat if who == "bot" and isinstance(c, Card) and "Here is everything" in c.text)
    assert [(x.label, x.recording) for x in look.sounds] == [("Answer 1", "u3")]
    assert [v for k, v in receipt(s).items() if k[0].isdigit()] == [
        "4:12 recorded, 10 words, take 2 of 2",
        "9 words",
        "5 words",
    ]
    assert fact(s, "takes_set_aside") == {"takes": [{"question": "outage", "utterances": [["u2"]]}]}


def test_a_correction_is_in_the_take_that_was_recorded_before_it():
    s = aloud().speaks(42).gets("~hear.u2", said("It cake.", 42)).taps("~fix.1").says("cake -> broke")
    (card,) = [x.card for x in s.last.shown if x.key.startswith("outage.keep")]
    assert card.options[0].id == "1"
    s.taps("again").speaks(30).gets("~hear.u4", said("It cake twice.", 30)).taps("~fix.2").says("cake -> broke")
    (card,) = [x.card for x in s.last.shown if x.key.startswith("outage.keep")]
    assert [r.value for r in card.rows] == ["0:42 recorded: It broke.", "0:30 recorded: It broke twice."]
    s.taps("1").gets("explain.earlier", NONE).says("Plainly.").taps("done").taps("1").taps("none")
    s.gets("handover.earlier", NONE).says("I hand over.").taps("done").taps("1")
    (look,) = [x.card for x in s.last.shown if x.key.startswith("end.look")]
    assert look.rows[0].value == "It broke."


def test_an_adjustment_gives_more_takes():
    s = alone(extra_takes=3)
    assert "up to 6 for a question; you choose which one counts" in [r.value for r in s.last.shown[-1].card.rows]


def test_without_consent_a_take_is_written():
    s = alone(kit=VOICE_KIT, hears="refused").taps("go").says("Curiosity.").taps("done").gets("outage.earlier", NONE)
    assert "of writing is usual" in s.last.shown[-1].card.foot
    s.speaks().bot("asked not to be recorded")
    assert s.calls == {}
