"""The open card: what a busy manager reads first, and that eight competencies by six raters still fit everywhere."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Outgoing
from adapters.discord import render as discord
from adapters.slack import render as slack
from adapters.telegram import render as telegram
from bot.scorecards.compact import MOST, compact, short, size
from bot.scorecards.post import HumanCard, PanelState, channel_post, open_card
from flows.cards import Card, to_json
from flows.kits.model import Kit
from flows.rating.card import AnswerResult, CompetencyResult, MachineCard, MachineMark, not_scored
from flows.rating.cues import star
from flows.rating.evidence import FlagSpan, Span
from flows.words import panel_en as words
from tests.flows.rating.small_kit import RAW

WHY = (
    "Told me which customer was affected, what was tried first, and how long it took until it held; no numbers though. "
)
RATERS = ("Priya Raman", "Tom Adeyemi", "Noor Haddad", "Cleo Martin", "Ben Okonkwo", "Dee Lindqvist")


def kit(n: int) -> Kit:
    """The small kit with so many competencies."""
    small = Kit.model_validate(RAW)
    one = small.competencies["ownership"]
    named = {f"c{i}": one.model_copy(update={"title": f"Competency number {i}"}) for i in range(n)}
    return small.model_copy(update={"competencies": named})


def machine(
    n: int, quote: str = "I restarted the mail server myself and rang the two customers back. " * 3
) -> MachineCard:
    marks = tuple(
        MachineMark(f"i{k}", f"Says in the first person what was done, part {k}", status, quote if status == "found" else "", Span("u1", 0, 20))
        for k, status in enumerate(("found", "found", "unclear", "missing"))
    )  # fmt: skip
    results = tuple(
        CompetencyResult(f"c{i}", f"Competency number {i}", "2 of 4 indicators found, by text matching", marks)
        for i in range(n)
    )
    return MachineCard("evidence-map", "test", 1, results, ())


def panel(n: int, raters: tuple[str, ...], why: str = WHY, **more: Any) -> PanelState:
    """An open card of `n` competencies; every second rater is two levels below the first."""
    humans = tuple(
        HumanCard(name, "yes" if k % 2 else "no", {f"c{i}": (4 if k % 2 else 2, why) for i in range(n)})
        for k, name in enumerate(raters)
    )
    shown = tuple((name, True) for name in raters)
    whole: dict[str, Any] = {"revealed": True, "machine": machine(n), "humans": humans, **more}
    return PanelState("Ada Okoye", "Customer support specialist", "iv_1", "scored", kit(n), shown, **whole)


def on_slack(card: Card) -> list[str]:
    shown = slack.messages(card, "po_1")
    assert all(len(m.blocks) <= 50 for m in shown)
    return [str(m.blocks) for m in shown]


def on_discord(card: Card) -> list[str]:
    shown = discord.render(card, "po_1")
    assert all(len(m["content"]) <= 2000 for m in shown)
    return [m["content"] for m in shown]


def on_telegram(card: Card) -> list[str]:
    out = Outgoing("m", "th", "1", 1, "send", "", to_json(card), "po_1", "", "post.scorecard", 0)
    return [p.text for p in telegram.show(out).parts]


@pytest.mark.parametrize(("n", "raters"), [(1, 1), (2, 2), (3, 4), (5, 4), (8, 2), (8, 6)])
def test_it_fits_and_is_read_in_one_go(n: int, raters: int):
    card = channel_post(panel(n, RATERS[:raters]))
    assert size(card) <= MOST
    assert len(on_slack(card)) == 1
    assert len(on_telegram(card)) == 1
    assert len(on_discord(card)) <= 2
    for shown in (on_slack, on_discord, on_telegram):
        text = " ".join(shown(card))
        for name in RATERS[:raters]:
            assert name in text, (shown.__name__, name)
        for i in range(n):
            assert f"Competency number {i}" in text
        assert ("2 to 4" in text) == (raters > 1)


def test_what_is_left_out_is_on_the_review_page_and_the_card_says_so():
    long = channel_post(panel(8, RATERS))
    assert words.MORE_THERE in long.foot
    assert "/review/iv_1" in long.links[0].url
    whole = open_card(panel(8, RATERS))
    assert len(whole.scores[0].notes) == 6
    small = replace(panel(1, RATERS[:2], "Clear."), machine=machine(1, "I restarted it."))
    assert channel_post(small) == open_card(small)
    assert words.MORE_THERE not in channel_post(small).foot


def test_reasons_stay_longest_where_raters_differ():
    state = panel(6, RATERS[:3])
    agreeing = dict.fromkeys(("c1", "c2", "c3", "c4", "c5"), (3, WHY))
    humans = tuple(replace(h, ratings={**h.ratings, **agreeing}) for h in state.humans)
    card = channel_post(replace(state, humans=humans, machine=machine(6, "Short enough to keep.")))
    kept = [bool(s.notes) for s in card.scores]
    assert kept[0]
    assert card.rows[-1].label == words.DIFFERS
    assert card.rows[-1].value == "Competency number 0 (2 to 4)"


def test_it_says_where_to_look_who_came_late_and_what_nobody_could_tell():
    span = FlagSpan("asks_score", Span("u1", 0, 5))
    answers = tuple(AnswerResult("q", f"c{i}", 40, "en", star("I did it.", "en"), flags=(span,)) for i in range(2))
    result = CompetencyResult("c0", "Competency number 0", not_scored("too_short"), (), reason="too_short")
    found = replace(machine(1), results=(result,), answers=answers)
    late = HumanCard("Tom Adeyemi", "no", {"c0": (None, "")}, late=True)
    state = replace(panel(1, RATERS[:1]), machine=found)
    card = channel_post(replace(state, humans=(*state.humans, late)))
    rows = {r.label: r.value for r in card.rows}
    assert rows["Tom Adeyemi"] == f"No ({words.AFTER_REVEAL})"
    assert rows[words.FLAGGED] == words.flagged(1), "one sentence, flagged for two competencies"
    assert card.scores[0].machine == "not scored: too short"
    assert ("Tom Adeyemi", None) in card.scores[0].levels
    assert "No basis to rate" in " ".join(on_telegram(card))


def test_somebody_who_was_not_asked_about_a_competency_is_not_in_it():
    state = panel(2, RATERS[:2])
    first = replace(state.humans[0], ratings={"c1": (5, WHY)})
    card = channel_post(replace(state, humans=(first, state.humans[1])))
    assert [len(s.levels) for s in card.scores] == [1, 2]


def test_no_score_hangs_on_a_card_that_is_not_open():
    state = panel(1, RATERS[:2])
    assert channel_post(state).scores
    for sealed in (replace(state, revealed=False), replace(state, reread="Cleo"), replace(state, status="withdrawn")):
        assert channel_post(sealed).scores == ()


def test_no_rater_at_all_leaves_no_gap():
    card = channel_post(replace(panel(2, RATERS[:1]), humans=(), machine=None))
    assert all(s.levels == () for s in card.scores)
    assert compact(card, "more") == card


def test_shortening_ends_at_a_word():
    assert short("one two three four", 12) == "one two\u2026"
    assert short("one\ntwo", 20) == "one two"
    assert short("x" * 30, 10) == "x" * 9 + "\u2026"
