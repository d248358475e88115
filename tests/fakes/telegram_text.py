"""What Telegram makes of a message's text: which words become active by themselves, next to the entities that came along.

Written after tdlib's `find_entities` and `merge_entities` (github.com/tdlib/td, td/telegram/MessageEntity.cpp), but
stricter: any dotted name whose last part has two letters counts as a link, not only those under a known top-level domain.
Offsets are UTF-16 units.
"""

import re
from typing import Any

ACTIVE = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "text_mention"}
_SEALED = {"code", "pre", "text_link", "text_mention"}  # nothing is detected where one of these lies

_HASH = r"\w\u200c\u00b7\u0d80-\u0dff"
_RULES = (
    ("email", re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,}")),
    ("url", re.compile(r"\b(?:tg|ton|tonsite)://[\w-]+\S*", re.IGNORECASE)),
    ("url", re.compile(r"\b(?:https?|ftp)://[^\s/]+\.?[^\s]*", re.IGNORECASE)),
    ("url", re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_]{2,}\b(?::\d+)?(?:[/?#][^\s]*)?")),
    ("url", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b\S*")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("hashtag", re.compile(rf"(?<![{_HASH}])#(?=[{_HASH}]*[^\W\d_])[{_HASH}]{{1,256}}(?![{_HASH}]*#)")),
    ("cashtag", re.compile(rf"(?<![${_HASH}])\$(?:1INCH|[A-Z]{{1,8}})(?![${_HASH}])")),
)


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers; a broken surrogate pair comes out as a replacement character."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def detected(text: str) -> list[dict[str, Any]]:
    """The entities that Telegram finds by itself, without overlaps, in order."""
    found = sorted(
        ((m.start(), -m.end(), kind) for kind, rule in _RULES for m in rule.finditer(text)), key=lambda x: x[:2]
    )
    result, end = list[dict[str, Any]](), 0
    for start, minus_stop, kind in found:
        if start >= end:
            end = -minus_stop
            result.append({"type": kind, "offset": units(text[:start]), "length": units(text[start:end])})
    return result


def merged(text: str, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All entities that people get: what came along stays, and of what is detected whatever touches no sealed part."""
    sealed = [(e["offset"], e["offset"] + e["length"]) for e in own if e["type"] in _SEALED]
    more = [e for e in detected(text) if not any(a < e["offset"] + e["length"] and e["offset"] < b for a, b in sealed)]
    return sorted([*own, *more], key=lambda e: (e["offset"], -e["length"]))


def wrong_entities(text: str, own: list[dict[str, Any]]) -> list[str]:
    """What is wrong with entities that a bot sends: ranges, broken pairs, empty ones, forbidden nesting, too many."""
    found = list[str]()
    if len(own) > 100:
        found.append(f"{len(own)} entities; Telegram keeps 100")
    for e in own:
        covered = cut(text, e["offset"], e["length"])
        if e["offset"] < 0 or e["length"] < 1 or e["offset"] + e["length"] > units(text):
            found.append(f"{e['type']} at {e['offset']}+{e['length']} outside of the text")
        elif "\ufffd" in covered and "\ufffd" not in text:
            found.append(f"{e['type']} at {e['offset']}+{e['length']} splits a character")
        elif covered.strip() == "":
            found.append(f"{e['type']} at {e['offset']}+{e['length']} covers only space")
    for e in own:
        for f in own:
            found += [f"{f['type']} touches {e['type']}"] if e is not f and _forbidden(e, f) else []
    return found


def _forbidden(e: dict[str, Any], f: dict[str, Any]) -> bool:
    """Nothing but a quotation around it may touch code; what overlaps must nest."""
    a, b, c, d = e["offset"], e["offset"] + e["length"], f["offset"], f["offset"] + f["length"]
    if b <= c or d <= a:
        return False
    nested = (a <= c and d <= b) or (c <= a and b <= d)
    if not nested:
        return True
    if e["type"] in ("code", "pre"):
        return not (f["type"] == "blockquote" and c <= a and b <= d)
    return e["type"] == f["type"] == "blockquote"
