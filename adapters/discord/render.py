"""A card as Discord messages: text in `content`, at most 1900 characters a message, and rows of buttons. Pure.

Why not embeds or Components V2: content is what notifications, search, screen readers and replies show, a person's
client wraps it as chat, it can be edited into any later state, and the flag SUPPRESS_EMBEDS then makes sure that no
address in anybody's words unfurls (it would hide our own embeds too). V2 allows no content and can't be taken back.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapters.contract import FILL_IN, Capabilities, button
from adapters.discord import forms
from adapters.discord.markup import Block, bold, escape, masked, pack, quoted, ready, small, web_address
from adapters.layout import (
    Choices,
    aid,
    choices,
    chosen,
    clean,
    content,
    file_name,
    heading,
    is_picture,
    machine,
    one_line,
    people,
    progress,
    shortened,
    unshown,
)
from flows.cards import Card, Field, File, Link, Option, Quote, Score
from flows.words.en import OPEN_FORM

CAPABILITIES = Capabilities(text=2000, options=50, forms=True, edits=True)

MOST, LIMIT = 2000, 1900  # what is left is for the mark of the choice
LABEL, PLACEHOLDER, URL = 80, 150, 512
FILES, DESCRIPTION = 10, 1024
PER_ROW, PER_SELECT, MANY = 5, 25, 10  # more than MANY options become a select
SUPPRESS_EMBEDS, EPHEMERAL = 1 << 2, 1 << 6
ROW, BUTTON, SELECT = 1, 2, 3
PICK, MORE = "~pick", "~more"  # custom ids of selects: the option is among the values
_STYLES = {"plain": 2, "primary": 1, "danger": 4, "quiet": 2}
_LINK = 5

Json = dict[str, Any]


def render(card: Card, token: str = "", aids: Sequence[str] = (), flags: int = 0) -> list[Json]:
    """The messages of a card, at least one. Only the last one has buttons; without a token there are none. It names the
    card's files as well (`files_of`), which have to be sent with it."""
    texts = pack(_blocks(card), LIMIT)
    found = [_message(text, [], flags) for text in texts]
    last = _message(texts[-1], _controls(card, token, aids), flags)
    return [*found[:-1], {**last, **_named(files_of(card))}]


def files_of(card: Card) -> tuple[File, ...]:
    """What can be sent of a card's files, in order."""
    return tuple(f for f in card.files if content(f))[:FILES]


def without_files(card: Card) -> Card:
    """The card where Discord takes no files: a sentence stands for each."""
    said = "\n".join(map(unshown, card.files))
    return replace(card, files=(), foot=f"{card.foot}\n{said}".strip()) if card.files else card


def without_attachments(message: Json, files: Sequence[File]) -> Json:
    """One message where Discord takes no files: sentences stand for them, as far as there is room below its words."""
    said = shortened("\n".join(map(unshown, files)), MOST - len(message["content"]) - 2, lambda text: len(small(text)))
    return {
        **{k: v for k, v in message.items() if k != "attachments"},
        "content": f"{message['content']}\n{small(said)}",
    }


def _named(files: Sequence[File]) -> Json:
    named = list[Json]()
    for n, file in enumerate(files):
        alt = shortened(one_line(file.alt), DESCRIPTION)
        more = {"description": alt} if alt and is_picture(file) else {}
        named.append({"id": n, "filename": file_name(file), **more})
    return {"attachments": named} if named else {}


def settled(card: Card, option: str, flags: int = 0) -> list[Json]:
    """The same messages with the buttons gone and the choice marked. Files that are there stay there."""
    texts = pack(_blocks(card), LIMIT)
    mark = bold(shortened(chosen(card, option), 40))
    found = [_message(text, [], flags) for text in texts]
    last = f"{texts[-1]}\n\n{mark}" if mark else texts[-1]
    return [*found[:-1], _message(last.strip(), _rows(_link_buttons(card)), flags)]


def note(text: str, buttons: Sequence[tuple[str, str]] = ()) -> Json:
    """One private message in direct reply: text and primary buttons (label, custom id)."""
    shown = [{"type": BUTTON, "style": 1, "label": shortened(b, LABEL), "custom_id": i} for b, i in buttons]
    return _message(pack([Block(clean(text))], LIMIT)[0], _rows(shown), EPHEMERAL)


