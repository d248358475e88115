"""What each kind of question makes of what the person did: an answer, or a kind word and patience.

Nothing here ever drops words: a message that is not taken as an answer stays in the transcript, and
where it could be one it is kept as *offered* and the person is asked where it belongs.
"""

from typing import TYPE_CHECKING, Any

from flows import filling, repair, speaking
from flows.cards import Card
from flows.events import Commanded, Edited, Happening, Removed, Said, Submitted, Tapped
from flows.steps import Ask, Asking, Choose, Fill, Hear, Wrong
from flows.typed import Verdict, asks_back, named, visible
from flows.words import en as words

if TYPE_CHECKING:
    from flows.acting import Acting

MAX_TEXT = 40_000
_ASIDE_WORDS = 5


def take(act: "Acting", here: Asking[Any], asked: str | None, event: Happening) -> Verdict | None:
    """Offer `event` to the open question `here`; None when it is still open afterwards."""
    token = act.token(here.key)
    if isinstance(event, Tapped | Submitted) and event.token != token:
        act.show("~old", words.OLD_BUTTON)
        act.ask_again(here)
        return None
    if isinstance(event, Said):
        if not visible(event.text):
            act.show("~empty", words.EMPTY)
            return None
        if len(event.text) > MAX_TEXT and event.id not in act.led.spoke:
            act.show("~long", words.too_long(len(event.text), MAX_TEXT))
            return None
        if asked is not None and asked != token and not (isinstance(here, Ask) and here.anytime):
            return _elsewhere(act, here, asked, event)
    if isinstance(here, Hear):
        return _hear(act, here, event)
    if isinstance(here, Choose):
        return _choose(act, here, event)
    if isinstance(here, Fill):
        return filling.take(act, here, event)
    if isinstance(here, Ask):
        return _ask(act, here, event)
    return None


def parts_value(act: "Acting", here: Hear) -> dict[str, Any]:
    """The bubbles heard so far as a journal value: each with the version of its wording that counts."""
    refs = act.led.parts.get(act.led.current(here.key), [])
    return {"parts": [{"u": u, "v": len(act.led.told[u]) - 1} for u in refs if u in act.led.told]}


def _elsewhere(act: "Acting", here: Asking[Any], asked: str, event: Said) -> None:
    """Words for a question that is no longer on: kept, and offered to where they may belong."""
    if repair.finishes(event.text):
        act.show("~had", words.HAD_IT)
        act.ask_again(here)
        return
    act.led.add("~aside", "offered", {"u": event.id, "asked": asked}, act.at)
    earlier = _key_of(act, asked)
    if isinstance(here, Hear):
        act.show("~offer", words.offer(event.text, can_add=earlier is not None), act.token(here.key))
    else:
        act.show("~late", words.LATE_WORDS)
        act.ask_again(here)


def offer_unplaced(act: "Acting", here: Hear, key: str) -> None:
    """Ask, once, where words belong that were said while work was going on and nothing could be answered."""
    for u in [u for u in act.led.unplaced if u in act.led.offered]:
        earlier = _key_of(act, act.led.offered[u])
        act.led.add("~aside", "offered", {"u": u, "asked": act.led.offered[u]}, act.at)
        act.show("~offer", words.offer(act.led.wording(u), can_add=earlier is not None), act.token(key))
    act.led.unplaced.clear()


def _key_of(act: "Acting", token: str) -> str | None:
    """The answered question (a heard one) that a token belongs to, in its newest version."""
    for key in act.led.answered:
        entry = act.led.answer(key)
        if entry and "parts" in entry.data and act.token(key) == token:
            return key
    return None


