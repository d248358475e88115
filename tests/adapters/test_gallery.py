"""The gallery: every card of every acted conversation, and those of `gallery_cards`, as each adapter renders them.

A reviewer of a change sees here what people will see. New looks are accepted with `pytest --snapshot-update`; how they
look to the eye is on the page of `make gallery`.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.adapters import gallery_page
from tests.adapters.drawing import discord, slack, telegram, web
from tests.adapters.drawing.sheet import Sheet
from tests.adapters.gallery import RENDERERS, Hanging, hang
from tests.adapters.gallery_cards import more
from tests.adapters.gallery_page import Page

ROWS = hang(more())
Json = dict[str, Any]


class Folded(JSONSnapshotExtension):
    """JSON in which whatever fits into one line stands on one line: a message stays as short as it reads."""

    def serialize(self, data: Any, **_: Any) -> str:
        # Signs that turn a line around must not do so in a review.
        return re.sub("[\u202a-\u202e\u2066-\u2069]", lambda m: f"\\u{ord(m.group()):04x}", folded(data)) + "\n"


def folded(value: Any, indent: int = 0, width: int = 150) -> str:
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(line) + indent <= width or not isinstance(value, dict | list):
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(k)}: {folded(v, indent + 1, width)}" for k, v in sorted(value.items())]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- JSON
        return "{\n" + ",\n".join(inner + p for p in parts) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(inner + folded(v, indent + 1, width) for v in value) + "\n" + " " * indent + "]"  # pyright: ignore[reportUnknownVariableType] -- JSON


@pytest.mark.parametrize("row", ROWS, ids=[r.id for r in ROWS])
@pytest.mark.parametrize("platform", RENDERERS)
def test_every_card_looks_as_it_did(row: Hanging, platform: str, snapshot: SnapshotAssertion):
    assert row.entries, "the row shows nothing"
    messages = {entry.name: RENDERERS[platform](entry) for entry in row.entries}
    assert any(messages.values())
    assert messages == snapshot(extension_class=Folded)


# -- the page ---------------------------------------------------------------------------------------------


def test_the_page_shows_every_card_on_every_platform_and_understands_it():
    page = gallery_page.build(ROWS)
    shown = re.findall(r'data-entry="([^"]+)"', page.html)
    wanted = {f"{platform}/{row.id}/{entry.name}" for row in ROWS for entry in row.entries for platform in RENDERERS}
    assert len(wanted) > 600
    assert len(shown) == len(wanted)
    assert set(shown) == wanted
    assert page.strange == ()
    assert "??" not in page.html


def test_nothing_that_anybody_wrote_becomes_a_link_by_itself():
    assert gallery_page.build([r for r in ROWS if r.id == "markup"]).active == ()


def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path):
    assert gallery_page.main([str(tmp_path / "gallery.html")]) == 0
    page = (tmp_path / "gallery.html").read_text("utf-8")
    assert re.findall(r"<(?:script|link|img|iframe)\b|@import|url\((?!\"\.\./img/seal)", page) == []


def test_the_tool_fails_when_something_was_not_understood(capsys: pytest.CaptureFixture[str]):
    assert gallery_page.report(Page("", (), ())) == 0
    assert gallery_page.report(Page("", (("slack", "row", "m_1", "block video"),), ())) == 1
    assert gallery_page.report(Page("", (), (("discord", "row", "m_1", "@everyone"),))) == 1
    assert "?? slack row m_1: block video" in capsys.readouterr().err
    assert gallery_page.main([]) == 2


def said(content: str, **more: Any) -> Json:
    return {"content": content, "components": [], "flags": 4, "allowed_mentions": {"parse": []}, **more}


@pytest.mark.parametrize(
    ("drawing", "payload"),
    [
        (slack, {"text": "x", "blocks": [{"type": "video"}]}),
        (slack, {"text": "x", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "*x*"}}]}),
        (slack, {"text": "", "blocks": []}),
        (slack, {"text": "x", "blocks": [], "attachments": []}),
        (telegram, {"text": "x", "entities": [{"type": "spoiler", "offset": 0, "length": 1}]}),
        (telegram, {"text": "x", "entities": [], "reply_markup": {"inline_keyboard": [[{"text": "x", "pay": True}]]}}),
        (discord, said("x", embeds=[{}])),
        (discord, said("x", components=[{"type": 17}])),
        (discord, said("x", flags=0)),
        (discord, said("x", allowed_mentions={"parse": ["everyone"]})),
        (web, {"who": "Parley", "state": "live", "card": {"text": "x", "video": "y"}}),
    ],
)
def test_what_is_not_understood_is_in_sight(drawing: Any, payload: Json):
    sheet = Sheet()
    assert "?? " in drawing.draw(sheet, payload)
    assert len(sheet.strange) == 1


@pytest.mark.parametrize(
    ("drawing", "payload"),
    [
        (telegram, {"text": "ask @somebody", "entities": []}),
        (telegram, {"text": "write /start", "entities": []}),
        (discord, said("see https://evil.example")),
        (discord, said("hello @everyone")),
        (discord, said("hello <@123>")),
    ],
)
def test_what_becomes_a_link_is_noticed(drawing: Any, payload: Json):
    sheet = Sheet()
    drawing.draw(sheet, payload)
    assert len(sheet.active) == 1


@pytest.mark.parametrize(
    ("content", "html"),
    [
        (r"**\*a\***: b", "<b class=\"\">*a*</b>: b"),
        (r"\_a\_ \`b\`", "_a_ `b`"),
        (r"snake **x", "snake **x"),
        ("[a](<https://a.example>)", '<span class="d-link" title="https://a.example">a</span>'),
    ],
)  # fmt: skip
def test_markdown_is_read_as_discord_reads_it(content: str, html: str):
    assert html in discord.draw(Sheet(), said(content))


def test_offsets_are_units_of_utf_16():
    bold = {"type": "bold", "offset": 3, "length": 1}
    assert '\U0001f600 <b class="">b</b> c' in telegram.draw(Sheet(), {"text": "\U0001f600 b c", "entities": [bold]})