def problems_note(token: str, page: int, problems: dict[str, str], fields: Sequence[Field]) -> Json:
    """What to put right in a form, since Discord has no place beside the fields, and the way back to it."""
    labels = {f.key: f.label for f in fields}
    blocks = [Block("I've kept what you entered. Please look at this again:")]
    blocks += [b for key, sentence in problems.items() for b in _labelled(labels.get(key, key), sentence)]
    again = {"type": BUTTON, "style": 1, "label": "Open the form again", "custom_id": f"{token}:{FILL_IN}.{page}"}
    return _message(pack(blocks, LIMIT)[0], _rows([again]), EPHEMERAL)


def _message(text: str, rows: list[Json], flags: int) -> Json:
    return {
        "content": text if text.strip() else "\u2026",
        "components": rows,
        "flags": SUPPRESS_EMBEDS | flags,
        "allowed_mentions": {"parse": []},
    }


# -- text -----------------------------------------------------------------------------------------------


def _blocks(card: Card) -> list[Block]:
    blocks = [Block(one_line(card.title), bold)] if card.title else []
    if card.progress is not None:
        blocks.append(Block(progress(*card.progress), small, "\n"))
    # Small print has air enough below it.
    blocks.append(Block(clean(card.text), gap="\n" if card.progress is not None else "\n\n"))
    blocks += _apart([b for r in card.rows for b in _labelled(r.label, r.value)])
    blocks += [b for q in card.quotes for b in _quote(q)]
    blocks += [b for s in card.scores for b in _score(s)]
    blocks += _list(_choices(card.options))
    blocks += [b for f in card.fields for b in _asked(f)]
    blocks += [_link(x) for x in _text_links(card)]
    foot = "\n".join(filter(None, (card.foot, *(unshown(f) for f in card.files if f not in files_of(card)))))
    return [*blocks, Block(clean(foot), small)] if foot else blocks


def _apart(blocks: list[Block]) -> list[Block]:
    """A list, a blank line after what comes before it."""
    return [replace(blocks[0], gap="\n\n"), *blocks[1:]] if blocks else []


def _list(found: Choices) -> list[Block]:
    """The options in words, as far as their buttons don't say them."""
    if not found.numbered:
        return _apart([b for label, hint in found.listed for b in _labelled(label, hint)])
    return _apart([Block(f"{label} \u2013 {hint}" if hint else label, escape, "\n") for label, hint in found.listed])


def _labelled(label: str, value: str) -> list[Block]:
    """A bold label and what belongs to it, on one line where it fits."""
    text = clean(value)
    head = Block(one_line(label), bold, "\n")
    return [head, Block(text, escape, ": " if one_line(label) else "\n")] if text.strip() else [head]


def _quote(quote: Quote) -> list[Block]:
    who = escape(shortened(one_line(quote.who), 200))
    where = masked("in context", quote.link) if _linkable(quote.link) else ""
    line = " \u00b7 ".join(x for x in (who, where) if x)
    source = [ready(f"> -# {line}", "\n")] if line else []
    return [Block(clean(quote.text), quoted), *source]


def _score(score: Score) -> list[Block]:
    """The people first, then the machine."""
    said = [b for who, level in people(score) for b in _labelled(who, level)]
    found = [b for label, words in machine(score) for b in _pair(label, words)]
    return [Block(heading(score), bold), *said, *_apart(found), *(b for q in score.quotes for b in _quote(q))]


def _pair(label: str, words: str) -> list[Block]:
    return _labelled(label, words) if label else [Block(words, escape, "\n")]


def _asked(field: Field) -> list[Block]:
    """What a modal would cut off: a long question, and what the levels of a scale mean. It is read here."""
    head = one_line(field.label)
    if any(len(one_line(o.label)) > forms.OPTION or len(one_line(o.hint)) > forms.HINT for o in field.options):
        lines = [" \u2013 ".join(filter(None, (one_line(o.label), one_line(o.hint)))) for o in field.options]
        # The heading goes with the first line, so that no message ends with it.
        first = Block(f"{head}\n{lines[0]}", _headed)
        return [first, *(Block(line, escape, "\n") for line in lines[1:])]
    return [Block(head)] if len(head) > forms.LABEL else []


