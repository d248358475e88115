"""A card as Slack messages. Pure.

Everything a person or a model wrote is text elements only (see `blocks.py`), so nothing in it can mention, format,
link or unfurl. A card that is too long for one message becomes several; what can be pressed is in the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from adapters.contract import FILL_IN, Capabilities, button
from adapters.layout import (
    aid,
    choices,
    chosen,
    clean,
    heading,
    is_picture,
    machine,
    people,
    progress,
    shortened,
    unshown,
)
from adapters.slack import blocks as kit
from adapters.slack import words
from adapters.slack.blocks import Block, Element
from flows.cards import Card, Option, Quote, Score
from flows.words.en import OPEN_FORM

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


def messages(card: Card, token: str = "", aids: Sequence[str] = (), files: Sequence[str] = ()) -> list[Message]:
    """The card, with what can be pressed if there is a token to press it for; at least one message. files: Slack's id of
    each of its files, "" for one that Slack doesn't take."""
    return _packed(blocks(card, token, aids, files=files), said(card))


def settled(card: Card, option: str = "", files: Sequence[str] = ()) -> list[Message]:
    """The card of an answered question: no buttons any more, and the choice marked where there was one."""
    mark = chosen(card, option)
    return _packed(blocks(card, mark=mark, files=files), f"{said(card)}\n{mark}" if mark else said(card))


def blocks(
    card: Card, token: str = "", aids: Sequence[str] = (), mark: str = "", files: Sequence[str] = ()
) -> list[Block]:
    """The whole card. mark: what was chosen."""
    choice = controls(card, token, aids) if token else kit.prose(mark, bold=True)
    return [*body(card, files), *choice, *end(card)]


def body(card: Card, files: Sequence[str] = ()) -> list[Block]:
    """What is read first. Without the ids of its files a sentence stands for each."""
    found = kit.header(card.title)
    found += kit.context(progress(*card.progress)) if card.progress else []
    found += kit.prose(card.text)
    found += _files(card, files)
    found += kit.lines([[(f"{r.label}: ", True), (r.value, False)] for r in card.rows])
    found += [block for quote in card.quotes for block in _quote(quote)]
    found += [block for score in card.scores for block in _score(score)]
    return found + _listed(card.options)


def _files(card: Card, ids: Sequence[str]) -> list[Block]:
    """Pictures, as one block each. Documents hang below the message (`adapters.slack.uploads`)."""
    found: list[Block] = []
    for n, file in enumerate(card.files):
        id = ids[n] if n < len(ids) else ""
        if not id:
            found += kit.context(shortened(unshown(file), kit.HINT))
        elif is_picture(file):
            found.append(kit.picture(id, file.alt or file.name))
    return found


def end(card: Card) -> list[Block]:
    """What is read last."""
    good = [x for x in card.links if kit.is_web(x.url)]
    bad = [[(x.label, False)] for x in card.links if not kit.is_web(x.url)]
    links = kit.actions([kit.leave(x.label, x.url, f"link-{i}") for i, x in enumerate(good)])
    return [*kit.lines(bad), *links, *kit.context(card.foot)]


def controls(card: Card, token: str, aids: Sequence[str] = ()) -> list[Block]:
    """Buttons, menus and the helpers of an open question."""
    found: list[Element] = []
    if card.fields:
        found.append(kit.press(OPEN_FORM, button(token, FILL_IN), "fill", "primary"))
    found += _pick(card.options, token)
    if "done" in aids:
        option, label = aid("done")
        found.append(kit.press(label, button(token, option), "done", "primary"))
    named = [aid(name) for name in aids if name != "done"]
    if named:
        found.append(kit.overflow([kit.option(label, button(token, option)) for option, label in named], "aids"))
    return kit.actions(found)


def _pick(options: Sequence[Option], token: str) -> list[Element]:
    shown = choices(options, _hint_room(options))
    if len(options) <= _AS_BUTTONS:
        named = enumerate(zip(options, shown.labels, strict=True))
        return [kit.press(label, button(token, o.id), f"choose-{i}", o.style) for i, (o, label) in named]
    hints = shown.hints or ("",) * len(options)
    named = zip(options, shown.labels, hints, strict=True)
    whole = [kit.option(label, button(token, o.id), hint) for o, label, hint in named]
    groups = [whole[at : at + kit.SELECT] for at in range(0, len(whole), kit.SELECT)]
    return [kit.menu(group, f"menu-{i}") for i, group in enumerate(groups)]


def _hint_room(options: Sequence[Option]) -> int:
    """A menu can say what its entries mean, a button can't."""
    return kit.LABEL if len(options) > _AS_BUTTONS else 0


def said(card: Card) -> str:
    """The card in words alone."""
    found = [card.title, card.text, *(f"{r.label}: {r.value}" for r in card.rows), *(q.text for q in card.quotes)]
    found += [s.title for s in card.scores] + [f.alt for f in card.files if is_picture(f)]
    found += [", ".join(o.label for o in card.options), card.foot]
    return "\n".join(clean(t).strip() for t in found if t.strip())


def _listed(options: Sequence[Option]) -> list[Block]:
    """The options in words, as far as their buttons don't say them."""
    found = choices(options, _hint_room(options))
    if found.numbered:
        return kit.lines([[(f"{label} \u2013 {hint}" if hint else label, False)] for label, hint in found.listed])
    return kit.lines([[(f"{label}: ", True), (hint, False)] for label, hint in found.listed])


def _quote(quote: Quote) -> list[Block]:
    found = kit.prose(quote.text, kind="rich_text_quote")
    below: list[Element] = [kit.say(f"\u2013 {clean(quote.who)} ")] if clean(quote.who).strip() else []
    to = kit.link(quote.link, words.IN_CONTEXT)
    below += [to] if to else []
    return [*found, kit.rich(below)] if below else found


def _score(score: Score) -> list[Block]:
    """The people first, then the machine."""
    head: list[list[tuple[str, bool]]] = [[(heading(score), True)]]
    head += [[(f"{who}: ", True), (level, False)] for who, level in people(score)]
    found = [[(f"{label}: " if label else "", True), (words_, False)] for label, words_ in machine(score)]
    return [*kit.lines(head), *kit.lines(found), *(block for quote in score.quotes for block in _quote(quote))]


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
