"""Telegram messages as its apps show them. Offsets of entities are UTF-16 units (Bot API, MessageEntity)."""

from tests.adapters.drawing.sheet import ACTIVE, Json, Sheet, el, text

STYLE = """
.telegram{background:#d5e3c4;padding:8px 10px;font:15px/1.36 Roboto,"Liberation Sans",sans-serif;color:#000}
.telegram .t-bubble{display:flow-root;background:#fff;border-radius:14px 14px 14px 4px;padding:6px 10px 4px;box-shadow:0 1px 1px #0002;white-space:pre-wrap;overflow-wrap:anywhere;width:fit-content;max-width:100%}
.telegram .t-time{float:right;font-size:11px;color:#8a9a7c;margin:6px 0 0 8px}
.telegram blockquote{margin:2px 0;border-left:3px solid #3390ec;background:#3390ec14;border-radius:4px;padding:2px 8px}
.telegram code{font:14px "Liberation Mono",monospace;color:#b33a2b}
.telegram .t-photo{background:#eef3ee;border-radius:10px;aspect-ratio:16/9;width:300px;max-width:100%;padding:8px;margin-bottom:4px;font-size:13px;color:#8a9a7c}
.telegram .t-file{color:#3390ec;font-weight:500;padding:6px 0}
.telegram .t-link{color:#3390ec}
.telegram .t-keys{display:grid;gap:4px;margin-top:4px}.telegram .t-row{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:4px}
.telegram .t-key{background:#6f8a5acc;color:#fff;border-radius:8px;padding:7px 6px;text-align:center;font-size:14px;font-weight:500;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.telegram .t-primary{background:#3390ec}.telegram .t-danger{background:#d14836}
"""
_TAGS = {"bold": "b", "italic": "i", "code": "code", "blockquote": "blockquote", "text_link": "span"}


def draw(sheet: Sheet, payload: Json, first: bool = True) -> str:
    """One message with its keyboard. first: every part of a long message is a bubble of its own here."""
    del first
    file, field = "", "text"
    for kind, css, sign in (("photo", "t-photo", ""), ("document", "t-file", "\u2913 ")):
        if kind in payload:
            file, field = el("div", css, sign, text(payload[kind])), "caption"
    entities = "entities" if field == "text" else "caption_entities"
    words = _marked(sheet, payload[field], payload[entities])
    bubble = el("div", "t-bubble", file, words, el("span", "t-time", "09:41"))
    keys = _keyboard(sheet, payload["reply_markup"]) if "reply_markup" in payload else ""
    wrong = sheet.rest(payload, field, entities, "reply_markup", *(("photo", "document") if file else ()))
    return el("div", "telegram", bubble, keys, wrong)


def _marked(sheet: Sheet, words: str, entities: list[Json]) -> str:
    """The text with its entities."""
    units = words.encode("utf-16-le")
    in_order = sorted(entities, key=lambda e: (e["offset"], -e["length"], e["type"] != "blockquote"))
    return _within(sheet, units, (0, len(units) // 2), in_order)


def _within(sheet: Sheet, units: bytes, span: tuple[int, int], entities: list[Json], inert: bool = False) -> str:
    """A stretch of the text. inert: inside code or a link, where Telegram looks for nothing."""
    found, (at, end), left = "", span, list(entities)
    while left:
        one = left.pop(0)
        first, last = one["offset"], one["offset"] + one["length"]
        inside = [e for e in left if e["offset"] < last]
        left = left[len(inside) :]
        crossed = last > end or any(e["offset"] + e["length"] > last for e in inside)
        found += sheet.unread("entities that cross each other") if crossed else ""
        found += _words(sheet, units, at, first, inert)
        below = _within(sheet, units, (first, last), inside, inert or one["type"] in ("code", "text_link"))
        found += _tag(sheet, one, below)
        # A quotation is a block: the line break after it is its end, no empty line.
        ends_a_line = one["type"] == "blockquote" and _cut(units, last, last + 1) == "\n"
        at = last + 1 if ends_a_line else last
    return found + _words(sheet, units, at, end, inert)


def _words(sheet: Sheet, units: bytes, start: int, end: int, inert: bool) -> str:
    piece = _cut(units, start, end)
    return text(piece) if inert else _awake(sheet, piece)


def _cut(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le")


def _tag(sheet: Sheet, entity: Json, inner: str) -> str:
    name = _TAGS.get(entity["type"])
    wrong = sheet.rest(entity, "type", "offset", "length", "url")
    if name is None:
        return sheet.unread(f"entity {entity['type']}") + inner
    return el(name, "t-link" if name == "span" else "", inner, wrong)


def _awake(sheet: Sheet, words: str) -> str:
    """Text that Telegram looks through for links, mentions, commands and hashtags."""
    found, at = "", 0
    for hit in ACTIVE.finditer(words):
        found += text(words[at : hit.start()]) + sheet.woken(hit.group())
        at = hit.end()
    return found + text(words[at:])


def _keyboard(sheet: Sheet, markup: Json) -> str:
    rows = [el("div", "t-row", *(_key(sheet, k) for k in row)) for row in markup["inline_keyboard"]]
    return el("div", "t-keys", *rows, sheet.rest(markup, "inline_keyboard"))


def _key(sheet: Sheet, key: Json) -> str:
    style = key.get("style") or "plain"
    wrong = sheet.rest(key, "text", "callback_data", "url", "style")
    wrong += "" if style in ("plain", "primary", "danger") else sheet.unread(f"style {style}")
    return el("span", f"t-key t-{style}", text(key["text"]), " \u2197" if "url" in key else "", wrong)