def _headed(text: str) -> str:
    head, _, line = text.partition("\n")
    return f"{bold(head)}\n{escape(line)}"


def _link(link: Link) -> Block:
    if _linkable(link.url):
        return ready(masked(shortened(link.label, 200), link.url))
    return Block(one_line(link.label))


def _linkable(url: str) -> bool:
    return len(url) <= 1000 and web_address(url) is not None


# -- buttons --------------------------------------------------------------------------------------------


def _controls(card: Card, token: str, aids: Sequence[str]) -> list[Json]:
    links = _rows(_link_buttons(card))
    if not token:
        return links
    return _pick(card.options, token) + _rows(_send_off(card, token, aids)) + links + _helpers(token, aids)


def _send_off(card: Card, token: str, aids: Sequence[str]) -> list[Json]:
    found = [_button(token, FILL_IN, OPEN_FORM, "primary")] if card.fields else []
    return [*found, _button(token, *aid("done"), "primary")] if "done" in aids else found


def _helpers(token: str, aids: Sequence[str]) -> list[Json]:
    """One quiet select for all that a person rarely needs."""
    named = [aid(name) for name in dict.fromkeys(aids) if name != "done"][:PER_SELECT]
    options = [{"label": shortened(label, LABEL), "value": value} for value, label in named]
    return [_select(f"{token}:{MORE}", "More: help, a break, a person \u2026", options)] if options else []


def _choices(options: Sequence[Option]) -> Choices:
    """Options beyond what two selects hold are listed with their numbers, which can be typed."""
    return choices(options, forms.HINT if len(options) > MANY else 0, len(options) > CAPABILITIES.options)


def _pick(options: Sequence[Option], token: str) -> list[Json]:
    found = _choices(options)
    if len(options) <= MANY:
        named = zip(options, found.labels, strict=True)
        return _rows([_button(token, o.id, label, o.style) for o, label in named])
    hints = found.hints or ("",) * len(options)
    entries = [_entry(o, *shown) for o, *shown in zip(options, found.labels, hints, strict=True)]
    rows, shown = list[Json](), entries[: CAPABILITIES.options]
    for at in range(0, len(shown), PER_SELECT):
        group = shown[at : at + PER_SELECT]
        which = f" ({at + 1}\u2013{at + len(group)})" if len(shown) > PER_SELECT else ""
        rows.append(_select(f"{token}:{PICK}{at // PER_SELECT}", f"Choose one{which}", group))
    return rows


def _button(token: str, option: str, label: str, style: str) -> Json:
    shown = shortened(label, LABEL)
    return {"type": BUTTON, "style": _STYLES[style], "label": shown, "custom_id": button(token, option)}


def _entry(option: Option, label: str, hint: str) -> Json:
    found = {"label": shortened(label, LABEL), "value": option.id}
    return {**found, "description": hint} if hint else found


def _select(custom_id: str, placeholder: str, options: list[Json]) -> Json:
    select = {"type": SELECT, "custom_id": custom_id, "placeholder": placeholder[:PLACEHOLDER], "options": options}
    return {"type": ROW, "components": [select]}


def _rows(buttons: Sequence[Json]) -> list[Json]:
    return [{"type": ROW, "components": list(buttons[at : at + PER_ROW])} for at in range(0, len(buttons), PER_ROW)]


def _fits_button(link: Link) -> bool:
    found = web_address(link.url)
    return found is not None and len(found) <= URL and bool(one_line(link.label))


def _link_buttons(card: Card) -> list[Json]:
    fitting = [x for x in card.links if _fits_button(x)][:PER_ROW]
    return [
        {"type": BUTTON, "style": _LINK, "label": shortened(one_line(x.label), LABEL), "url": web_address(x.url)}
        for x in fitting
    ]


def _text_links(card: Card) -> list[Link]:
    """Links for which there is no button."""
    fitting = [x for x in card.links if _fits_button(x)]
    return [x for x in card.links if not _fits_button(x)] + fitting[PER_ROW:]
