"""A card as Slack messages. Pure.

Everything a person or a model wrote is text elements only (see `blocks.py`), so nothing in it can mention, format,
link or unfurl. A card that is too long for one message becomes several; what can be pressed is in the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from adapters.contract import FILL_IN, Capabilities, button
from adapters.layout import clean
from adapters.slack import blocks as kit
from adapters.slack import words
from adapters.slack.blocks import Block, Element
from flows.cards import Card, Mark, Option, Quote, Score
from flows.words.en import DONE, TOOLS

CAPABILITIES = Capabilities(text=40_000, options=100, forms=True, edits=True, batch=1)
MOST_BLOCKS, MOST_CHARACTERS = 48, 11_500  # of one message; Slack refuses 51 blocks, or about 13 200 characters
_AS_BUTTONS = 10  # more options than this are a menu

# How Slack must treat the text beside the blocks: nothing in it is a command to it.
INERT: dict[str, Any] = {
    "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False, "mrkdwn": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One Slack message: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    blocks: list[Block]


def messages(card: Card, token: str = "", aids: Sequence[str] = ()) -> list[Message]:
    """The card, with what can be pressed if there is a token to press it for; at least one message."""
    return _packed([*body(card), *controls(card, token, aids)], said(card))


def settled(card: Card, chosen: str = "") -> list[Message]:
    """The card of an answered question: no buttons any more, and the choice marked where there was one."""
    label = next((o.label for o in card.options if o.id == chosen), "")
    mark = kit.context(f"\u2713 {label}") if label else []
    listed = [] if label else _listed(card.options, always=True)
    return _packed([*body(card), *listed, *mark], f"{said(card)}\n\u2713 {label}" if label else said(card))


def body(card: Card) -> list[Block]:
    """Everything to read, without what can be pressed."""
    found = kit.header(card.title)
    found += kit.prose(card.text)
    found += kit.lines([[(f"{r.label}: ", True), (r.value, False)] for r in card.rows])
    found += [block for quote in card.quotes for block in _quote(quote)]
    found += [block for score in card.scores for block in _score(score)]
    found += kit.context(words.progress(*card.progress)) if card.progress else []
    found += _links(card)
    return found + kit.context(card.foot)


def controls(card: Card, token: str, aids: Sequence[str] = ()) -> list[Block]:
    """Buttons, menus and the helpers of an open question."""
    if not token:
        return _listed(card.options, always=True)
    found: list[Element] = []
    if card.fields:
        found.append(kit.press(card.submit or words.FILL_IN, button(token, FILL_IN), "fill", "primary"))
    if len(card.options) <= _AS_BUTTONS:
        found += [kit.press(o.label, button(token, o.id), f"choose-{i}", o.style) for i, o in enumerate(card.options)]
    else:
        whole = [kit.option(o.label, button(token, o.id), o.hint) for o in card.options]
        groups = [whole[at : at + kit.SELECT] for at in range(0, len(whole), kit.SELECT)]
        found += [kit.menu(group, f"menu-{i}") for i, group in enumerate(groups)]
    if "done" in aids:
        found.append(kit.press(DONE.label, button(token, DONE.id), "done", "primary"))
    helpers = [kit.option(TOOLS.get(name, name), button(token, f"~{name}")) for name in aids if name != "done"]
    if helpers:
        found.append(kit.overflow(helpers, "aids"))
    return [*_listed(card.options), *kit.actions(found)]


def said(card: Card) -> str:
    """The card in words alone."""
    found = [card.title, card.text, *(f"{r.label}: {r.value}" for r in card.rows), *(q.text for q in card.quotes)]
    found += [s.title for s in card.scores] + [", ".join(o.label for o in card.options), card.foot]
    return "\n".join(clean(t).strip() for t in found if t.strip())


def _listed(options: Iterable[Option], always: bool = False) -> list[Block]:
    """What the options mean, where their buttons have no room to say it."""
    options = tuple(options)
    if not always and not any(o.hint.strip() or len(clean(o.label)) > kit.LABEL for o in options):
        return []
    return kit.lines([[(f"\u2022 {o.label}", True), (f" \u2013 {o.hint}" if o.hint else "", False)] for o in options])


def _quote(quote: Quote) -> list[Block]:
    found = kit.prose(quote.text, kind="rich_text_quote")
    below: list[Element] = [kit.say(f"\u2013 {clean(quote.who)} ")] if clean(quote.who).strip() else []
    to = kit.link(quote.link, words.IN_CONTEXT)
    below += [to] if to else []
    return [*found, kit.rich(below)] if below else found


def _score(score: Score) -> list[Block]:
    rows: list[list[tuple[str, bool]]] = [[(score.title, True)], [(f"{words.PEOPLE}: ", True), (_levels(score), False)]]
    rows += [[(f"{who}: ", True), (why, False)] for who, why in score.notes]
    rows += [[(f"{words.EVIDENCE}: ", True), (score.machine, False)]]
    rows += [[(_mark(mark), False)] for mark in score.marks]
    rows += [[(f"{words.NOT_HEARD}: ", True), ("; ".join(score.missing), False)]] if score.missing else []
    return [*kit.lines(rows), *(block for quote in score.quotes for block in _quote(quote))]


def _levels(score: Score) -> str:
    return (
        ", ".join(f"{who} {words.NO_BASIS if level is None else level}" for who, level in score.levels) or words.EMPTY
    )


def _mark(mark: Mark) -> str:
    sign, meaning = words.MARKS[mark.status]
    return f"{sign} {mark.label} ({meaning})"


def _links(card: Card) -> list[Block]:
    good = [x for x in card.links if kit.is_web(x.url)]
    bad = [[(x.label, False)] for x in card.links if not kit.is_web(x.url)]
    return [*kit.lines(bad), *kit.actions([kit.leave(x.label, x.url, f"link-{i}") for i, x in enumerate(good)])]


def _packed(found: list[Block], text: str) -> list[Message]:
    """Blocks in as many messages as they need; the words beside them are spread in the same way."""
    groups: list[list[Block]] = [[]]
    room = MOST_CHARACTERS
    for block in found or kit.prose(words.EMPTY):
        if groups[-1] and (len(groups[-1]) == MOST_BLOCKS or kit.size(block) > room):
            groups.append([])
            room = MOST_CHARACTERS
        groups[-1].append(block)
        room -= kit.size(block)
    if len(groups) == 1:
        return [Message(kit.fallback(text), groups[0])]
    return [Message(kit.fallback(_words_of(group) or text), group) for group in groups]


def _words_of(node: object) -> str:
    """All text of these blocks, for the fallback of one part of several."""
    if isinstance(node, list):
        return "".join(map(_words_of, cast("list[object]", node)))
    if not isinstance(node, dict):
        return ""
    found = cast("dict[str, object]", node)
    text = found.get("text")
    return text if isinstance(text, str) else "".join(map(_words_of, found.values()))
