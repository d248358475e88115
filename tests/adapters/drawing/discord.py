"""Discord messages and modals as its dark theme shows them. Shapes: Discord's component reference; markdown: its help page."""

import re

from tests.adapters.drawing.sheet import ACTIVE, Json, Sheet, el, text

STYLE = """
.discord{background:#313338;color:#dbdee1;padding:10px 12px;font:15px/1.375 "gg sans","Liberation Sans",sans-serif}
.discord .d-msg{display:grid;grid-template-columns:40px minmax(0,1fr);gap:0 12px}
.discord .d-face{width:40px;height:40px;border-radius:50%;background:#5a7f62;color:#fff;display:grid;place-items:center;font-weight:600}
.discord .d-who{font-weight:600;color:#f2f3f5}.discord .d-app{background:#5865f2;color:#fff;font-size:10px;border-radius:3px;padding:1px 4px;margin:0 6px}
.discord time{font-size:12px;color:#949ba4}
.discord .d-line{white-space:pre-wrap;overflow-wrap:anywhere;min-height:1.375em}
.discord .d-small{font-size:12px;color:#949ba4}.discord .d-quote{border-left:4px solid #4e5058;padding-left:10px}
.discord .d-head{font-weight:700;font-size:20px}.discord .d-link,.discord .woken{color:#00a8fc}
.discord .d-alone{font-size:12px;color:#949ba4}
.discord .d-row{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}
.discord .d-button{border-radius:8px;padding:6px 14px;background:#4e5058;color:#fff;font-size:14px;font-weight:500;max-width:100%}
.discord .d-1{background:#5865f2}.discord .d-3{background:#248046}.discord .d-4{background:#da373c}
.discord .d-select{flex:1;background:#1e1f22;border:1px solid #4e5058;border-radius:8px;padding:8px 12px;color:#949ba4;font-size:14px}
.discord .d-select::after{content:"\\25be";float:right}
.discord .d-opened{flex-basis:100%;font-size:12px;color:#949ba4;border-left:2px dotted #4e5058;padding-left:8px}
.discord .d-picture{border-radius:8px;background:#3f4a41;aspect-ratio:16/9;max-width:360px;padding:8px;margin-top:6px;font-size:12px;color:#949ba4}
.discord .d-file{background:#2b2d31;border:1px solid #242429;border-radius:8px;padding:12px;margin-top:6px;color:#00a8fc}
.discord .d-modal{background:#242429;border-radius:8px;padding:16px}.discord .d-title{font-size:18px;font-weight:600;color:#f2f3f5;margin-bottom:10px}
.discord .d-label{font-weight:600;margin-top:12px;color:#f2f3f5}.discord .d-must{color:#f23f43}
.discord .d-input{background:#1e1f22;border:1px solid #4e5058;border-radius:8px;padding:8px 10px;min-height:38px;white-space:pre-wrap}
.discord .d-input-2{min-height:80px}.discord .d-radio{display:flex;gap:8px;background:#2b2d31;border-radius:6px;padding:6px 8px;margin-top:4px}
.discord .d-submit{text-align:right;margin-top:12px}
"""
_PICKERS = {5: "Select users", 8: "Select channels"}  # what Discord itself says in an empty one
_PICKER = ("min_values", "max_values", "channel_types", "default_values")
_SUPPRESS_EMBEDS, _EPHEMERAL = 1 << 2, 1 << 6
# Pairs that format; a backslash before any sign makes it a sign. Longest first.
_PAIRS = {"***": "b", "**": "b", "__": "u", "~~": "s", "||": "mark", "*": "i", "_": "i", "`": "code"}
_MARKS = re.compile(
    r"\\(?P<sign>[^a-zA-Z0-9\s])|(?P<pair>\*\*\*|\*\*|__|~~|\|\||\*|_|`)|\[(?P<label>(?:\\.|[^\]\\])+)\]\(<(?P<url>[^>]+)>\)"
    r"|(?P<ping><[@#:][^>]*>|@everyone|@here)"
)


