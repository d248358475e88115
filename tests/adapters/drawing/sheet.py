"""The paper that payloads are drawn on: HTML as strings, and a list of what could not be read."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

Json = dict[str, Any]
# What the chat programs make clickable by themselves, wherever it stands in a text.
ACTIVE = re.compile(
    r"https?://[^\s<>]+|(?<!\w)www\.\w[\w.-]+|(?<![\w@])@\w{3,}|(?<![\w/])/[a-z]\w+|(?<!\w)#[^\W\d]\w*|\bdiscord\.gg/\w+"
)


@dataclass
class Sheet:
    """One drawing. `strange`: the parts whose meaning is not known here; `active`: what became clickable by itself."""

    strange: list[str] = field(default_factory=lambda: [])
    active: list[str] = field(default_factory=lambda: [])

    def unread(self, what: str) -> str:
        """A part that nobody knows how to draw: in sight, and remembered."""
        self.strange.append(what)
        return f'<b class="strange">?? {text(what)}</b>'

    def rest(self, part: Json, *known: str) -> str:
        """What a part holds beside the keys that were drawn."""
        return "".join(self.unread(f"{part.get('type', 'part')}.{k}") for k in part if k not in known)

    def woken(self, what: str) -> str:
        """Words that the platform turns into a link of its own accord."""
        self.active.append(what)
        return f'<span class="woken">{text(what)}</span>'


def text(words: str) -> str:
    """Words as HTML. Controls that cannot be seen are shown by their number."""
    seen = re.sub("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]", lambda m: f"[U+{ord(m.group()):04X}]", words)
    return escape(seen)


def el(name: str, classes: str, *inner: str, **more: str) -> str:
    """An element; its content is HTML already."""
    given = "".join(f' {k}="{escape(v)}"' for k, v in more.items())
    return f'<{name} class="{classes}"{given}>{"".join(inner)}</{name}>'
