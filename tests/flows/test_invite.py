"""The first conversation: its order is the law's, and every answer in it may be a no (R1 to R5)."""

from itertools import product
from typing import Any

import pytest

from flows.words import legal_en
from flows.words.legal_en import Legal
from tests.flows.sample_kit import INVITE
from tests.flows.scenes import Acted, a_person_instead, invited, later_and_a_second_thought, yes_to_everything


def at_home(home: str = "Hamburg", **changes: Any) -> Acted:
    s = invited(notice_url="https://parley.example/notice/1", **changes)
    s.says(home)
    return s


def consents(stage: Acted) -> list[tuple[str, str]]:
    return [(f.data["kind"], f.data["answer"]) for f in stage.facts if f.name == "consent"]


def test_the_first_message_is_the_disclosure_and_nothing_else_comes_before_the_residence():
    stage = invited()
    disclosure = legal_en.AI_DISCLOSURE.filled(name="Ada", company="Northwind", role="Support engineer")
    assert stage.last.shown[0].card.text == disclosure
    assert [s.key for s in stage.last.shown] == ["hello", "residence"]
    stage.notes("opened")


@pytest.mark.parametrize("happening", ["says nothing", "asks for help", "postcode", "a break", "silence"])
def test_no_notice_and_no_consent_question_while_the_residence_is_unknown(happening: str):
    stage = invited(notice_url="https://parley.example/notice/1")
    match happening:
        case "says nothing":
            stage.says(" ")
        case "asks for help":
            stage.says("help")
        case "postcode":
            stage.says("10115").bot("postcode")
        case "a break":
            stage.says("pause").says("continue")
        case _:
            stage.waits("nudge").waits("park").says("repeat")
    keys = {e.key for e in stage.journal.entries}
    assert not any(k.startswith(("notice", "given", "consent")) for k in keys)
    stage.says("Hamburg").bot("apply in Germany", "What this is about", "First of three")


def test_place_and_role_site_leave_as_codes_and_no_place_is_the_strictest():
    assert _residence(at_home("Hamburg")) == {"place": "DE", "role_site": "DE"}
    assert _residence(at_home("Springfield, Illinois", role_site="New York")) == {
        "place": "US-IL",
        "role_site": "US-NYC",
    }
    assert _residence(invited().taps("unknown"))["place"] == "unknown"
    assert _residence(invited(role_site="").says("Narnia")) == {"place": "unknown", "role_site": "unknown"}


def _residence(stage: Any) -> dict[str, str]:
    return next(f.data for f in stage.facts if f.name == "residence_given")


def test_a_corrected_residence_is_said_and_stated_anew():
    stage = at_home("Hamburg").says("change my last answer").says("Paris")
    stage.bot("Changed", "apply in France", "First of three")
    assert [f.data["place"] for f in stage.facts if f.name == "residence_given"] == ["DE", "FR"]


def test_the_notice_comes_in_two_layers_and_is_stated_with_its_hash():
    stage = invited().says("Hamburg").bot("apply in Germany", "about 30 minutes", "Nothing else is.", "First of three")
    notices = [f.data for f in stage.facts if f.name == "notice_given"]
    assert notices == [_shown(legal_en.NOTICE_SHORT), _shown(legal_en.NOTICE_LONG)]
    linked = at_home()
    card = next(s.card for s in linked.last.shown if s.key == "notice")
    assert card.links[0].url == "https://parley.example/notice/1"
    for told in ("Northwind", "Ownership, Clear explanation", "180 days", "text matching", "Mira Okafor"):
        assert told in card.text


def _shown(legal: Legal) -> dict[str, Any]:
    return {"id": legal.id, "version": legal.version, "hash": legal.hash, "language": "en"}


