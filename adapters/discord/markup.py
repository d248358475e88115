"""Plain text as Discord shows it: nothing in it formats, mentions, links or unfurls. Pure.

The rules are those of Discord's own markdown (support article "Markdown Text 101", developer reference "Message
Formatting"): a backslash before any sign that could begin something. It is not shown, except in the few clients that
show a notification unrendered.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from adapters.layout import one_line, parts

# Anything that opens a format, a mention, a masked link, an emoji, a timestamp or a fence.
_ANYWHERE = re.compile(r"[\\*_~|`\[\]<@]")
# Headings, small print, quotes and lists begin a line; so does a numbered list.
_LINE = re.compile(r"^([ \t]*)([#>+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)([.)])", re.MULTILINE)
# An address becomes a link by its "://"; an invitation (discord.gg/...) unfurls without one.
_SCHEME = re.compile(r"://")
_DOMAIN = re.compile(r"\.(?=[^\W\d_]{2,24}/)")
_WEB = re.compile(r"https?://[^\s<>\"\\]+", re.IGNORECASE)


def escape(text: str) -> str:
    """The text so that it is shown as it is. Never shorter when text is added at its end."""
    text = _ANYWHERE.sub(r"\\\g<0>", text)
    text = _LINE.sub(r"\1\\\2", text)
    text = _NUMBERED.sub(r"\1\\\2", text)
    return _DOMAIN.sub(r"\.", _SCHEME.sub(r"\\://", text))


def web_address(url: str) -> str | None:
    """An address that may be linked, safe inside `[label](<url>)`; None for anything that isn't absolute http(s)."""
    return url.replace("(", "%28").replace(")", "%29") if _WEB.fullmatch(url) else None


def masked(label: str, url: str) -> str:
    """A link without a preview; only the label where the address can't be one."""
    found, shown = web_address(url), escape(one_line(label))
    return f"[{shown}](<{found}>)" if found else shown


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, still as plain text so that it can be cut; `show` makes its markup, `gap` goes before it."""

    text: str
    show: Callable[[str], str] = escape
    gap: str = "\n\n"


def ready(markup: str, gap: str = "\n\n") -> Block:
    """Markup that is made already, and so short that it needs no cutting."""
    return Block("\u00b7", lambda _: markup, gap)


def quoted(text: str) -> str:
    """As a block quote, line by line."""
    return "\n".join(f"> {line}" for line in escape(text).split("\n"))


def bold(text: str) -> str:
    return f"**{escape(text)}**" if text.strip() else ""


def small(text: str) -> str:
    """Small print, which works line by line."""
    return "\n".join(f"-# {line}" if line.strip() else "" for line in escape(text).split("\n"))


def pack(blocks: list[Block], limit: int) -> list[str]:
    """The blocks as messages of at most `limit` characters each; at least one, perhaps empty."""
    found, current = list[str](), ""
    for block in blocks:
        for piece in parts(block.text, limit, lambda text, b=block: len(b.show(text))):
            shown = block.show(piece).strip("\n")
            if not shown.strip():
                continue
            joined = f"{current}{block.gap}{shown}" if current else shown
            if len(joined) > limit:
                found.append(current)
                joined = shown
            current = joined
    return [*found, current] if current or not found else found
