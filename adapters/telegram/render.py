"""A card as Telegram messages: text with entities, and an inline keyboard on the last one. Pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from adapters.contract import FILL_IN, Capabilities, Outgoing, button
from adapters.layout import clean, shortened
from adapters.telegram import words
from adapters.telegram.text import LIMIT, Composer, Part
from flows import cards
from flows.cards import Card, Option, Score
from flows.words.en import DONE, TOOLS

CAPABILITIES = Capabilities(text=LIMIT, options=96, forms=False, edits=True)
_NAMED = 10  # up to so many options are buttons with their names; more are a list, with a number pad below
_PER_ROW = 8  # Telegram's limit
_LABEL = 40  # characters that a telephone shows on a button of its own row
_SHORT = 14  # two of such share a row
MORE, LESS = "~more", "~less"
_NAMES = tuple(TOOLS)

Row = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class Shown:
    """What to send, in order; the keyboard belongs to the last part."""

    parts: tuple[Part, ...]
    keyboard: InlineKeyboardMarkup | None = None


def show(out: Outgoing, before: str = "") -> Shown:
    """A message with everything that can be done on it. before: a sentence of ours above it."""
    card = cards.from_json(out.card or {})
    text = Composer()
    if before:
        text.add(before, MessageEntity.ITALIC)
    _body(text, card)
    _listed(text, card)
    rows = _links(text, card) + (_choices(card, out.token) if out.token else [])
    if out.token and out.aids:
        rows += aids(out.token, out.aids)
    return Shown(tuple(text.parts()), InlineKeyboardMarkup(rows) if rows else None)


def settled(out: Outgoing) -> Shown | None:
    """An answered message: no buttons any more, the choice marked. None: nothing known to show, only buttons to remove."""
    if out.shown is None:
        return None
    card = cards.from_json(out.shown)
    text = Composer()
    _body(text, card)
    _listed(text, card)
    rows = _links(text, card)
    label = next((o.label for o in card.options if o.id == out.chosen), "")
    if label:
        text.gap().add(f"{words.CHOSEN} {_line(label)}", MessageEntity.BOLD)
    return Shown(tuple(text.parts()), InlineKeyboardMarkup(rows) if rows else None)


# -- text -------------------------------------------------------------------------------------------------


def _body(text: Composer, card: Card) -> None:
    if card.title:
        text.gap().add(_line(card.title), MessageEntity.BOLD)
    if card.progress:
        text.gap(1 if card.title else 2).add(f"{card.progress[0]} of {card.progress[1]}", MessageEntity.ITALIC)
    if card.text:
        text.gap().add(card.text)
    for n, row in enumerate(card.rows):
        text.gap(1 if n else 2).add(f"{_line(row.label)}:", MessageEntity.BOLD).add(f" {row.value}")
    for quote in card.quotes:
        _quote(text, quote)
    for score in card.scores:
        _score(text, score)
    if card.foot:
        text.gap().add(card.foot, MessageEntity.ITALIC)


def _quote(text: Composer, quote: cards.Quote) -> None:
    text.gap()
    start = len(text.text)
    if who := _line(quote.who):
        text.add(who, MessageEntity.BOLD).gap(1)
    text.add(quote.text.strip())
    text.mark(start, MessageEntity.BLOCKQUOTE)
    if _linkable(quote.link):
        text.gap(1).add(words.READ_IN_CONTEXT, MessageEntity.TEXT_LINK, quote.link)


def _score(text: Composer, score: Score) -> None:
    text.gap().add(_line(score.title), MessageEntity.BOLD)
    for name, level in score.levels:
        text.gap(1).add(f"{_line(name)}: {words.NO_BASIS if level is None else level}")
    if score.machine:
        text.gap(1).add(f"{words.EVIDENCE}: {score.machine}")
    for status, word in words.MARKS.items():
        if labels := [_line(m.label) for m in score.marks if m.status == status]:
            text.gap(1).add(f"{word}: {'; '.join(labels)}")
    if score.missing:
        text.gap(1).add(f"{words.NOT_FOUND}: {'; '.join(map(_line, score.missing))}")
    for name, reason in score.notes:
        text.gap(1).add(f"{_line(name)}: {reason}")
    for quote in score.quotes:
        _quote(text, quote)


def _listed(text: Composer, card: Card) -> None:
    """Options in words: where there are too many for buttons, where a button can't hold a label, and hints."""
    pad = len(card.options) > _NAMED
    long = any(len(_line(o.label)) > _LABEL for o in card.options)
    if pad or long:
        text.gap()
        for n, option in enumerate(card.options, 1):
            hint = f" \u2013 {option.hint}" if option.hint else ""
            text.gap(1 if n > 1 else 2).add(f"{n}. {_line(option.label)}{hint}")
        if pad:
            text.gap().add(words.OR_TYPE, MessageEntity.ITALIC)
        return
    for n, option in enumerate([o for o in card.options if o.hint]):
        text.gap(1 if n else 2).add(f"{_line(option.label)}:", MessageEntity.BOLD).add(f" {option.hint}")