@pytest.mark.parametrize("answers", list(product(["yes", "no"], repeat=3)), ids="-".join)
def test_each_of_the_eight_combinations_of_consents_can_be_completed(answers: tuple[str, str, str]):
    bot, scoring, recording = answers
    stage = at_home().bot("apply in Germany", "What this is about", "First of three").taps(bot)
    if bot == "no":
        # The other two would be moot; who changes their mind about the bot is asked them after all.
        stage.bot("the same questions and the same weight").taps("human").ends("human")
        assert consents(stage) == [("interview", "no")]
        stage = at_home()
        stage.taps("no").taps("bot")
    stage.taps(scoring).taps(recording).taps("none").bot("This is what I've noted").taps("now").ends("interview")
    assert consents(stage) == [("interview", "yes"), ("scoring", scoring), ("recording", recording)]
    assert stage.facts[-1].name == "consented"


def test_a_consent_is_stated_with_the_text_that_was_shown():
    stage = yes_to_everything()
    given = {f.data["kind"]: f.data for f in stage.facts if f.name == "consent"}
    assert given["scoring"] == {"kind": "scoring", "answer": "yes", **_shown(legal_en.CONSENT_SCORING)}
    assert set(given) == {"interview", "scoring", "recording"}


def test_nothing_counts_as_agreed_before_it_is_confirmed_and_a_change_counts():
    stage = at_home().taps("yes").taps("yes").taps("yes").taps("none")
    assert consents(stage) == []
    stage.taps("change").says("Portugal").taps("yes").says("no").says("no").taps("later")
    assert consents(stage) == [("interview", "yes"), ("scoring", "no"), ("recording", "no")]
    stage.says("change my last answer").taps("change").says("Portugal").taps("yes").taps("yes").taps("no").taps("now")
    assert consents(stage)[3:] == [("interview", "yes"), ("scoring", "yes"), ("recording", "no")]
    stage.ends("interview")


def test_a_person_instead_ends_kindly_and_states_it():
    names = [f.name for f in a_person_instead().facts]
    assert names[-2:] == ["consent", "human_chosen"]
    assert "consented" not in names


def test_an_adjustment_is_offered_without_asking_for_a_reason():
    stage = at_home().taps("yes").taps("yes").taps("yes").bot("don't need to give a reason").taps("time")
    stage.bot("switched off every reminder", "This is what I've noted")
    assert [f.data for f in stage.facts if f.name == "accommodation_asked"] == [{"wish": "time"}]


def test_who_needs_a_person_as_an_adjustment_gets_one():
    stage = at_home().taps("yes").taps("yes").taps("yes").taps("person").bot("asked the team for a person")
    stage.ends("human")
    assert [f.name for f in stage.facts][-2:] == ["accommodation_asked", "human_chosen"]


def test_later_waits_without_a_timer_and_any_word_comes_back():
    stage = later_and_a_second_thought()
    assert stage.facts[-1].name == "consented"
    stage = at_home().taps("yes").taps("yes").taps("yes").taps("none").taps("later").bot("whenever it suits you")
    assert stage.last.wakes == ()
    stage.taps("start").bot("automated interviewer of Northwind").ends("interview")


@pytest.mark.parametrize(
    ("text", "begins"),
    [("Hello", True), ("the piano lesson is over", True), ("No.", False), ("tomorrow, I think", False)],
)
def test_what_begins_the_interview_later(text: str, begins: bool):
    stage = at_home().taps("yes").taps("yes").taps("yes").taps("none").taps("later").says(text)
    assert (stage.last.state == "ended") is begins


def test_coming_back_after_a_rest_begins_with_the_disclosure():
    stage = invited().waits("nudge").waits("park").says("Hamburg")
    assert stage.last.shown[0].card.text == legal_en.AI_AGAIN.filled(company="Northwind")


def test_an_old_button_and_a_double_tap_change_no_consent():
    stage = at_home().taps("no").taps("bot").taps("no", asked="consent.interview").bot("earlier question", "Second")
    stage.taps("no").taps("no", asked="consent.scoring").bot("earlier question", "Third")


def test_the_arguments_may_come_from_a_store():
    stage = Acted("invite", INVITE | {"competencies": ["Ownership", "Clear explanation"]})
    stage.says("Hamburg").bot("Germany", "Ownership, Clear explanation", "Who asks", "First of three")