def draw(sheet: Sheet, payload: Json, first: bool = True) -> str:
    """One payload: a message, or a modal."""
    if "title" in payload:
        return el("div", "discord", _modal(sheet, payload))
    flags = payload["flags"]
    wrong = sheet.rest(payload, "content", "components", "flags", "allowed_mentions", "attachments")
    files = "".join(_attachment(sheet, a) for a in payload.get("attachments", ()))
    wrong += "" if flags & _SUPPRESS_EMBEDS else sheet.unread("a message whose links would unfold")
    wrong += "" if payload["allowed_mentions"] == {"parse": []} else sheet.unread("mentions that would ring")
    wrong += sheet.unread(f"flags {flags}") if flags & ~(_SUPPRESS_EMBEDS | _EPHEMERAL) else ""
    words = "".join(_line(sheet, line) for line in payload["content"].split("\n"))
    rows = "".join(_row(sheet, row) for row in payload["components"])
    alone = el("div", "d-alone", "Only you can see this") if flags & _EPHEMERAL else ""
    face = el("div", "d-face", "P") if first else "<span></span>"
    who = (
        el("div", "", el("span", "d-who", "Parley"), el("span", "d-app", "APP"), "<time>09:41</time>") if first else ""
    )
    return el("div", "discord", el("div", "d-msg", face, el("div", "", who, words, files, rows, alone, wrong)))


def _attachment(sheet: Sheet, part: Json) -> str:
    wrong = sheet.rest(part, "id", "filename", "description")
    if part["filename"].endswith(".png"):
        return el("div", "d-picture", text(part.get("description", "")), wrong)
    return el("div", "d-file", "\u2913 ", text(part["filename"]), wrong)


# -- markdown ---------------------------------------------------------------------------------------------


def _line(sheet: Sheet, line: str) -> str:
    classes = ["d-line"]
    if line.startswith("> "):
        classes, line = [*classes, "d-quote"], line[2:]
    if line.startswith("-# "):
        classes, line = [*classes, "d-small"], line[3:]
    elif head := re.match(r"#{1,3} ", line):
        classes, line = [*classes, "d-head"], line[head.end() :]
    elif re.match(r"\s*(?:[-*+]|\d+[.)]) ", line):
        line = "\u2022 " + re.sub(r"^\s*[-*+] ", "", line)
    return el("div", " ".join(classes), _inline(sheet, line))


def _inline(sheet: Sheet, line: str) -> str:
    """Formats where a mark has its partner; else the mark is a sign like any other."""
    found, at, plain = "", 0, ""
    while hit := _MARKS.search(line, at):
        plain += line[at : hit.start()]
        at = hit.end()
        if sign := hit["sign"]:
            plain += f"\x00{sign}\x00"
            continue
        pair = hit["pair"]
        close = _partner(line, at, pair) if pair else -1
        if pair and close < 0:
            plain += pair
            continue
        found, plain = found + _awake(sheet, plain), ""
        if pair:
            inner = text(line[at:close]) if pair == "`" else _inline(sheet, line[at:close])
            found, at = found + el(_PAIRS[pair], "", inner), close + len(pair)
        elif hit["label"]:
            found += el("span", "d-link", _inline(sheet, hit["label"]), title=hit["url"])
        else:
            found += sheet.woken(hit.group())
    return found + _awake(sheet, plain + line[at:])


def _partner(line: str, start: int, pair: str) -> int:
    """Where the closing mark stands; -1 without one."""
    at = start
    while (close := line.find(pair, at)) >= 0:
        escaped = (len(line[:close]) - len(line[:close].rstrip("\\"))) % 2
        if close > start and (not escaped or pair == "`"):
            return close
        at = close + 1
    return -1