def _place(act: "Acting", here: Asking[Any], option: str) -> Verdict | None:
    """The person said where offered words belong: to this question, or to the earlier one."""
    offered = dict(act.led.offered)
    if not offered:
        act.show("~old", words.OLD_BUTTON)
    for u, asked in offered.items():
        earlier = _key_of(act, asked)
        if option == "use":
            act.led.add(act.led.current(here.key), "part", u, act.at)
            continue
        act.led.add("~aside", "placed", u, act.at)
        entry = act.led.answer(earlier) if option == "add" and earlier else None
        if entry is not None and earlier is not None:
            act.led.add(earlier, "reopened", None, act.at)
            current = act.led.current(earlier)
            parts = [*entry.value["parts"], {"u": u, "v": len(act.led.told[u]) - 1}]
            act.led.add(current, "asked", None, act.at)
            act.led.add(current, "answer", {"parts": parts}, act.at)
    act.show("~placed", words.PLACED[option])
    if option != "use":
        act.ask_again(here)
    return None


def _hear(act: "Acting", here: Hear, event: Happening) -> Verdict | None:
    led, current = act.led, act.led.current(here.key)
    parts = led.parts.get(current, [])
    match event:
        case Said(text=text) if repair.finishes(text):
            return _hear(act, here, Commanded("done", text, act.at))
        case Said(id=u, text=text):
            if here.questions and not parts and asks_back(text):
                return Verdict({"question": {"u": u, "v": len(led.told[u]) - 1}}, "")
            led.add(current, "part", u, act.at)
            return None
        case Tapped(option="done") | Commanded(name="done"):
            if speaking.not_yet(act, here):
                return None
            if not parts:
                act.show("~nothing", words.NOTHING_YET)
                return None
            return Verdict(parts_value(act, here), "done")
        case Tapped(option="ask"):
            act.show("~ask", words.ASK_AWAY)
            return None
        case Tapped(option=("use" | "add" | "leave") as option):
            return _place(act, here, option)
        case Edited(id=u) if u not in parts:
            act.show("~edited", words.EDITED_LATE)
            return None
        case Removed(id=u):
            if u in parts:
                led.add(current, "unpart", u, act.at)
            else:
                act.show("~removed", words.REMOVED_LATE)
            return None
        case _:
            return None


def _choose(act: "Acting", here: Choose, event: Happening) -> Verdict | None:
    options = here.card.options
    match event:
        case Tapped(option=option):
            if any(o.id == option for o in options):
                return Verdict(option, option)
            if option == "add" and act.led.offered:
                return _place(act, here, option)
            act.show("~old", words.OLD_BUTTON)
            act.ask_again(here)
            return None
        case Said(text=text):
            chosen = (here.own(text) if here.own else None) or named(options, text)
            chosen = chosen or (here.read(text) if here.read else None)
            if chosen is not None:
                return Verdict(chosen, chosen)
            return _beside(act, here, event)
        case _:
            return None


def _beside(act: "Acting", here: Choose, event: Said) -> None:
    """Words where a choice was asked for. A few are a try at choosing; more may belong to the last answer."""
    options, last = here.card.options, _last_heard(act)
    if len(event.text.split()) < _ASIDE_WORDS or act.led.repair is not None:
        act.show("~pick", words.pick_one(options), act.token(here.key))
        return
    act.led.add("~aside", "offered", {"u": event.id, "asked": act.token(last) if last else ""}, act.at)
    act.show("~beside", words.aside(event.text, last is not None, options), act.token(here.key))


def _last_heard(act: "Acting") -> str | None:
    """The answer that was given last, if one was: what an afterthought most likely belongs to."""
    heard = [k for k in act.led.answered if (e := act.led.answer(k)) and "parts" in e.data]
    return heard[-1] if heard else None


def _ask(act: "Acting", here: Ask, event: Happening) -> Verdict | None:
    if isinstance(event, Tapped) and any(o.id == event.option for o in here.card.options):
        return Verdict(event.option, event.option)
    if not isinstance(event, Said):
        return None
    own = here.own(event.text) if here.own else None
    value = own or here.read(event.text.strip())
    if isinstance(value, Wrong):
        act.show("~wrong", Card(value.say, tone="kind_error"))
        return None
    chosen = value if any(o.id == value for o in here.card.options) else ""
    if here.keeps and not (own or chosen) and value == event.text.strip():
        return Verdict({"wrote": {"u": event.id, "v": len(act.led.told[event.id]) - 1}}, "")
    return Verdict(value, chosen)
