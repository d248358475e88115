"""A card as Telegram messages: text with entities, and an inline keyboard on the last one. Pure."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from adapters.contract import FILL_IN, Capabilities, Outgoing, button
from adapters.layout import (
    aid,
    choices,
    chosen,
    heading,
    is_picture,
    machine,
    one_line,
    people,
    progress,
    shortened,
    unshown,
    utf16,
)  # fmt: skip
from adapters.telegram import words
from adapters.telegram.text import CAPTION, LIMIT, Composer, Part, joined
from flows import cards
from flows.cards import Card, File, Score
from flows.words.en import ASK_BACK, OPEN_FORM, TOOLS

CAPABILITIES = Capabilities(text=LIMIT, options=96, forms=False, edits=True)
_NAMED = 10  # up to so many options are buttons with their names; more are a list, with a number pad below
_PER_ROW = 8  # Telegram's limit
_LABEL = 44  # characters that a telephone shows on a button of its own row
_TINY, _TINY_ROW = 3, 5  # a scale's numbers fit into one row
_SHORT, _HELPER = 14, 16  # two such labels share a row
_MARK = 60  # characters of the mark of a choice below a caption, for which room is kept
MORE, LESS = "~more", "~less"
_NAMES = (ASK_BACK.id, *TOOLS)
_FIRST = ("pause", "human")  # the helpers in sight without asking for more

Row = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class Shown:
    """What to send, in order; the keyboard belongs to the last part. said: the part with which the text ends."""

    parts: tuple[Part, ...]
    keyboard: InlineKeyboardMarkup | None = None
    said: int = -1


def show(out: Outgoing, before: str = "") -> Shown:
    """A message with everything that can be done on it. before: a sentence of ours above it."""
    card = cards.from_json(out.card or {})
    text = Composer()
    if before:
        text.add(before, MessageEntity.ITALIC)
    _body(text, card)
    links = _links(card)
    rows = [*_choices(card, out.token), *_send_off(out), *links] if out.token else links
    if out.token:
        rows += _helpers(out.token, tuple(n for n in out.aids if n in _NAMES), more=False)
    return _shown(card, text, InlineKeyboardMarkup(rows) if rows else None)


def settled(out: Outgoing) -> Shown | None:
    """An answered message: no buttons any more, the choice marked. None: nothing known to show, only buttons to remove."""
    if out.shown is None:
        return None
    card = cards.from_json(out.shown)
    text = Composer()
    _body(text, card)
    rows = _links(card)
    keyboard = InlineKeyboardMarkup(rows) if rows else None
    mark = chosen(card, out.chosen)
    if not card.files:
        if mark:
            text.gap().add(mark, MessageEntity.BOLD)
        return _shown(card, text, keyboard)
    shown = _shown(card, text, keyboard)
    if not mark:
        return shown
    # The same parts as before, so that each is found again.
    parts = list(shown.parts)
    marked = joined(parts[shown.said], Composer().add(shortened(mark, _MARK), MessageEntity.BOLD).parts()[0])
    parts[shown.said] = replace(marked, file=parts[shown.said].file)
    return replace(shown, parts=tuple(parts))


# -- files ------------------------------------------------------------------------------------------------


def _shown(card: Card, text: Composer, keyboard: InlineKeyboardMarkup | None) -> Shown:
    """A short text is the caption of the card's main file, its picture if it has one. It stands first, or last
    where something can be pressed: buttons belong next to the words. A long text comes first, its files below it."""
    parts = text.parts(LIMIT - _MARK - 2 if card.files else LIMIT)
    if not card.files:
        return Shown(tuple(parts), keyboard)
    if len(parts) == 1 and utf16(parts[0].text) <= CAPTION - _MARK - 2:
        main = next((f for f in card.files if is_picture(f)), card.files[0])
        rest = [_alone(f) for f in card.files if f is not main]
        said = replace(parts[0], file=main) if text.text.strip() else _alone(main)
        if card.options or card.fields or card.answering or card.links:
            return Shown((*rest, said), keyboard)
        return Shown((said, *rest), keyboard, -1 - len(rest))
    return Shown((*parts, *map(_alone, card.files)), keyboard, -1 - len(card.files))


def _alone(file: File) -> Part:
    """A file without the card's text; what a picture shows is said beside it."""
    alt = shortened(one_line(file.alt), CAPTION - _MARK - 2, utf16) if is_picture(file) else ""
    return replace(Composer().add(alt).parts()[0], file=file) if alt else Part("", (), file)


def without_file(part: Part) -> Part:
    """What is said where Telegram doesn't take the file."""
    assert part.file is not None
    alone = part.text == _alone(part.file).text  # then the sentence says it all
    words_ = Composer().add(unshown(part.file), MessageEntity.ITALIC).parts()[0]
    return words_ if alone else joined(part, words_)


# -- text -------------------------------------------------------------------------------------------------


