"""What may be shown to a person, without a platform. An adapter chooses the widget.

A card is a value: it says meaning ("these are the options"), never looks. All text is plain text;
candidate text in it is data, and the adapter escapes it.
"""

from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Literal, cast

Tone = Literal["plain", "question", "aside", "notice", "done", "kind_error"]
Status = Literal["found", "unclear", "missing", "none"]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a person can choose. `id` is short and opaque; `hint` explains it where there is room."""

    id: str
    label: str
    style: Literal["plain", "primary", "danger", "quiet"] = "plain"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled line: a table row, a field of an embed, a bold line."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `scale` and `choice` take the id of one of `options`.

    `person`, `people` and `channel` are picked from the platform's own; a value is its ids, with commas between them.
    """

    key: str
    label: str
    kind: Literal["line", "text", "choice", "scale", "person", "people", "channel"] = "line"
    options: tuple[Option, ...] = ()
    required: bool = True
    help: str = ""
    value: str = ""
    max_length: int = 3000


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, with the place they can be read in context."""

    text: str
    who: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell of a heat map: what evidence there is for one indicator."""

    label: str
    status: Status


@dataclass(frozen=True, slots=True)
class Score:
    """One competency in a revealed scorecard: the people's levels beside the machine's evidence.

    `levels` maps a rater's name to a level 1-5 (None: "No basis to rate"). `machine` is a short
    phrase ("3 of 4 indicators found", "3 (band 2-3, stable)", "not scored: too short").
    """

    title: str
    levels: tuple[tuple[str, int | None], ...]
    machine: str
    marks: tuple[Mark, ...] = ()
    quotes: tuple[Quote, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()  # rater -> the reason they gave
    spread: str = ""  # how far apart the levels are ("2 to 4")


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go: a page of Parley's own, or a document the team named."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class File:
    """A small thing that Parley itself makes: at most 200 KB. `data` is its bytes as base64.

    mime: `image/...` is a picture, shown inside the message; anything else (`text/calendar`) is a document, to be
    opened or kept. alt: what a screen reader says instead, and a platform that can't show it. A card's text must make
    sense without its files: a platform may refuse them.
    """

    name: str
    mime: str
    data: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """Something to listen to. Either `say`, read aloud in `language` by an automated voice, or a part of the recording
    with the id `recording` from `start` to `end` (milliseconds; `end` 0: to its end).

    The bytes are made when the card is delivered; a card makes sense without them. `keep`: the words come from a kit, so
    that what was made once is used again. `own`: the reader recorded it in this very chat, where a chat platform has it.
    """

    label: str
    say: str = ""
    language: str = "en"
    keep: bool = False
    recording: str = ""
    start: int = 0
    end: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One message. At most one of `options` and `fields` is set; everything is optional but text.

    `answering` is True where free text is an answer too (the composer is the main control).
    """

    text: str
    title: str = ""
    tone: Tone = "plain"
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: str = ""
    quotes: tuple[Quote, ...] = ()
    scores: tuple[Score, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[File, ...] = ()
    sounds: tuple[Sound, ...] = ()
    progress: tuple[int, int] | None = None
    answering: bool = False
    foot: str = ""


_PARTS = tuple(f.name for f in fields(Card))


def to_json(card: Card) -> dict[str, Any]:
    """A card as plain JSON; empty parts are left out, so that a stored card stays small."""
    found: dict[str, Any] = {}
    # Field by field: most are empty, and `asdict` of the whole card copies each of them (6 % of a turn).
    for name in _PARTS:
        value: Any = getattr(card, name)
        if value in ((), "", None, False) or (name == "tone" and value == "plain"):
            continue
        found[name] = tuple(map(_plain, cast("tuple[Any, ...]", value))) if isinstance(value, tuple) else value
    return found


def _plain(part: Any) -> Any:
    return asdict(part) if is_dataclass(part) and not isinstance(part, type) else part


def from_json(data: dict[str, Any]) -> Card:
    """The inverse of `to_json`."""
    d: dict[str, Any] = {"text": "", **data}
    if "options" in d:
        d["options"] = tuple(Option(**o) for o in d["options"])
    if "rows" in d:
        d["rows"] = tuple(Row(**r) for r in d["rows"])
    if "fields" in d:
        d["fields"] = tuple(_field(f) for f in d["fields"])
    if "quotes" in d:
        d["quotes"] = tuple(Quote(**q) for q in d["quotes"])
    if "links" in d:
        d["links"] = tuple(Link(**x) for x in d["links"])
    if "files" in d:
        d["files"] = tuple(File(**f) for f in d["files"])
    if "sounds" in d:
        d["sounds"] = tuple(Sound(**s) for s in d["sounds"])
    if "scores" in d:
        d["scores"] = tuple(_score(s) for s in d["scores"])
    if d.get("progress") is not None:
        d["progress"] = (d["progress"][0], d["progress"][1])
    return Card(**d)


def _field(f: dict[str, Any]) -> Field:
    options = tuple(Option(**o) for o in f.get("options", ()))
    whole: dict[str, Any] = {**f, "options": options}
    return Field(**whole)


def _score(s: dict[str, Any]) -> Score:
    return Score(
        title=s["title"],
        levels=tuple((n, v) for n, v in s["levels"]),
        machine=s["machine"],
        marks=tuple(Mark(**m) for m in s.get("marks", ())),
        quotes=tuple(Quote(**q) for q in s.get("quotes", ())),
        missing=tuple(s.get("missing", ())),
        notes=tuple((n, v) for n, v in s.get("notes", ())),
        spread=s.get("spread", ""),
    )
