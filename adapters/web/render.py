"""A message as the JSON that the page turns into elements. Text stays text: the page makes text nodes only."""

from typing import Any

from adapters.contract import Capabilities, Outgoing

CAPABILITIES = Capabilities(text=40_000, options=50, forms=True, edits=True, batch=50)


def message(out: Outgoing, settled: bool = False) -> dict[str, Any]:
    """A message of Parley's. `settled`: its question has been answered, `chosen` says how."""
    data: dict[str, Any] = {"id": out.id, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {"card": out.card or {}, "state": "answered" if settled else "live"}
    if out.token:
        data["token"] = out.token
    if out.chosen:
        data["chosen"] = out.chosen
    return data


def update(out: Outgoing, card: dict[str, Any] | None) -> dict[str, Any]:
    """A new state of a message that was shown: `card` is what it shows now."""
    data: dict[str, Any] = {"id": out.target, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {
        "card": card or {},
        "state": "answered" if out.card is None else "live",
        "token": out.token,
        "edited": True,
    }
    if out.chosen:
        data["chosen"] = out.chosen
    return data


def utterance(row: dict[str, Any], text: str, who: str, own: bool, editable: bool, edited: bool) -> dict[str, Any]:
    """A person's message, as its author (`own`) or another reader sees it."""
    data: dict[str, Any] = {"id": row["id"], "from": "me" if own else "person", "who": who, "at": row["at"]}
    data |= {"seq": row["seq"], "text": text, "state": "live"}
    if editable:
        data["editable"] = True
    if edited:
        data["edited"] = True
    if row["reply_to"]:
        data["reply_to"] = row["reply_to"]
    return data