def _line(text: str) -> str:
    """A label: one line."""
    return " ".join(clean(text).split())


# -- keyboards --------------------------------------------------------------------------------------------


def _choices(card: Card, token: str) -> list[Row]:
    if card.fields:
        return [[_button(card.submit or words.FILL_IN, button(token, FILL_IN), "primary")]]
    options = card.options
    if len(options) > _NAMED:
        pad = [_button(str(n), button(token, o.id)) for n, o in enumerate(options[: CAPABILITIES.options], 1)]
        return [pad[n : n + _PER_ROW] for n in range(0, len(pad), _PER_ROW)]
    long = any(len(_line(o.label)) > _LABEL for o in options)
    rows, short = list[Row](), False
    for n, option in enumerate(options, 1):
        one = _button(f"{n}. {option.label}" if long else option.label, button(token, option.id), option.style)
        fits = len(one.text) <= _SHORT
        if fits and short and len(rows[-1]) < _row_of(options):
            rows[-1].append(one)
        else:
            rows.append([one])
        short = fits
    return rows


def _row_of(options: tuple[Option, ...]) -> int:
    """How many short buttons share a row: a scale of digits fits into one."""
    return 5 if all(len(_line(o.label)) <= 3 for o in options) else 2


def aids(token: str, names: tuple[str, ...], more: bool = False) -> list[Row]:
    """Sending off the answer, and the helpers: two, and "More" for the rest, which unfolds them."""
    rows = list[Row]()
    if "done" in names:
        rows.append([_button(DONE.label, button(token, DONE.id), "primary")])
    return rows + _helpers(token, tuple(n for n in names if n in TOOLS), more)


def _helpers(token: str, helpers: tuple[str, ...], more: bool) -> list[Row]:
    found = [_button(TOOLS[n], button(token, f"~{n}")) for n in helpers]
    if len(found) <= 3:
        return [[b] for b in found]
    if not more:
        return [found[:2], [_button(words.MORE, button(token, MORE + _bits(helpers)))]]
    pairs = [found[n : n + 2] for n in range(0, len(found), 2)]
    return [*pairs, [_button(words.LESS, button(token, LESS + _bits(helpers)))]]


def _bits(helpers: tuple[str, ...]) -> str:
    """Which helpers there are, so that a button can unfold them without our remembering anything."""
    return f"{sum(1 << _NAMES.index(n) for n in helpers):x}"


def folds(option: str) -> bool:
    """Is it a button of the adapter's own, which only changes what is shown?"""
    return option.startswith((MORE, LESS))


def folded(token: str, option: str, now: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """The keyboard with the helpers unfolded, or folded up again; None for nonsense."""
    try:
        bits = int(option.removeprefix(MORE).removeprefix(LESS), 16)
    except ValueError:
        return None
    helpers = tuple(n for i, n in enumerate(_NAMES) if bits >> i & 1)
    mine = {button(token, f"~{n}") for n in helpers}
    kept = [
        list(row)
        for row in (now.inline_keyboard if now else ())
        if not any(b.callback_data in mine or _folding(token, b) for b in row)
    ]
    return InlineKeyboardMarkup(kept + _helpers(token, helpers, option.startswith(MORE)))


def _folding(token: str, one: InlineKeyboardButton) -> bool:
    return isinstance(one.callback_data, str) and one.callback_data.startswith((f"{token}:{MORE}", f"{token}:{LESS}"))


def _links(text: Composer, card: Card) -> list[Row]:
    """Parley's own links as buttons; an address that Telegram would refuse stands in the text, to be copied."""
    rows = list[Row]()
    for n, link in enumerate(card.links):
        if _linkable(link.url):
            rows.append([InlineKeyboardButton(_label(link.label or link.url), url=link.url)])
        else:
            text.gap(1 if n else 2).add(f"{_line(link.label)}: {link.url}")
    return rows


def _linkable(url: str) -> bool:
    """Telegram takes links to public names only."""
    try:
        parsed = urlsplit(url)
        host = parsed.hostname or ""
    except ValueError:
        return False
    named = "." in host.strip(".") and not host.rpartition(".")[2].isdigit()
    return parsed.scheme in ("http", "https") and named and len(url) <= 2048 and url.isprintable() and " " not in url


def _label(text: str) -> str:
    return shortened(_line(text), _LABEL + 4) or "\u2026"


def _button(label: str, data: str, style: str = "plain") -> InlineKeyboardButton:
    looks = style if style in ("primary", "danger") else None
    return InlineKeyboardButton(_label(label), callback_data=data, style=looks)
