"""Slack messages and views as Slack shows them in a light theme. Source of the shapes: Slack's Block Kit reference."""

from tests.adapters.drawing.sheet import Json, Sheet, el, text

STYLE = """
.slack{font:15px/1.46 Lato,"Liberation Sans",sans-serif;color:#1d1c1d;background:#fff;padding:8px 12px}
.slack .s-msg{display:grid;grid-template-columns:36px minmax(0,1fr);gap:0 8px}
.slack .s-face{width:36px;height:36px;border-radius:6px;background:#44624a;color:#fff;display:grid;place-items:center;font-weight:700}
.slack .s-who{font-weight:900}.slack .s-app{font-size:10px;background:#ddd;border-radius:2px;padding:0 3px;margin:0 4px;color:#616061}
.slack time{font-size:12px;color:#616061}
.slack .s-block{margin:4px 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
.slack .s-of-header{font-weight:900;font-size:18px}
.slack blockquote{margin:0;border-left:4px solid #ddd;padding-left:12px;white-space:pre-wrap}
.slack .s-of-context{font-size:13px;color:#616061;display:flex;flex-wrap:wrap;gap:0 8px}
.slack .s-of-actions{display:flex;flex-wrap:wrap;gap:8px}
.slack .s-button,.slack .s-select{border:1px solid #bbb;border-radius:4px;padding:3px 12px;font-weight:700;font-size:15px;background:#fff;max-width:19em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;width:fit-content}
.slack .s-primary{background:#007a5a;border-color:#007a5a;color:#fff}.slack .s-danger{background:#e01e5a;border-color:#e01e5a;color:#fff}
.slack .s-select{font-weight:400;color:#616061}.slack .s-select::after{content:" \\25be"}
.slack .s-opened{flex-basis:100%;font-size:12px;color:#616061;border-left:2px dotted #bbb;padding-left:8px}
.slack .s-link{color:#1264a3}
.slack .s-picture{border:1px solid #ddd;border-radius:8px;background:#eef3ee;aspect-ratio:16/9;max-width:360px;padding:8px;font-size:13px;color:#616061}
.slack .s-file{border:1px solid #ddd;border-radius:8px;padding:10px 12px;margin:4px 0 4px 44px;font-weight:700}
.slack .s-view{border:1px solid #ccc;border-radius:8px;box-shadow:0 4px 16px #0003;padding:0 16px 12px}
.slack .s-title{font-weight:900;font-size:18px;padding:12px 0;border-bottom:1px solid #eee;margin-bottom:8px}
.slack .s-ends{display:flex;gap:8px;justify-content:flex-end;border-top:1px solid #eee;padding-top:10px}
.slack .s-label{font-weight:700}.slack .s-optional{font-weight:400;color:#616061}
.slack .s-input{border:1px solid #888;border-radius:4px;min-height:34px;padding:5px 10px;white-space:pre-wrap}
.slack .s-long{min-height:76px}.slack .s-radio{display:flex;gap:8px;margin:4px 0}.slack .s-hint{font-size:13px;color:#616061}
"""
_PICKERS = {
    "users_select": "initial_user",
    "multi_users_select": "initial_users",
    "conversations_select": "initial_conversation",
}


def draw(sheet: Sheet, payload: Json, first: bool = True) -> str:
    """One payload: a message or a view."""
    if payload.get("type") in ("modal", "home"):
        return el("div", "slack", _view(sheet, payload))
    if "files" in payload:  # shared below its card
        return el("div", "slack", *(_paper(sheet, f) for f in payload["files"]), sheet.rest(payload, "files"))
    blocks = "".join(_block(sheet, b) for b in payload["blocks"])
    wrong = sheet.rest(payload, "text", "blocks")
    wrong += "" if payload["text"] else sheet.unread("a message without words for notifications")
    face = el("div", "s-face", "P") if first else "<span></span>"
    who = (
        el("div", "", el("span", "s-who", "Parley"), el("span", "s-app", "APP"), "<time>09:41</time>") if first else ""
    )
    return el("div", "slack", el("div", "s-msg", face, el("div", "s-body", who, blocks, wrong)))


def _paper(sheet: Sheet, file: Json) -> str:
    return el("div", "s-file", "\u2913 ", text(file["title"]), sheet.rest(file, "id", "title"))


def _view(sheet: Sheet, view: Json) -> str:
    blocks = "".join(_block(sheet, b) for b in view["blocks"])
    wrong = sheet.rest(view, "type", "title", "callback_id", "private_metadata", "submit", "close", "blocks")
    title = el("div", "s-title", _plain(sheet, view["title"])) if "title" in view else ""
    ends = [(view.get("close"), "s-button"), (view.get("submit"), "s-button s-primary")]
    foot = "".join(el("span", css, _plain(sheet, words)) for words, css in ends if words)
    return el("div", "s-view", title, blocks, wrong, el("div", "s-ends", foot))


