"""What goes with the open question: the helpers beside the composer, the timers, and where the conversation stands."""

from typing import TYPE_CHECKING, Any

from flows import filling, repair, speaking
from flows.steps import Asking, Fill, Hear, Speech, Step, Wait
from flows.turns import Waiting, Wake
from flows.words import en as words

if TYPE_CHECKING:
    from flows.acting import Acting


def waiting(act: "Acting", here: Step[Any]) -> Waiting | None:
    """What the conversation waits for: the open question (a repair's own, if one is under way) and its helpers."""
    if not isinstance(here, Asking):
        return None
    if isinstance(act.inner, Asking):
        return Waiting(act.token(act.inner.key), act.inner.key, act.inner.card.answering)
    token, changeable = act.token(here.key), bool(act.changeable())
    allowed = act.allowed if speaking.correctable(act, act.at) else act.allowed - {"fix"}
    if isinstance(here, Fill) and (form := filling.card(act, here)) is not None:
        may_skip, may_change = filling.may_skip(act, here), changeable or filling.means(act, here, "change")
        tools = repair.tools(allowed, may_skip, may_change)
        return Waiting(token, here.key, form.answering, None, tools, words.HINT_SHORT if form.answering else "")
    tools = repair.tools(allowed, here.skippable, changeable)
    if isinstance(here, Hear):
        ask = (words.ASK_BACK,) if here.questions else ()
        hint = here.hint or words.HINT_ANSWER
        return Waiting(token, here.key, True, words.DONE, (*ask, *tools), hint, _speech(act, here))
    if not here.card.answering:
        return Waiting(token, here.key, False, None, tools)
    return Waiting(token, here.key, True, None, tools, words.HINT_SHORT, _speech(act, here))


def _speech(act: "Acting", here: Step[Any]) -> Speech | None:
    speech = speaking.speech_of(act, here)
    return speech if speech.forms else None


def wakes(act: "Acting", here: Step[Any]) -> tuple[Wake, ...]:
    """The timers that are set now. During a rest and during an interruption only a deadline goes on."""
    if isinstance(here, Wait):
        return (Wake("until", act.token(here.key), here.until),) if here.until else ()
    if not isinstance(here, Asking):
        return ()
    token, since, found = act.token(here.key), act.led.last_at, list[Wake]()
    if here.until is not None:
        found.append(Wake("until", token, here.until))
    if act.led.parked is None and act.led.repair is None:
        parts = act.led.parts.get(act.led.current(here.key))
        if act.led.unhurried or act.led.listening:
            pass  # while we are still listening to them, nobody has fallen silent
        elif isinstance(here, Hear) and parts and token not in act.led.doubtful.values():
            found.append(Wake("quiet", token, since + here.quiet))
        else:
            if here.patience.nudge and token not in act.led.nudged:
                found.append(Wake("nudge", token, since + here.patience.nudge))
            if here.patience.park:
                found.append(Wake("park", token, since + here.patience.park))
    return tuple(found)


def standing(act: "Acting", here: Step[Any]) -> repair.Standing:
    """What can be said about where the conversation is."""
    led = act.led
    heard = sum(1 for k in act.changeable() if (e := led.answer(k)) and "parts" in e.data)
    bubbles = len(led.parts.get(led.current(here.key), ())) if isinstance(here, Hear) else 0
    form = filling.state(act, here) if isinstance(here, Fill) else None
    filled = None
    if form is not None and isinstance(here, Fill):
        filled = (sum(1 for f in here.card.fields if f.key not in form.todo), len(here.card.fields))
    return repair.Standing(act.nth, heard, bubbles, filled, led.unhurried, act.flow.standing())
