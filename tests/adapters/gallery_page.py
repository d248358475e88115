"""The gallery as one page: every card beside itself on every platform, drawn from what goes over the wire.

`python -m tests.adapters.gallery_page OUT.html` (or `make gallery`) writes it. It needs nothing from anywhere else. A part
of a payload that the drawing does not understand is shown as "?? what" and makes the command fail, so nothing is hidden.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.drawing import discord, slack, telegram, web
from tests.adapters.drawing.sheet import Sheet, el, text
from tests.adapters.gallery import MISSING, RENDERERS, Entry, Hanging, Said, hang
from tests.adapters.gallery_cards import more

TITLES = {"slack": "Slack", "telegram": "Telegram", "discord": "Discord", "web": "Web"}
DRAW = {"slack": slack.draw, "telegram": telegram.draw, "discord": discord.draw, "web": web.draw}
STYLE = """
*{box-sizing:border-box}body{margin:0;font:15px/1.5 "Liberation Sans",sans-serif;background:#eceff1;color:#222}
header,nav{padding:12px 20px}h1{margin:0;font-size:22px}nav a{margin-right:14px}
section.hanging>h2{margin:28px 20px 8px;font-size:18px}
.grid{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:6px 10px;padding:0 20px;align-items:stretch}
.col{font-weight:700;position:sticky;top:0;background:#eceff1;padding:6px 0;z-index:3}
.cell{border:1px solid #cfd8dc;border-radius:6px;overflow:hidden;background:#fff;min-width:0}
.cell.cell--telegram{background:#d5e3c4}.cell.cell--discord{background:#313338}.cell.cell--web{background:#f8f4ec}
.cell--none{background:#eceff1;color:#607d8b;font-size:13px;padding:8px}
.said{grid-column:1/-1;background:#dfe6ea;border-radius:12px;padding:3px 12px;font-size:13px;white-space:pre-wrap}
.said b{margin-right:6px}.strange{background:#ff0;color:#c00;border:2px solid #c00;padding:0 4px}
.woken{color:#1264a3;text-decoration:underline wavy #c00}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The page; what nobody could draw; and what became a link by itself, as (platform, row, entry, what)."""

    html: str
    strange: tuple[tuple[str, str, str, str], ...]
    active: tuple[tuple[str, str, str, str], ...]


def build(rows: Sequence[Hanging]) -> Page:
    """Draw the rows."""
    strange, active = list[tuple[str, str, str, str]](), list[tuple[str, str, str, str]]()
    body = list[str]()
    for row in rows:
        cells = [el("div", "col", name) for name in TITLES.values()]
        for one in row.shown:
            if isinstance(one, Said):
                cells.append(el("div", "said", el("b", "", text(one.who)), text(one.words)))
                continue
            for platform in RENDERERS:
                sheet = Sheet()
                cells.append(_cell(sheet, platform, row, one))
                strange += [(platform, row.id, one.name, what) for what in sheet.strange]
                active += [(platform, row.id, one.name, what) for what in sheet.active]
        body.append(el("section", "hanging", el("h2", "", text(row.title)), el("div", "grid", *cells), id=row.id))
    nav = el("nav", "", *(el("a", "", text(r.title), href=f"#{r.id}") for r in rows))
    return Page(_whole("".join([nav, *body])), tuple(strange), tuple(active))


def _cell(sheet: Sheet, platform: str, row: Hanging, one: Entry) -> str:
    payloads = RENDERERS[platform](one)
    name = f"{platform}/{row.id}/{one.name}"
    if not payloads:
        return el("div", "cell cell--none", text(MISSING[platform, one.kind]), **{"data-entry": name})
    drawn = [DRAW[platform](sheet, p, n == 0) for n, p in enumerate(payloads)]
    return el("div", f"cell cell--{platform}", *drawn, **{"data-entry": name})


def _whole(body: str) -> str:
    styles = STYLE + slack.STYLE + telegram.STYLE + discord.STYLE + web.style()
    head = f'<meta charset="utf-8"><title>Parley on every platform</title><style>{styles}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><header><h1>Parley on every platform</h1></header>{body}</body></html>\n'


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tests.adapters.gallery_page OUT.html", file=sys.stderr)
        return 2
    page = build(hang(more()))
    Path(arguments[0]).write_text(page.html, encoding="utf-8")
    print(f"{arguments[0]}: {len(page.html) // 1024} KB")
    return report(page)


def report(page: Page) -> int:
    """Say what is wrong, if anything; the exit code."""
    wrong = [("??", *one) for one in page.strange] + [("active by itself:", *one) for one in page.active]
    for what, platform, row, name, part in wrong:
        print(f"{what} {platform} {row} {name}: {part}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
