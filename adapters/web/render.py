"""A message as the JSON that the page turns into elements. Text stays text: the page makes text nodes only.

Cleaned for show (`adapters.layout.clean`); what is stored stays as it was written.
"""

from typing import Any, cast

from adapters.contract import Capabilities, Outgoing
from adapters.layout import clean

CAPABILITIES = Capabilities(text=40_000, options=50, forms=True, edits=True, batch=50)
_AS_IT_IS = {"id", "key", "url", "link", "mime", "data"}  # names, addresses and bytes, not for reading


def message(out: Outgoing, settled: bool = False) -> dict[str, Any]:
    """A message of Parley's. `settled`: its question has been answered, `chosen` says how."""
    data: dict[str, Any] = {"id": out.id, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {"card": for_show(out.card or {}), "state": "answered" if settled else "live"}
    if out.token:
        data["token"] = out.token
    if out.chosen:
        data["chosen"] = out.chosen
    if out.under:
        data["under"] = out.under
    return data


def update(out: Outgoing, card: dict[str, Any] | None) -> dict[str, Any]:
    """A new state of a message that was shown: `card` is what it shows now."""
    data: dict[str, Any] = {"id": out.target, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {
        "card": for_show(card or {}),
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
    # Its author may edit it, and then has to meet what was written.
    data |= {"seq": row["seq"], "text": text if own else clean(text), "state": "live"}
    if editable:
        data["editable"] = True
    if edited:
        data["edited"] = True
    if row["reply_to"]:
        data["reply_to"] = row["reply_to"]
    return data


def for_show(part: Any) -> Any:
    """A card's JSON with every text in it cleaned, but what a field is prefilled with: that is sent back."""
    if isinstance(part, str):
        return clean(part)
    if isinstance(part, list | tuple):
        return [for_show(one) for one in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    found = cast("dict[str, Any]", part)
    kept = _AS_IT_IS | {"value"} if "key" in found else _AS_IT_IS
    return {name: value if name in kept else for_show(value) for name, value in found.items()}
