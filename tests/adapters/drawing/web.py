"""Web messages as the page shows them: the elements of bot/web/static/js/{card,form,score,quote}.js, in the page's own CSS."""

import re
from dataclasses import fields as fields_of
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flows.cards import Card
from flows.words import score_en
from tests.adapters.drawing.sheet import Json, Sheet, el, text

CSS = Path(__file__).resolve().parents[3] / "bot" / "web" / "static" / "css"
MANY = 6
BRIEF = 16
_SIGNS = {"found": "\u25cf", "unclear": "\u25d0", "missing": "\u25cb", "none": "\u00b7"}
_KNOWN = tuple(f.name for f in fields_of(Card))


@cache
def style() -> str:
    """The page's own rules, kept to the cells of the web."""
    sheets = "".join(
        (CSS / f"{name}.css").read_text("utf-8") for name in ("tokens", "base", "message", "card", "score")
    )
    scoped = re.sub(r":root\b", ":scope", sheets)
    own = ".web{background:var(--paper);color:var(--ink);font:400 1rem/1.55 var(--sans);padding:8px 12px;overflow-wrap:anywhere;color-scheme:light}"
    return f"@scope (.web) {{{scoped}}}\n{own}"


def draw(sheet: Sheet, payload: Json, first: bool = True) -> str:
    """One message."""
    del first
    wrong = sheet.rest(payload, "id", "from", "who", "at", "seq", "card", "state", "token", "chosen", "edited")
    who = el("p", "msg__who", text(payload["who"]), "<time>09:41</time>")
    face = el("span", "avatar avatar--sage", "P")
    body = el("div", "msg__body", who, _card(sheet, payload), wrong)
    return el("div", "web", el("div", "msg msg--parley", face, body))


def _card(sheet: Sheet, message: Json) -> str:
    card = message["card"]
    parts = [_progress(card["progress"])] if card.get("progress") else []
    parts += [el("h2", "card__title", text(card["title"]))] if card.get("title") else []
    parts += [el("div", "card__text", _paragraphs(card["text"]))] if card.get("text") else []
    parts += [_file(sheet, f) for f in card.get("files", ())]
    parts += [_rows([(r["label"], r["value"]) for r in card["rows"]])] if card.get("rows") else []
    parts += [_quote(sheet, q) for q in card.get("quotes", ())]
    parts += [el("div", "scores", *(_score(sheet, s) for s in card["scores"]))] if card.get("scores") else []
    parts += [el("ul", "links", *map(_link, card["links"]))] if card.get("links") else []
    parts += [_answer(sheet, message)]
    parts += [el("p", "card__foot", text(card["foot"]))] if card.get("foot") else []
    return el(
        "div", f"card card--{card.get('tone', 'plain')}", *parts, sheet.rest({**card, "type": "card"}, "type", *_KNOWN)
    )


def _file(sheet: Sheet, file: Json) -> str:
    wrong = sheet.rest(file, "name", "mime", "data", "alt")
    if file["mime"].startswith("image/"):
        return el("div", "picture", text(file["alt"] or file["name"]), wrong, style="aspect-ratio:16/9;padding:8px")
    if not re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", file["data"]):
        return el("p", "card__closed", text(f"{file['name']} can\u2019t be opened here."), wrong)
    alt = el("span", "file__alt", text(file["alt"])) if file["alt"] else ""
    return el("p", "file", el("a", "file__link", "\u2913 ", text(file["name"]), href="#"), alt, wrong)


def _paragraphs(words: str) -> str:
    return "".join(el("p", "", text(p.strip())) for p in re.split(r"\n\s*\n", words) if p.strip())


def _progress(progress: tuple[int, int]) -> str:
    done, of = progress
    steps = [el("span", f"progress__step{' progress__step--done' if n < done else ''}") for n in range(min(of, 24))]
    return el("p", "progress", el("span", "progress__words", f"{done} of {of}"), el("span", "progress__bar", *steps))


def _rows(rows: list[tuple[str, str]]) -> str:
    lines = [el("tr", "", el("th", "", text(label)), el("td", "", text(value))) for label, value in rows]
    return el("table", "rows", el("tbody", "", *lines))


def _quote(sheet: Sheet, quote: Json) -> str:
    read = el("span", "d-read", el("a", "", "Read in context \u2197")) if _safe(quote["link"]) else ""
    who = el("span", "", text(quote["who"])) if quote["who"] else ""
    caption = el("figcaption", "", who, read) if who or read else ""
    return el(
        "figure",
        "quote",
        el("blockquote", "", _paragraphs(quote["text"])),
        caption,
        sheet.rest(quote, "text", "who", "link"),
    )


def _safe(url: str) -> bool:
    return bool(url) and urlsplit(url).scheme in ("", "http", "https", "mailto")


def _link(link: Json) -> str:
    if _safe(link["url"]):
        return el("li", "", el("a", "", text(link["label"]), " \u2197", href="#"))
    return el("li", "", text(f"{link['label']}: {link['url']}"))


# -- what can be answered ---------------------------------------------------------------------------------


