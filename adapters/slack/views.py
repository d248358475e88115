"""Cards as Slack views: a form as a modal, the Home tab, and the modals in between. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.layout import clean, shortened
from adapters.slack import blocks as kit
from adapters.slack import render, words
from adapters.slack.blocks import Block, Element
from flows.cards import Card, Field

FORM = "parley_form"
NOTE = "parley_note"
ENTERED = "entered"  # the action id of every input; its block id is the field's key
_MOST = 100  # blocks of a view
_TEXT = 3000  # characters an input can take
View = dict[str, Any]


def form(
    card: Card, token: str, values: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> View:
    """A card with fields as a modal. values: what was entered before; problems: sentences to show above the fields."""
    inputs = [b for f in card.fields for b in _input(f, (values or {}).get(f.key, f.value))]
    lead = [b for p in (problems or {}).values() for b in kit.prose(words.CHECK_FORM + p, bold=True)]
    lead += render.body(_untitled(card))
    inputs += render.end(card)
    shown = [*lead[: max(0, _MOST - len(inputs))], *inputs][:_MOST]
    view = _modal(card.title, shown or kit.prose(words.EMPTY), FORM)
    return {**view, "submit": kit.plain(card.submit or words.SEND, kit.TITLE), "private_metadata": token}


def note(card: Card, token: str = "") -> View:
    """A card without fields in a modal: an answer to read, perhaps with buttons."""
    shown = render.blocks(_untitled(card), token)
    return {**_modal(card.title, shown[:_MOST] or kit.prose(words.EMPTY), NOTE), "private_metadata": token}


def waiting(sentence: str = words.LOADING) -> View:
    """What is open until we know what to show."""
    return _modal("", kit.prose(sentence), NOTE)


def of(card: Card, token: str) -> View:
    """The modal for whatever card it is."""
    return form(card, token) if card.fields else note(card, token)


def home(card: Card, token: str = "") -> View:
    """The Home tab."""
    shown = render.blocks(card, token)
    return {"type": "home", "blocks": shown[:_MOST] or kit.prose(words.EMPTY)}


def _modal(title: str, shown: list[Block], callback: str) -> View:
    head: View = {"type": "modal", "title": kit.plain(title, kit.TITLE, words.NAME), "callback_id": callback}
    return {**head, "close": kit.plain(words.CLOSE if callback == NOTE else words.CANCEL, kit.TITLE), "blocks": shown}


def _untitled(card: Card) -> Card:
    """The card for a view that says its title itself, unless that is too long to be read there."""
    short = len(clean(card.title).strip()) <= kit.TITLE
    return replace(card, title="" if short else card.title)


def _input(field: Field, value: str) -> list[Block]:
    """One field; before it, what its options mean where the options have no room to say so."""
    found: Block = {
        "type": "input",
        "block_id": field.key,
        "optional": not field.required,
        "element": _element(field, value),
    }
    found["label"] = kit.plain(field.label, kit.HINT)
    if field.help.strip():
        found["hint"] = kit.plain(field.help, kit.HINT)
    wordy = _wordy(field)
    rows = [[(f"{o.label}: " if o.hint else o.label, True), (o.hint, False)] for o in field.options]
    return [*(kit.lines([[(field.label, True)], *rows]) if wordy else []), found]


def _wordy(field: Field) -> bool:
    """Do its options say more than there is room for beside a radio button?"""
    return any(len(clean(o.label)) > kit.LABEL or len(clean(o.hint)) > kit.LABEL for o in field.options)


def _element(field: Field, value: str) -> Element:
    kind: str = field.kind
    if kind == "people":
        chosen = [u for u in value.split(",") if u]
        more: Element = {"initial_users": chosen} if chosen else {}
        return _picker("multi_users_select", words.CHOOSE_PEOPLE, more)
    if kind == "person":
        return _picker("users_select", words.CHOOSE_PERSON, {"initial_user": value} if value else {})
    if kind == "channel":
        start: Element = {"initial_conversation": value} if value else {"default_to_current_conversation": True}
        only = {"include": ["public", "private"], "exclude_bot_users": True}
        return _picker("conversations_select", words.CHOOSE_CHANNEL, {"filter": only, **start})
    if kind in ("choice", "scale") and field.options:
        return _choice(field, value)
    most = max(1, min(field.max_length, _TEXT))
    text: Element = {"type": "plain_text_input", "action_id": ENTERED, "multiline": kind == "text", "max_length": most}
    return {**text, "initial_value": shortened(value, most)} if value else text


def _picker(kind: str, placeholder: str, more: Element) -> Element:
    return {"type": kind, "action_id": ENTERED, "placeholder": kit.plain(placeholder, kit.LABEL), **more}


def _choice(field: Field, value: str) -> Element:
    hinted = not _wordy(field)  # what stands above the field isn't said again
    options = [kit.option(o.label, o.id, o.hint if hinted else "") for o in field.options][: kit.SELECT]
    chosen = next((o for o in options if o["value"] == value), None)
    more: Element = {"initial_option": chosen} if chosen else {}
    if len(options) > kit.RADIO:
        return {**kit.menu(options, ENTERED), **more}
    return {"type": "radio_buttons", "action_id": ENTERED, "options": options, **more}