def _awake(sheet: Sheet, words: str) -> str:
    """Text in which Discord looks for addresses. An escaped sign stands between two \\x00 and interrupts them."""
    found, at = "", 0
    for hit in ACTIVE.finditer(words):
        if not hit.group().startswith(("http", "discord")):
            continue  # Discord wakes whole addresses, and its own invitations, only
        found += text(words[at : hit.start()].replace("\x00", "")) + sheet.woken(hit.group())
        at = hit.end()
    return found + text(words[at:].replace("\x00", ""))


# -- components -------------------------------------------------------------------------------------------


def _row(sheet: Sheet, row: Json) -> str:
    if row["type"] != 1:
        return sheet.unread(f"component {row['type']}")
    return el("div", "d-row", *(_control(sheet, c) for c in row["components"]), sheet.rest(row, "type", "components"))


def _control(sheet: Sheet, part: Json) -> str:
    match part["type"]:
        case 2:
            wrong = sheet.rest(part, "type", "style", "label", "custom_id", "url")
            wrong += "" if part["style"] in (1, 2, 3, 4, 5) else sheet.unread(f"button style {part['style']}")
            return el(
                "span", f"d-button d-{part['style']}", text(part["label"]), " \u2197" if "url" in part else "", wrong
            )
        case 3:
            wrong = sheet.rest(
                part, "type", "custom_id", "placeholder", "options", "required", "min_values", "max_values"
            )
            chosen = next((o["label"] for o in part["options"] if o.get("default")), part.get("placeholder", "Select"))
            held = " \u00b7 ".join(_option(sheet, o) for o in part["options"])
            return el("span", "d-select", text(chosen)) + el("span", "d-opened", held) + wrong
        case other:
            return sheet.unread(f"component {other}")


def _option(sheet: Sheet, option: Json) -> str:
    hint = f" ({option['description']})" if "description" in option else ""
    return text(option["label"] + hint) + sheet.rest(option, "label", "value", "description", "default")


def _modal(sheet: Sheet, modal: Json) -> str:
    parts = "".join(_labelled(sheet, c) for c in modal["components"])
    submit = el("div", "d-submit", el("span", "d-button", "Cancel"), " ", el("span", "d-button d-1", "Submit"))
    title = el("div", "d-title", text(modal["title"]))
    return el("div", "d-modal", title, parts, submit, sheet.rest(modal, "custom_id", "title", "components"))


def _labelled(sheet: Sheet, part: Json) -> str:
    if part["type"] != 18:
        return sheet.unread(f"component {part['type']}")
    inner = part["component"]
    must = el("span", "d-must", " *") if inner.get("required", True) else ""
    below = el("div", "d-small", text(part["description"])) if "description" in part else ""
    wrong = sheet.rest(part, "type", "label", "description", "component")
    return el("div", "d-label", text(part["label"]), must) + below + _entry(sheet, inner) + wrong


def _entry(sheet: Sheet, part: Json) -> str:
    match part["type"]:
        case 4:
            wrong = sheet.rest(part, "type", "custom_id", "required", "style", "max_length", "placeholder", "value")
            words = text(part["value"]) if "value" in part else el("span", "d-small", text(part.get("placeholder", "")))
            return el("div", f"d-input d-input-{part['style']}", words, wrong)
        case 21:
            wrong = sheet.rest(part, "type", "custom_id", "required", "options")
            return "".join(_radio(sheet, o) for o in part["options"]) + wrong
        case 5 | 8 as kind:
            chosen = ", ".join(d["id"] for d in part.get("default_values", ()))
            wrong = sheet.rest(part, "type", "custom_id", "required", *_PICKER)
            return el("div", "d-row", el("span", "d-select", text(chosen or _PICKERS[kind]), wrong))
        case _:
            return _control(sheet, part)


def _radio(sheet: Sheet, option: Json) -> str:
    hint = el("div", "d-small", text(option["description"])) if "description" in option else ""
    wrong = sheet.rest(option, "label", "value", "description", "default")
    return el(
        "div",
        "d-radio",
        "\u25c9" if option.get("default") else "\u25cb",
        el("div", "", text(option["label"]), hint, wrong),
    )
