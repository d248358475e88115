"""A conversation that is acted for others to read: a stage that remembers what both sides did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.cards import Card
from flows.engine import Turn, Waiting
from flows.events import Commanded, Edited, Happening, Removed, Said, Silence, Spoke, Submitted, Tapped
from flows.filling import FILL_IN
from flows.playbill import PLAYBILL
from flows.stage import Stage
from flows.words import en
from flows.words.voice_en import length

SILENT = {"quiet": "a quiet minute", "nudge": "ten quiet minutes", "park": "two quiet hours", "until": "the deadline"}
# Buttons that are on no card: beside the composer, and what opens a form.
BESIDE = {FILL_IN: en.OPEN_FORM, **{f"~{name}": label for name, label in en.TOOLS.items()}}


class Acted(Stage):
    """A stage that keeps what both sides did, as cards and lines, for the documentation."""

    def __init__(self, name: str, args: dict[str, Any]) -> None:
        self.chat: list[tuple[str, Card | str]] = []
        self.cards: dict[str, Card] = {}
        self.open: dict[
            int, tuple[str, ...]
        ] = {}  # place in `chat` of what can be answered -> what its question offers besides
        self.timers: list[int] = []  # how long until each timer that was ever set, in milliseconds
        super().__init__(PLAYBILL.newest(name), **args)

    def _play(self, happening: Happening | None, asked: str | None = None) -> Turn:
        line = _line(happening) if happening else None
        open_card = self._open_card()
        got = super()._play(happening, asked)
        if isinstance(happening, Tapped) and (open_card or happening.option in BESIDE):
            labels = {**BESIDE, **{o.id: o.label for o in (open_card.options if open_card else ())}}
            line = ("button", labels.get(happening.option, "That's my answer"))
        if line:
            self.chat.append(line)
        for s in got.shown:
            if s.token:
                self.open[len(self.chat)] = offered(got.waiting) if got.waiting and s.token == got.waiting.token else ()
            self.chat.append(("bot", s.card))
        self.timers.extend(w.at - self.now for w in got.wakes) if got.wakes else self.timers.append(0)
        self.cards.update({s.token: s.card for s in got.shown if s.token})
        return got

    def _open_card(self) -> Card | None:
        return next((c for who, c in reversed(self.chat) if who == "bot" and isinstance(c, Card) and c.options), None)


def offered(waiting: Waiting) -> tuple[str, ...]:
    """The names of what an open question offers besides its options, as `Outgoing.aids` gives them."""
    return (*(("done",) if waiting.done else ()), *(o.id.removeprefix("~") for o in waiting.tools))


def _line(happening: Happening) -> tuple[str, str] | None:
    match happening:
        case Said(text=text):
            return ("person", text)
        case Edited(text=text):
            return ("edit", text)
        case Removed():
            return ("stage", "takes the last message back")
        case Spoke(form=form, seconds=seconds, prepared=prepared):
            what = "a file from before" if prepared else "a video" if form == "video" else "a voice message"
            return ("stage", f"sends {what} of {length(seconds)}")
        case Commanded(name=name):
            return ("person", f"/{name}")
        case Submitted():
            return ("stage", "sends the form off")
        case Silence(about=about):
            return ("stage", SILENT[about])
        case _:
            return None


@dataclass(frozen=True)
class Scene:
    """One acted conversation: `play` is the conversation's name, `title` what happens in it."""

    id: str
    play: str
    title: str
    act: Callable[[], Acted]