def _body(text: Composer, card: Card) -> None:
    if card.title:
        text.gap().label(one_line(card.title))
    if card.progress:
        text.gap(1 if card.title else 2).add(progress(*card.progress))
    if card.text:
        text.gap().add(card.text)
    for n, row in enumerate(card.rows):
        text.gap(1 if n else 2).label(one_line(row.label), ":").add(f" {row.value}")
    for quote in card.quotes:
        _quote(text, quote)
    for score in card.scores:
        _score(text, score)
    _listed(text, card)
    for n, link in enumerate(x for x in card.links if not _linkable(x.url)):
        text.gap(1 if n else 2).add(f"{one_line(link.label)}: {link.url}")  # to be copied
    if card.foot:
        text.gap().add(card.foot, MessageEntity.ITALIC)


def _quote(text: Composer, quote: cards.Quote) -> None:
    text.gap()
    start = len(text.text)
    if who := one_line(quote.who):
        text.label(who).gap(1)
    text.add(quote.text.strip())
    text.mark(start, MessageEntity.BLOCKQUOTE)
    if _linkable(quote.link):
        text.gap(1).add(words.READ_IN_CONTEXT, MessageEntity.TEXT_LINK, quote.link)


def _score(text: Composer, score: Score) -> None:
    """The people first, then the machine."""
    text.gap().label(heading(score))
    for name, level in people(score):
        text.gap(1).label(name, ":").add(f" {level}")
    for n, (label, found) in enumerate(machine(score)):
        text.gap(1 if n else 2)
        (text.label(label, ":").add(" ") if label else text).add(found)
    for quote in score.quotes:
        _quote(text, quote)


def _listed(text: Composer, card: Card) -> None:
    """Options in words: where there are too many for buttons, where a button can't hold a label, and hints."""
    found = choices(card.options, number=_is_pad(card))
    for n, (label, hint) in enumerate(found.listed):
        text.gap(1 if n else 2)
        if found.numbered:
            text.add(f"{label} \u2013 {hint}" if hint else label)
        else:
            text.label(label, ":").add(f" {hint}")
    if _is_pad(card):
        text.gap().add(words.OR_TYPE, MessageEntity.ITALIC)


# -- keyboards --------------------------------------------------------------------------------------------


def _is_pad(card: Card) -> bool:
    return len(card.options) > _NAMED


def _choices(card: Card, token: str) -> list[Row]:
    if card.fields:
        return [[_button(OPEN_FORM, button(token, FILL_IN), "primary")]]
    if _is_pad(card):
        shown = card.options[: CAPABILITIES.options]
        pad = [_button(str(n), button(token, o.id)) for n, o in enumerate(shown, 1)]
        return [pad[n : n + _PER_ROW] for n in range(0, len(pad), _PER_ROW)]
    named = zip(card.options, choices(card.options).labels, strict=True)
    return _grid([_button(label, button(token, o.id), o.style) for o, label in named], _SHORT)


def _grid(buttons: list[InlineKeyboardButton], short: int) -> list[Row]:
    """Rows in which every label can be read; neighbours of the same size share one."""
    rows, before = list[Row](), 0
    for one in buttons:
        size = len(one.text)
        most = _TINY_ROW if size <= _TINY else 2 if size <= short else 1
        if most == before and len(rows[-1]) < most:
            rows[-1].append(one)
        else:
            rows.append([one])
        before = most
    return rows


def _send_off(out: Outgoing) -> list[Row]:
    option, label = aid("done")
    return [[_button(label, button(out.token, option), "primary")]] if "done" in out.aids else []


def _helpers(token: str, names: tuple[str, ...], more: bool) -> list[Row]:
    """Two, and "More" for the rest, which unfolds them."""
    # The short ones first: then they share rows.
    names = tuple(sorted(names, key=lambda n: len(aid(n)[1]) > _HELPER))
    found = {n: _button(aid(n)[1], button(token, aid(n)[0])) for n in names}
    if len(found) <= 3:
        return _grid(list(found.values()), _HELPER)
    fold = _button(words.LESS if more else words.MORE, button(token, (LESS if more else MORE) + _bits(names)))
    if more:
        return [*_grid(list(found.values()), _HELPER), [fold]]
    own = [b for n, b in found.items() if n == ASK_BACK.id]
    rest = [n for n in found if n not in _FIRST and n != ASK_BACK.id]
    first = [found[n] for n in (*(n for n in _FIRST if n in found), *rest)][:2]
    return [*_grid(first, _HELPER), [*own, fold]]


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
    mine = {button(token, aid(n)[0]) for n in helpers}
    kept = [
        list(row)
        for row in (now.inline_keyboard if now else ())
        if not any(b.callback_data in mine or _folding(token, b) for b in row)
    ]
    return InlineKeyboardMarkup(kept + _helpers(token, helpers, option.startswith(MORE)))


def _folding(token: str, one: InlineKeyboardButton) -> bool:
    return isinstance(one.callback_data, str) and one.callback_data.startswith((f"{token}:{MORE}", f"{token}:{LESS}"))


def _links(card: Card) -> list[Row]:
    """Parley's own links as buttons."""
    return [[InlineKeyboardButton(_label(x.label or x.url), url=x.url)] for x in card.links if _linkable(x.url)]


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
    return shortened(one_line(text), _LABEL) or "\u2026"


def _button(label: str, data: str, style: str = "plain") -> InlineKeyboardButton:
    looks = style if style in ("primary", "danger") else None
    return InlineKeyboardButton(_label(label), callback_data=data, style=looks)
