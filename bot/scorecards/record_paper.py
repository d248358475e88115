"""A record as a PDF. Everything in it is text that somebody wrote: nothing of it is ever read as markup.

The fonts (DejaVu) come with matplotlib and know Latin, Greek and Cyrillic. What they can't show, and what is written from
right to left (which would come out in the wrong order), is said to be there instead of being shown wrongly.
"""

import re
import unicodedata
from functools import cache
from io import BytesIO
from itertools import groupby
from threading import Lock
from typing import Any, cast
from xml.sax.saxutils import escape

from bot.drawing import font, known
from bot.scorecards.record import Record
from flows.rating.text import display
from flows.words import record_en as words

_ONE_AT_A_TIME = Lock()  # the library keeps its fonts, and what they have been used for, in one place
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_INK, _QUIET = "#10243e", "#51607a"


def shown(text: str) -> str:
    """Text as the document can show it: no characters that hide or reorder others, and a note for another script."""
    clean = display(text)
    can = [_printable(c) for c in clean]
    for start, end in _spaces(clean):
        can[start:end] = [not (start > 0 and end < len(can)) or can[start - 1] or can[end]] * (end - start)
    parts: list[str] = []
    for good, run in groupby(zip(clean, can, strict=True), lambda pair: pair[1]):
        said = "".join(c for c, _ in run)
        parts.append(said if good else words.OTHER_SCRIPT.format(count=len(said)))
    return "".join(parts)


def _spaces(text: str) -> list[tuple[int, int]]:
    """Where there is space between words: inside of another script it belongs to that."""
    return [m.span() for m in re.finditer(r"\s+", text)]


def _printable(char: str) -> bool:
    if char.isspace():
        return True
    return ord(char) in known() and unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT


def markup(text: str) -> str:
    """Plain text for a paragraph, in which nothing is markup; line breaks stay."""
    return escape(shown(text)).replace("\t", " ").replace("\n", "<br/>")


def pdf(record: Record) -> bytes:
    """The record as a PDF; the same record gives the same bytes. Takes some tenths of a second, so: in a thread."""
    with _ONE_AT_A_TIME:
        return _built(record)


def _built(record: Record) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    made, looks, edge = BytesIO(), _looks(), 56
    paper: Any = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=edge,
        rightMargin=edge,
        topMargin=edge,
        bottomMargin=edge + 8,
        title=words.TITLE,
        author="Parley",
        invariant=1,
        lang="en",
    )
    paper.build(_story(record, looks), onFirstPage=_numbered, onLaterPages=_numbered)
    return made.getvalue()


def _story(record: Record, looks: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph

    def say(text: str, look: str) -> Any:
        return cast("Any", Paragraph(text, looks[look]))

    story = [say(escape(words.TITLE), "title"), say(markup(record.candidate), "name")]
    story.append(say(escape(words.MADE.format(at=record.made)), "quiet"))
    for section in record.sections:
        story.append(say(escape(section.title), "head"))
        for label, said in section.entries:
            if not label:
                story.append(say(markup(said), "strong"))
            else:
                story.append(say(f'<font name="DejaVu-Bold">{markup(label)}</font>  {markup(said)}', "plain"))
        if not section.entries:
            story.append(say(escape(words.NONE), "quiet"))
    story.append(say(escape(words.HASH.format(digest=record.digest)), "quiet"))
    return story


@cache
def _register_fonts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts: Any = pdfmetrics
    for name, strong in (("DejaVu", False), ("DejaVu-Bold", True)):
        fonts.registerFont(TTFont(name, str(font(strong))))


def _looks() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    _register_fonts()
    plain: Any = ParagraphStyle(
        "plain", fontName="DejaVu", fontSize=9, leading=13, textColor=HexColor(_INK), spaceAfter=3
    )
    plain.splitLongWords = 1
    bold: Any = {"parent": plain, "fontName": "DejaVu-Bold"}
    return {
        "plain": plain,
        "strong": ParagraphStyle("strong", **bold, spaceBefore=6),
        "quiet": ParagraphStyle(
            "quiet", parent=plain, fontSize=8, leading=11, textColor=HexColor(_QUIET), spaceBefore=4
        ),
        "title": ParagraphStyle("title", **bold, fontSize=16, leading=21),
        "name": ParagraphStyle("name", **bold, fontSize=12, leading=17),
        "head": ParagraphStyle("head", **bold, fontSize=11.5, leading=16, spaceBefore=12, keepWithNext=1),
    }


def _numbered(canvas: Any, paper: Any) -> None:
    canvas.saveState()
    canvas.setFont("DejaVu", 8)
    canvas.setFillColor(_QUIET)
    canvas.drawRightString(paper.pagesize[0] - 56, 34, words.PAGE.format(n=canvas.getPageNumber()))
    canvas.restoreState()
