"""A revealed scorecard short enough to be read at a glance, on every platform: what goes first is what can be read on
the review page. Pure."""

from dataclasses import dataclass, replace

from flows.cards import Card, Quote, Score

MOST = 3400  # characters; Telegram's message has 4096 of its own units, and signs and seams need some


@dataclass(frozen=True, slots=True)
class Room:
    """How much is kept. note, quote: characters each; quotes: how many per competency; missing: how many indicators.
    agreed: are reasons kept where the raters agree?"""

    note: int
    quotes: int
    quote: int
    missing: int
    agreed: bool = True


_ROOMS = (
    Room(280, 2, 280, 5),
    Room(160, 1, 180, 3),
    Room(100, 1, 120, 2),
    Room(100, 1, 90, 2, agreed=False),
    Room(60, 1, 70, 1, agreed=False),
    Room(0, 1, 60, 1),
    Room(0, 1, 50, 0),
    Room(0, 0, 0, 0),
)


def compact(card: Card, more: str) -> Card:
    """The card with as much of its reasons, quotes and gaps as there is room for; `more` says where the rest is."""
    shown = card
    for room in _ROOMS:
        scores = tuple(_within(s, room) for s in card.scores)
        cut = any(_lost(a, b) for a, b in zip(card.scores, scores, strict=True))
        shown = replace(card, scores=scores, foot=f"{card.foot} {more}".strip() if cut else card.foot)
        if size(shown) <= MOST:
            break
    return shown


def size(card: Card) -> int:
    """About how many characters a platform shows of it."""
    rows = sum(len(r.label) + len(r.value) + 3 for r in card.rows)
    return len(card.title) + len(card.text) + len(card.foot) + rows + sum(map(_size, card.scores)) + 6


def short(text: str, most: int) -> str:
    """At most so many characters, cut at a word where there is one."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1].rpartition(" ")[0]
    return (cut if len(cut) > most // 2 else text[: most - 1]).rstrip(" ,.;:") + "\u2026"


def _within(score: Score, room: Room) -> Score:
    given = [level for _, level in score.levels if level is not None]
    differ = bool(given) and max(given) - min(given) >= 2
    keep = room.note if room.agreed or differ else 0
    notes = tuple((who, short(why, keep)) for who, why in score.notes) if keep else ()
    quotes = tuple(replace(q, text=short(q.text, room.quote)) for q in score.quotes[: room.quotes])
    return replace(score, notes=notes, quotes=quotes, missing=score.missing[: room.missing])


def _lost(whole: Score, kept: Score) -> bool:
    """Is something of it left out? Indicators that weren't found have their signs in any case."""
    parts = ((whole.notes, kept.notes), (whole.quotes, kept.quotes), (whole.missing, kept.missing))
    return any(a != b for a, b in parts)


def _size(score: Score) -> int:
    beside = 10 if score.notes else 4  # without reasons, raters of one level stand on one line
    levels = sum(len(who) + beside for who, _ in score.levels) + sum(len(why) + 2 for _, why in score.notes)
    gaps = sum(len(m) + 2 for m in score.missing) + 13
    return len(score.title) + len(score.spread) + levels + len(score.machine) + len(score.marks) + gaps + sum(
        map(_quoted, score.quotes)
    ) + 30  # fmt: skip


def _quoted(quote: Quote) -> int:
    return len(quote.text) + len(quote.who) + 20
