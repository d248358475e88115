"""A message as the JSON that the page turns into elements. Text stays text: the page makes text nodes only.

Cleaned for show (`adapters.layout.clean`); what is stored stays as it was written.
"""

from typing import Any, cast

from adapters.contract import Capabilities, Outgoing
from adapters.layout import clean

CAPABILITIES = Capabilities(text=40_000, options=50, forms=True, edits=True, batch=50)
_AS_IT_IS = {"id", "key", "url", "link", "mime", "data"}  # names, addresses and bytes, not for reading


def message(out: Outgoing, settled: bool = False, *, speaks: bool = False) -> dict[str, Any]:
    """A message of Parley's. `settled`: its question has been answered, `chosen` says how. speaks: does somebody read
    aloud here?"""
    data: dict[str, Any] = {"id": out.id, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {"card": _card(out.card or {}, speaks), "state": "answered" if settled else "live"}
    if out.token:
        data["token"] = out.token
    if out.chosen:
        data["chosen"] = out.chosen
    if out.under:
        data["under"] = out.under
    return data


def update(out: Outgoing, card: dict[str, Any] | None, speaks: bool = False) -> dict[str, Any]:
    """A new state of a message that was shown: `card` is what it shows now."""
    data: dict[str, Any] = {"id": out.target, "from": "parley", "who": "Parley", "at": out.at, "seq": out.seq}
    data |= {
        "card": _card(card or {}, speaks),
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


def recording(row: dict[str, Any], who: str, text: str, own: bool = True, *, removable: bool = False) -> dict[str, Any]:
    """A person's recording, with its words so far ("" for none). row: of it; what was taken back shows as such."""
    data: dict[str, Any] = {"id": row["id"], "from": "me" if own else "person", "who": who, "at": row["at"]}
    data |= {"seq": row["seq"], "text": text if own else clean(text)}
    about = {"id": row["id"], "seconds": row["ms"] / 1000, "form": row["form"], "poster": bool(row["picture"])}
    about["kept"] = row["state"] != "gone"
    if removable:
        data["removable"] = True
    return data | {"state": "gone" if row["state"] == "dropped" else "live", "recording": about}


def _card(card: dict[str, Any], speaks: bool) -> dict[str, Any]:
    """A card for the page. Of a sound it needs what it is called and its number (`GET /sounds/{message}/{n}`); what nobody
    reads aloud is left out. A card that was rendered before stays as it is."""
    shown: dict[str, Any] = for_show(card)
    if "sounds" in shown:
        heard = [(n, s) for n, s in enumerate(shown.pop("sounds")) if speaks or not s.get("say")]
        if sounds := [{"n": s.get("n", n), "label": s["label"]} for n, s in heard]:
            shown["sounds"] = sounds
    return shown


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
