"""What the gallery shows: every card of every acted conversation and of `gallery_cards`, as each adapter renders it.

`hang()` gives the rows; `RENDERERS[platform](entry)` the payloads of one entry, as they go over the wire. Where a
platform has nothing of the kind (Telegram has no forms) there are none, and `MISSING` says why.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from adapters.contract import Outgoing
from adapters.discord import forms as discord_forms
from adapters.discord import render as discord
from adapters.layout import is_picture
from adapters.slack import render as slack
from adapters.slack import views as slack_views
from adapters.telegram import render as telegram
from adapters.telegram.text import Part
from adapters.web import render as web
from bot.outbox import absolute
from flows import cards
from flows.cards import Card
from tests.flows.scenes import SCENES, Scene

Json = dict[str, Any]
Kind = Literal["message", "settled", "form", "helpers"]
BASE = "https://parley.example"
PERSON = {"review": "Noor"}
MISSING = {
    ("telegram", "form"): "Telegram has no forms: see \u201cA rating, one thing at a time\u201d.",
    ("web", "form"): "On the page the form is in the message itself.",
    ("slack", "helpers"): "On Slack the menu unfolds by itself.",
    ("discord", "helpers"): "On Discord the menu unfolds by itself.",
    ("web", "helpers"): "On the page the helpers stand beside the composer.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is shown. kind: a message; a settled one, after its answer; the form behind its button; or its
    helpers unfolded (Telegram)."""

    out: Outgoing
    kind: Kind = "message"

    @property
    def name(self) -> str:
        return "-".join(x for x in (self.out.id, self.kind.removeprefix("message"), self.out.chosen) if x)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person did between two messages, so that a row can be read."""

    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Hanging:
    """One row of the gallery."""

    id: str
    title: str
    shown: tuple[Entry | Said, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(e for e in self.shown if isinstance(e, Entry))


def acted(scene: Scene) -> Hanging:
    """A conversation from beginning to end."""
    stage = scene.act()
    shown, forms = list[Entry | Said](), 0
    for n, (who, what) in enumerate(stage.chat):
        if isinstance(what, Card):
            message = entry(n, what, n in stage.open, stage.open.get(n, ()))
            forms += bool(what.fields)
            shown += [message, Entry(message.out, "form")] if what.fields and forms == 1 else [message]
        else:
            shown.append(Said("" if who == "stage" else PERSON.get(scene.play, "Ada"), _words(who, what)))
    return Hanging(scene.id, scene.title, tuple(shown))


def _words(who: str, what: str) -> str:
    return {"button": f"[{what}]", "edit": f"{what} (edited)", "stage": f"\u2026 {what} \u2026"}.get(who, what)


def entry(n: int, card: Card, can_be_answered: bool | None = None, aids: Sequence[str] = ()) -> Entry:
    """A card as the outbox would hand it over. can_be_answered: by default, if there is anything to press."""
    body = json.loads(json.dumps(cards.to_json(card)))  # as it comes back from the store
    asked = bool(card.options or card.fields or card.answering) if can_be_answered is None else can_be_answered
    token = f"{n:08x}" if asked else ""
    return Entry(Outgoing(f"m_{n}", "th_1", "th_1", n, "send", "", body, token, "", "step", 0, aids=tuple(aids)))


def settled(asked: Entry, chosen: str) -> Entry:
    """The same message after somebody chose."""
    out = asked.out
    return Entry(replace(out, act="edit", target=out.id, card=None, chosen=chosen, shown=out.card), "settled")


def hang(more: Sequence[Hanging] = ()) -> tuple[Hanging, ...]:
    """All rows, the conversations first."""
    return (*map(acted, SCENES), *more)


# -- the platforms ----------------------------------------------------------------------------------------


def _card(one: Entry) -> Card:
    """Whole addresses, as the outbox makes them for every platform but the web."""
    return cards.from_json(absolute(one.out.card or one.out.shown or {}, BASE))


def on_slack(one: Entry) -> list[Json]:
    card, out = _card(one), one.out
    match one.kind:
        case "form":
            return [slack_views.of(card, out.token)]
        case "settled":
            found = slack.settled(card, out.chosen, _ids(card))
        case "helpers":
            return []
        case _:
            found = slack.messages(card, out.token, out.aids, _ids(card))
    papers = [{"id": i, "title": f.name} for i, f in zip(_ids(card), card.files, strict=True) if not is_picture(f)]
    messages: list[Json] = [{"text": m.text, "blocks": m.blocks} for m in found]
    # What hangs below a card is there only once, however often the card is changed.
    return [*messages, {"files": papers}] if papers and one.kind == "message" else messages


def _ids(card: Card) -> tuple[str, ...]:
    """What Slack calls the card's files, once they are there."""
    return tuple(f"F{n:08}" for n in range(len(card.files)))


def on_telegram(one: Entry) -> list[Json]:
    if one.kind == "form":
        return []
    body = absolute(one.out.card or one.out.shown or {}, BASE)
    out = replace(one.out, **{"shown" if one.kind == "settled" else "card": body})
    shown = telegram.settled(out) if one.kind == "settled" else telegram.show(out)
    assert shown, "nothing known to show"
    keyboard = shown.keyboard
    if one.kind == "helpers":
        more = [b.callback_data for row in keyboard.inline_keyboard for b in row] if keyboard else []
        fold = next(d.partition(":")[2] for d in more if isinstance(d, str) and telegram.folds(d.partition(":")[2]))
        keyboard = telegram.folded(out.token, fold, keyboard)
    found = [_telegram_part(p) for p in shown.parts]
    if keyboard:
        found[-1]["reply_markup"] = keyboard.to_dict()
    return found


def _telegram_part(part: Part) -> Json:
    entities = [e.to_dict() for e in part.entities]
    if part.file is None:
        return {"text": part.text, "entities": entities}
    kind = "photo" if is_picture(part.file) else "document"
    return {kind: part.file.name, "caption": part.text, "caption_entities": entities}


def on_discord(one: Entry) -> list[Json]:
    card, out = _card(one), one.out
    match one.kind:
        case "form":
            pages = len(discord_forms.pages(card))
            return [discord_forms.modal(card, out.token, n, {}) for n in range(1, pages + 1)]
        case "settled":
            return discord.settled(card, out.chosen)
        case "helpers":
            return []
        case _:
            return discord.render(card, out.token, out.aids)


def on_the_web(one: Entry) -> list[Json]:
    match one.kind:
        case "form" | "helpers":
            return []
        case "settled":
            return [web.update(one.out, one.out.shown)]
        case _:
            return [web.message(one.out)]


RENDERERS: dict[str, Callable[[Entry], list[Json]]] = {
    "slack": on_slack,
    "telegram": on_telegram,
    "discord": on_discord,
    "web": on_the_web,
}