def _answer(sheet: Sheet, message: Json) -> str:
    card = message["card"]
    options, fields = card.get("options", ()), card.get("fields", ())
    if not options and not fields:
        return ""
    if message["state"] == "answered":
        label = next((o["label"] for o in options if o["id"] == message.get("chosen")), "Sent" if fields else "")
        if not label:
            return el("p", "card__closed", text("No longer open."))
        return el("div", "choice-made", el("p", "choice-made__line", "\u2713 ", text(label)))
    if message["state"] != "live":
        return sheet.unread(f"state {message['state']}")
    if fields:
        button = el("button", "btn btn--primary", text(card.get("submit") or "Send"))
        return el("div", "fields", *(_field(sheet, f) for f in fields), button)
    grid = MANY < len(options) <= BRIEF and all(len(o["label"]) < 22 and len(o["hint"]) < 12 for o in options)
    if len(options) > MANY and not grid:
        held = el("p", "card__foot", text(" \u00b7 ".join(o["label"] for o in options)))
        return (
            el("div", "options-many", _select("Choose one of the list"), el("button", "btn btn--primary", "Choose"))
            + held
        )
    short = all(not o["hint"] and len(o["label"]) < 22 for o in options)
    shape = " options--grid" if grid else " options--short" if short else ""
    return el("ul", f"options{shape}", *(_option(sheet, o) for o in options))


def _option(sheet: Sheet, option: Json) -> str:
    hint = el("span", "option__hint", text(option["hint"])) if option["hint"] else ""
    words = el("span", "option__words", el("span", "", text(option["label"])), hint)
    wrong = sheet.rest(option, "id", "label", "style", "hint")
    return el("li", "options__item", el("button", f"btn btn--{option['style']} option", words), wrong)


def _select(words: str) -> str:
    return el("select", "input", el("option", "", text(words)))


def _field(sheet: Sheet, field: Json) -> str:
    kind, options = field["kind"], field["options"]
    optional = "" if field["required"] or field["help"] else el("span", "field__optional", " (optional)")
    label = el("span", "field__label", text(field["label"]), optional)
    help_ = el("p", "field__help", text(field["help"])) if field["help"] else ""
    if kind == "scale" or (kind == "choice" and len(options) <= MANY):
        control = el("div", "picks", *(_pick(o, o["id"] == field["value"]) for o in options))
    elif kind == "choice":
        control = _select(field["value"] or "Choose one of the list")
    elif kind in ("line", "text", "people", "person", "channel"):  # the page knows no pickers: a line is typed
        control = el("textarea", "input", text(field["value"]), rows="3" if kind == "text" else "1")
    else:
        control = sheet.unread(f"field {kind}")
    wrong = sheet.rest(field, "key", "label", "kind", "options", "required", "help", "value", "max_length")
    return el("div", "field", label, help_, control, wrong)


def _pick(option: Json, chosen: bool) -> str:
    hint = el("span", "pick__hint", text(option["hint"])) if option["hint"] else ""
    words = el("span", "pick__words", el("span", "pick__label", text(option["label"])), hint)
    return el("label", "pick", "\u25c9" if chosen else "\u25cb", words)


# -- a revealed scorecard ---------------------------------------------------------------------------------


def _score(sheet: Sheet, score: Json) -> str:
    why = dict(score["notes"])
    levels = [_level(name, level, why.get(name, "")) for name, level in score["levels"]]
    people = el("div", "score__people", el("p", "label", "People"), el("ul", "levels", *levels))
    missing = el(
        "div",
        "missing",
        el("p", "label", score_en.NOT_FOUND),
        el("ul", "", *(el("li", "", text(m)) for m in score["missing"])),
    )
    strip = "".join(el("span", f"sign sign--{m['status']}", _SIGNS[m["status"]]) for m in score["marks"])
    found = [el("p", "label", score_en.BY_MACHINE if score["marks"] else score_en.EVIDENCE), el("div", "strip", strip)]
    found += [el("p", "score__phrase", text(score["machine"])), *(_quote(sheet, q) for q in score["quotes"][:1])]
    machine = el("div", "score__machine", *found, missing if score["missing"] else "")
    marks = [
        el(
            "li",
            f"mark mark--{m['status']}",
            text(f"{_SIGNS[m['status']]} {m['label']} ({score_en.MARKS[m['status']][1]})"),
        )
        for m in score["marks"]
    ]
    more = el("div", "score__rest", el("ul", "marks", *marks), *(_quote(sheet, q) for q in score["quotes"][1:]))
    wrong = sheet.rest(score, "title", "levels", "machine", "marks", "quotes", "missing", "notes", "spread")
    spread = el("span", "score__spread", text(f" {score['spread']}")) if score["spread"] else ""
    head = el("h3", "score__title", text(score["title"]), spread)
    return el("section", "score", head, el("div", "score__sides", people, machine), more if marks else "", wrong)


def _level(name: str, level: int | None, why: str) -> str:
    reason = el("p", "levels__why", text(why)) if why else ""
    shown = score_en.NO_BASIS if level is None else str(level)
    return el("li", "", el("span", "levels__who", text(name)), " ", el("b", "", shown), reason)
