"""A card as Discord messages: text in `content`, at most 1900 characters a message, and rows of buttons. Pure.

Why not embeds or Components V2: content is what notifications, search, screen readers and replies show, a person's
client wraps it as chat, it can be edited into any later state, and the flag SUPPRESS_EMBEDS then makes sure that no
address in anybody's words unfurls (it would hide our own embeds too). V2 allows no content and can't be taken back.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapters.contract import FILL_IN, Capabilities, button
from adapters.discord.markup import Block, bold, escape, masked, one_line, pack, quoted, ready, small, web_address
from adapters.layout import clean, shortened
from flows.cards import Card, Field, Link, Mark, Option, Quote, Score
from flows.words.en import DONE, TOOLS

CAPABILITIES = Capabilities(text=2000, options=50, forms=True, edits=True)

LIMIT = 1900  # of 2000: what is left is for the mark of the choice
LABEL, PLACEHOLDER, URL = 80, 150, 512
PER_ROW, ROWS, PER_SELECT, MANY = 5, 5, 25, 10  # more than MANY options become a select
SUPPRESS_EMBEDS, EPHEMERAL = 1 << 2, 1 << 6
ROW, BUTTON, SELECT = 1, 2, 3
PICK, MORE = "~pick", "~more"  # custom ids of selects: the option is among the values
_STYLES = {"plain": 2, "primary": 1, "danger": 4, "quiet": 2}
_LINK = 5
_STATUS = {"found": "\u2713", "unclear": "?", "missing": "\u2013", "none": "\u00b7"}
_STATUS_WORDS = {"found": "found", "unclear": "unclear", "missing": "not found", "none": "not asked"}

Json = dict[str, Any]


def render(card: Card, token: str = "", aids: Sequence[str] = (), flags: int = 0) -> list[Json]:
    """The messages of a card, at least one. Only the last one has buttons; without a token there are none."""
    rows, listed = _controls(card, token, aids)
    texts = pack(_blocks(card, listed), LIMIT)
    found = [_message(text, [], flags) for text in texts]
    return [*found[:-1], _message(texts[-1], rows, flags)]


def settled(card: Card, chosen: str, flags: int = 0) -> list[Json]:
    """The same messages with the buttons gone and the choice marked."""
    texts = pack(_blocks(card, _overflow(card)), LIMIT)
    label = next((o.label for o in card.options if o.id == chosen), "")
    found = [_message(text, [], flags) for text in texts]
    last = f"{texts[-1]}\n\n\u2713 {bold(shortened(one_line(label), 40))}" if label else texts[-1]
    return [*found[:-1], _message(last.strip(), _rows([*_link_buttons(card)]), flags)]


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


def _blocks(card: Card, listed: Sequence[tuple[int, Option]]) -> list[Block]:
    blocks = [Block(one_line(card.title), bold)] if card.title else []
    if card.progress is not None:
        blocks.append(Block(_progress(*card.progress), small, "\n"))
    blocks.append(Block(clean(card.text)))
    blocks += _apart([b for r in card.rows for b in _labelled(r.label, r.value)])
    blocks += [b for q in card.quotes for b in _quote(q)]
    blocks += [b for s in card.scores for b in _score(s)]
    blocks += _apart([b for o in card.options if o.hint for b in _labelled(o.label, o.hint)])
    blocks += _apart([Block(f"{n}. {one_line(o.label)}", escape, "\n") for n, o in listed])
    blocks += _apart([_asked(f) for f in card.fields if len(f.label) > 45])
    blocks += [_link(x) for x in _text_links(card)]
    return [*blocks, Block(clean(card.foot), small)] if card.foot else blocks


def _apart(blocks: list[Block]) -> list[Block]:
    """A list, a blank line after what comes before it."""
    return [replace(blocks[0], gap="\n\n"), *blocks[1:]] if blocks else []


def _progress(done: int, of: int) -> str:
    of = max(of, 0)
    bar = "\u25b0" * min(max(done, 0), of) + "\u25b1" * (of - min(max(done, 0), of)) if of <= 12 else ""
    return f"{bar} {done} of {of}".strip()


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
    levels = ", ".join(f"{one_line(who)} {level if level is not None else 'no basis'}" for who, level in score.levels)
    blocks = [Block(one_line(score.title), bold), Block(clean(levels), escape, "\n")]
    blocks += _labelled("Evidence", score.machine) if score.machine else []
    blocks += [Block(_mark(m), escape, "\n") for m in score.marks]
    blocks += _labelled("Not shown", "; ".join(score.missing)) if score.missing else []
    blocks += [b for q in score.quotes for b in _quote(q)]
    return [*blocks, *_apart([b for who, why in score.notes for b in _labelled(who, why)])]


def _mark(mark: Mark) -> str:
    return f"{_STATUS[mark.status]} {one_line(mark.label)} ({_STATUS_WORDS[mark.status]})"


def _asked(field: Field) -> Block:
    """A question that is longer than a label in a modal can be: it is read here."""
    return Block(f"\u2022 {one_line(field.label)}", escape, "\n")


def _link(link: Link) -> Block:
    if _linkable(link.url):
        return ready(masked(shortened(link.label, 200), link.url))
    return Block(one_line(link.label))


def _linkable(url: str) -> bool:
    return len(url) <= 1000 and web_address(url) is not None


# -- buttons --------------------------------------------------------------------------------------------


def _controls(card: Card, token: str, aids: Sequence[str]) -> tuple[list[Json], list[tuple[int, Option]]]:
    """The rows, and the options for which there was no room: they are listed with their numbers."""
    links = _rows(_link_buttons(card))
    if not token:
        return links, _overflow(card)
    fixed = _rows(_send_off(card, token, aids)) + _helpers(token, aids) + links
    rows, listed = _choices(card.options, token, ROWS - len(fixed))
    return rows + fixed, listed


def _send_off(card: Card, token: str, aids: Sequence[str]) -> list[Json]:
    found = list[Json]()
    if card.fields:
        found.append(_button(token, Option(FILL_IN, card.submit or "Fill in", "primary")))
    return [*found, _button(token, DONE)] if "done" in aids else found


def _helpers(token: str, aids: Sequence[str]) -> list[Json]:
    """One quiet select for all that a person rarely needs."""
    named = [(f"~{a}", TOOLS[a]) for a in dict.fromkeys(aids) if a in TOOLS][:PER_SELECT]
    options = [{"label": label, "value": value} for value, label in named]
    return [_select(f"{token}:{MORE}", "More: help, a break, a person \u2026", options)] if options else []


def _choices(options: Sequence[Option], token: str, room: int) -> tuple[list[Json], list[tuple[int, Option]]]:
    if len(options) <= min(MANY, room * PER_ROW):
        return _rows([_button(token, o) for o in options]), []
    shown = options[: room * PER_SELECT]
    rows = list[Json]()
    for at in range(0, len(shown), PER_SELECT):
        group = [_option(o) for o in shown[at : at + PER_SELECT]]
        which = f" ({at + 1}\u2013{at + len(group)})" if len(shown) > PER_SELECT else ""
        rows.append(_select(f"{token}:{PICK}{at // PER_SELECT}", f"Choose one{which}", group))
    return rows, list(enumerate(options, 1))[len(shown) :]


def _overflow(card: Card) -> list[tuple[int, Option]]:
    """Options that no version of the message has room for stay listed in every state of it."""
    return list(enumerate(card.options, 1))[2 * PER_SELECT :] if len(card.options) > 2 * PER_SELECT else []


def _button(token: str, option: Option) -> Json:
    return {
        "type": BUTTON,
        "style": _STYLES[option.style],
        "label": _label(option),
        "custom_id": button(token, option.id),
    }


def _label(option: Option) -> str:
    return shortened(one_line(option.label), LABEL) or option.id


def _option(option: Option) -> Json:
    found = {"label": _label(option), "value": option.id}
    hint = shortened(one_line(option.hint), 100)
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
