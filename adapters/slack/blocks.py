"""The few parts of Block Kit that Parley uses, so built that words stay words.

Text is only ever `plain_text` or a rich-text element of type `text`: neither knows mentions, formatting, emoji codes
or link previews. The one clickable thing is `link`, for addresses of Parley's own. Sizes are Slack's documented limits.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from adapters.layout import clean, parts, shortened
from adapters.slack import words

Block = dict[str, Any]
Element = dict[str, Any]

CHUNK = 2900  # characters of one text block; a section's limit is 3000
BUTTONS, SELECT, OVERFLOW, RADIO = 25, 100, 5, 10
LABEL, HEADER, TITLE, URL, HINT, ALT = 75, 150, 24, 3000, 2000, 2000
FALLBACK_BYTES = 3900  # of `text`: an edit is refused from 4000 bytes on, counted after escaping what we escaped
_WEB = re.compile(r"https?://[^\s<>|\"]{1,2900}")


def plain(text: str, limit: int, empty: str = words.EMPTY) -> Element:
    """A label."""
    return {"type": "plain_text", "text": shortened(clean(text).strip(), limit) or empty, "emoji": False}


def say(text: str, bold: bool = False) -> Element:
    """A stretch of text inside a rich text."""
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def link(url: str, label: str) -> Element | None:
    """A link, if it is one for a browser."""
    if not _WEB.fullmatch(url):
        return None
    return {"type": "link", "url": url, "text": shortened(clean(label).strip(), LABEL) or words.EMPTY}


def rich(elements: Iterable[Element], kind: str = "rich_text_section") -> Block:
    """One rich-text block of one section or quote."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def prose(text: str, bold: bool = False, kind: str = "rich_text_section") -> list[Block]:
    """A text of any length, as blocks; none for an empty one."""
    return [rich([say(p, bold)], kind) for p in parts(clean(text).strip(), CHUNK) if p.strip()]


def lines(rows: Iterable[list[tuple[str, bool]]]) -> list[Block]:
    """Lines of (text, bold) stretches, packed into as few blocks as they fit."""
    blocks: list[Block] = []
    held: list[Element] = []
    size = 0
    for row in rows:
        pieces = [(p, bold) for text, bold in row for p in parts(clean(text), CHUNK // 2) if p]
        for at, (piece, bold) in enumerate(pieces):
            if size + len(piece) + 1 > CHUNK:
                blocks.append(rich(held))
                held, size = [], 0
            if at == 0 and held:
                held.append(say("\n"))
            held.append(say(piece, bold))
            size += len(piece) + 1
    return [*blocks, rich(held)] if held else blocks


def header(text: str) -> list[Block]:
    """A title: as a header where it fits into one."""
    shown = clean(text).strip()
    return [{"type": "header", "text": plain(shown, HEADER)}] if 0 < len(shown) <= HEADER else prose(shown, bold=True)


def context(text: str) -> list[Block]:
    """Small print."""
    found = [{"type": "plain_text", "text": p, "emoji": False} for p in parts(clean(text).strip(), HINT) if p.strip()]
    return [{"type": "context", "elements": found[at : at + 10]} for at in range(0, len(found), 10)]


def picture(id: str, alt: str) -> Block:
    """A picture that was uploaded to Slack before."""
    return {"type": "image", "slack_file": {"id": id}, "alt_text": shortened(clean(alt).strip(), ALT) or words.EMPTY}


def press(label: str, value: str, action: str, style: str = "") -> Element:
    """A button. style: primary, danger or none."""
    found: Element = {"type": "button", "text": plain(label, LABEL), "value": value, "action_id": action}
    return {**found, "style": style} if style in ("primary", "danger") else found


def leave(label: str, url: str, action: str) -> Element:
    """A button that opens a page."""
    return {"type": "button", "text": plain(label, LABEL), "url": url, "action_id": action}


def option(label: str, value: str, hint: str = "") -> Element:
    """One entry of a menu."""
    found: Element = {"text": plain(label, LABEL), "value": value}
    return {**found, "description": plain(hint, LABEL)} if hint.strip() else found


def menu(options: list[Element], action: str, placeholder: str = words.CHOOSE) -> Element:
    """A menu of at most 100 entries."""
    return {"type": "static_select", "placeholder": plain(placeholder, HINT), "options": options, "action_id": action}


def overflow(options: list[Element], action: str) -> Element:
    """The unobtrusive three dots; with more than five entries a menu, since Slack allows no more."""
    if len(options) > OVERFLOW:
        return menu(options, action, words.MORE)
    return {"type": "overflow", "options": options, "action_id": action}


def actions(elements: list[Element]) -> list[Block]:
    """Controls, 25 in a row at most."""
    return [{"type": "actions", "elements": elements[at : at + BUTTONS]} for at in range(0, len(elements), BUTTONS)]


def is_web(url: str) -> bool:
    """An address that a button may open."""
    return _WEB.fullmatch(url) is not None


def escape(text: str) -> str:
    """For the one place where Slack reads markup whatever we do, the `text` beside the blocks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fallback(text: str) -> str:
    """What notifications and screen readers get: short, escaped, never empty."""
    shown = shortened(clean(text).strip(), FALLBACK_BYTES, lambda t: len(escape(escape(t)).encode()))
    return escape(shown) or words.NAME


def size(block: Block) -> int:
    """Characters of a block as it is sent; Slack's total is undocumented, so more than just its text is counted. Only
    what is folded away in a menu is not: a menu may have a hundred long entries."""
    elements: list[Element] = block.get("elements") or []
    open_part = {**block, "elements": [{k: v for k, v in e.items() if k != "options"} for e in elements]}
    return len(json.dumps(open_part, ensure_ascii=False))