def _block(sheet: Sheet, block: Json) -> str:
    kind = block["type"]
    match kind:
        case "rich_text":
            inner = "".join(_rich(sheet, e) for e in block["elements"])
            known = ("elements",)
        case "header":
            inner, known = _plain(sheet, block["text"]), ("text",)
        case "context":
            inner = "".join(el("span", "", _plain(sheet, e)) for e in block["elements"])
            known = ("elements",)
        case "actions":
            inner = "".join(_control(sheet, e) for e in block["elements"])
            known = ("elements",)
        case "image":
            inner = el("div", "s-picture", text(block["alt_text"])) + sheet.rest(block["slack_file"], "id")
            known = ("slack_file", "alt_text")
        case "input":
            inner, known = _input(sheet, block), ("label", "hint", "optional", "element")
        case _:
            return sheet.unread(f"block {kind}")
    return el("div", f"s-block s-of-{kind}", inner, sheet.rest(block, "type", "block_id", *known))


def _rich(sheet: Sheet, part: Json) -> str:
    inner = "".join(_stretch(sheet, e) for e in part["elements"]) + sheet.rest(part, "type", "elements")
    match part["type"]:
        case "rich_text_section":
            return el("div", "", inner)
        case "rich_text_quote":
            return el("blockquote", "", inner)
        case other:
            return sheet.unread(f"rich text {other}")


def _stretch(sheet: Sheet, part: Json) -> str:
    match part["type"]:
        case "text":
            style = part.get("style", {})
            inner = text(part["text"]) + sheet.rest(part, "type", "text", "style")
            inner += "".join(sheet.unread(f"style {s}") for s in style if s != "bold")
            return el("b", "", inner) if style.get("bold") else inner
        case "link":
            return el("span", "s-link", text(part["text"]), sheet.rest(part, "type", "text", "url"), title=part["url"])
        case other:
            return sheet.unread(f"element {other}")


def _plain(sheet: Sheet, words: Json) -> str:
    wrong = sheet.rest(words, "type", "text", "emoji")
    if words["type"] != "plain_text" or words.get("emoji") is not False:
        wrong += sheet.unread(f"text of type {words['type']} with emoji codes")
    return text(words["text"]) + wrong


def _control(sheet: Sheet, part: Json) -> str:
    match part["type"]:
        case "button":
            wrong = sheet.rest(part, "type", "text", "value", "url", "action_id", "style")
            label = _plain(sheet, part["text"]) + (" \u2197" if "url" in part else "")
            return el("span", f"s-button s-{part.get('style', 'default')}", label, wrong)
        case "static_select":
            wrong = sheet.rest(part, "type", "placeholder", "options", "action_id", "initial_option")
            chosen = part["initial_option"]["text"] if "initial_option" in part else part["placeholder"]
            return el("span", "s-select", _plain(sheet, chosen)) + _opened(sheet, part["options"]) + wrong
        case "overflow":
            wrong = sheet.rest(part, "type", "options", "action_id")
            return el("span", "s-button", "\u22ef") + _opened(sheet, part["options"]) + wrong
        case other:
            return sheet.unread(f"control {other}")


def _opened(sheet: Sheet, options: list[Json]) -> str:
    """What a menu holds; on Slack it is seen when it is opened."""
    return el("span", "s-opened", " \u00b7 ".join(_option(sheet, o) for o in options))


def _option(sheet: Sheet, option: Json) -> str:
    hint = _plain(sheet, option["description"]) if "description" in option else ""
    more = f" ({hint})" if hint else ""
    return _plain(sheet, option["text"]) + more + sheet.rest(option, "text", "value", "description")


def _input(sheet: Sheet, block: Json) -> str:
    optional = el("span", "s-optional", " (optional)") if block.get("optional") else ""
    hint = el("div", "s-hint", _plain(sheet, block["hint"])) if "hint" in block else ""
    return el("div", "s-label", _plain(sheet, block["label"]), optional) + _entry(sheet, block["element"]) + hint


def _entry(sheet: Sheet, part: Json) -> str:
    kind = part["type"]
    match kind:
        case "plain_text_input":
            wrong = sheet.rest(part, "type", "action_id", "multiline", "max_length", "initial_value")
            return el(
                "div",
                f"s-input{' s-long' if part.get('multiline') else ''}",
                text(part.get("initial_value", "")),
                wrong,
            )
        case "radio_buttons":
            wrong = sheet.rest(part, "type", "action_id", "options", "initial_option")
            return "".join(_radio(sheet, o, o == part.get("initial_option")) for o in part["options"]) + wrong
        case "static_select":
            return _control(sheet, part)
        case _ if kind in _PICKERS:
            chosen = part.get(_PICKERS[kind]) or part["placeholder"]["text"]
            wrong = sheet.rest(
                part, "type", "action_id", "placeholder", "filter", "default_to_current_conversation", _PICKERS[kind]
            )
            return el("span", "s-select", text(str(chosen)), wrong)
        case _:
            return sheet.unread(f"input {kind}")


def _radio(sheet: Sheet, option: Json, chosen: bool) -> str:
    hint = el("div", "s-hint", _plain(sheet, option["description"])) if "description" in option else ""
    wrong = sheet.rest(option, "text", "value", "description")
    return el(
        "div", "s-radio", "\u25c9" if chosen else "\u25cb", el("div", "", _plain(sheet, option["text"]), hint, wrong)
    )
