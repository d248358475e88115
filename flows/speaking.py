"""Recordings in a conversation: they are listened to, and what they say is then taken as if it had been written.

A recording never stops the conversation: its words are asked for (`Transcribe`) while the question stays open. When they
are there, the person sees them, and they count like a message. Words that may be wrong wait until the person has looked
at them; a recording without words costs nothing, and is never an answer.
"""

import re
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.events import Edited, Fact, Happening, Removed, Said, Spoke, Tapped
from flows.requests import Heard, NotHeard, Transcribe, encode_result
from flows.steps import MINUTE, Hear, Speech, Step
from flows.typed import visible
from flows.widgets import parts_value
from flows.words import en
from flows.words import voice_en as words

if TYPE_CHECKING:
    from flows.acting import Acting

TO_FIX = 15 * MINUTE  # how long what was heard can be corrected, word by word
BESIDE = ("~heard", "~listening")  # keys of cards that are about a recording, and no state of the question
_LONG = 45  # seconds: from here on it takes a while, and is said so
_ASIDE_WORDS = 5  # where a choice was asked for: more than so many words may belong somewhere
_KEY = "~hear."
_TAKE_BACK = re.compile(
    r"(please )?(take (it|that|the recording) back|(discard|delete|forget) (it|that|the recording))"
)
_BUTTON = re.compile(rf"({words.USE}|{words.DROP}|{words.AGAIN})(?:\.(\d+))?")


def is_ours(key: str) -> bool:
    """Is it the key of a recording's words?"""
    return key.startswith(_KEY)


# -- a recording comes ------------------------------------------------------------------------------------------------


def spoke(act: "Acting", here: Step[Any], asked: str | None, event: Spoke) -> None:
    """A recording came: ask for its words, unless it can't be an answer here."""
    if event.id in act.led.spoke:
        return  # twice is once
    speech = speech_of(act, here)
    why = speech.why if not speech.forms else "prepared" if event.prepared and not speech.prepared else ""
    if why:
        act.show("~unheard", words.cannot_listen(why))
        return
    value = {"u": event.id, "asked": asked or act.token(here.key), "form": event.form}
    act.led.add("~rec", "spoke", value, act.at)
    _listen(act, event.id, event.form, speech)
    if event.seconds >= _LONG:
        token, nth = act.token(here.key), _nth(act, event.id)
        act.show(f"~listening.{event.id}", words.listening(event.seconds, nth=nth), token)


def speech_of(act: "Acting", here: Step[Any]) -> Speech:
    """Whether a recording is an answer where the conversation is now."""
    return here.speech if isinstance(here, Hear) and here.speech is not None else act.flow.speech


def _listen(act: "Acting", u: str, form: str, speech: Speech) -> None:
    n = sum(1 for key, kind in act.led.by_kind if kind == "called" and key.partition("#")[0] == _KEY + u)
    key = f"{_KEY}{u}#{n + 1}" if n else _KEY + u
    request = Transcribe(u, speech.language, form == "video" and "video" in speech.forms)
    act.led.add(key, "called", {"is": "Transcribe", **_fields(request)}, act.at)
    act.calls.append((key, request))


def _fields(request: Transcribe) -> dict[str, Any]:
    return {"utterance": request.utterance, "language": request.language, "video": request.video}


def _nth(act: "Acting", u: str) -> int:
    """Which recording of this conversation it is, from 1: short enough for any button, and it never changes."""
    return list(act.led.spoke).index(u) + 1


# -- its words are there, or not ----------------------------------------------------------------------------------------


def came_back(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], key: str, value: Any) -> Any:
    """What a recording says is known, or that it can't be. Returns where the conversation is now."""
    led, u = act.led, key.removeprefix(_KEY).partition("#")[0]
    kept = replace(value, text="") if isinstance(value, Heard) else value
    led.add(key, "result", encode_result(kept), act.at)
    asked = led.listening.get(u)
    if asked is None:
        return here  # taken back meanwhile
    if not isinstance(value, Heard) or not visible(value.text):
        no = value if isinstance(value, NotHeard) else NotHeard("silence" if isinstance(value, Heard) else "trouble")
        led.add("~rec", "unheard", {"u": u, "why": no.why}, act.at)
        act.show("~unheard", words.not_heard(no.why, no.figures, _nth(act, u)), act.token(here.key))
        return here
    led.told[u] = [*led.told.get(u, ()), value.text]
    act.words.append((u, value.text))
    return _heard(act, coro, here, u, value, asked)


def _heard(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str, value: Heard, asked: str) -> Any:
    led, entry = act.led, {"u": u, "seconds": value.seconds}
    fits = isinstance(here, Hear) and asked == act.token(here.key)
    if value.doubt and fits:
        led.add("~rec", "heard", {**entry, "doubt": value.doubt}, act.at)
        _ask_whether(act, here, u, value.doubt)
        return here
    order = None if value.doubt or led.repair or led.parked else act.order(here, Said(u, value.text, act.at))
    if order is not None:  # "repeat the question, please" is no more an answer when it is spoken
        led.add("~rec", "heard", {**entry, "doubt": "", "order": order}, act.at)
        return act.begin_repair(coro, here, order)
    led.add("~rec", "heard", {**entry, "doubt": ""}, act.at)
    act.show("~heard", words.heard(value.text, value.doubt, _nth(act, u), value.about), asked)
    if value.doubt and not isinstance(here, Hear):  # nothing is ever chosen by words that may be wrong
        if len(value.text.split()) >= _ASIDE_WORDS:
            _for_later(act, u, asked)
        act.ask_again(here)
        return here
    return _place(act, coro, here, u, value.text, asked)


def _ask_whether(act: "Acting", here: Step[Any], u: str, doubt: str) -> None:
    act.show("~heard", words.doubtful(act.led.wording(u), doubt, _nth(act, u)), act.token(here.key))


def _place(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str, text: str, asked: str) -> Any:
    """Take what a recording said as if it had been written."""
    if act.led.repair is not None or act.led.parked is not None:
        _quietly(act, here, u, asked)
        return here
    there = act.answering(coro, "", here, asked, Said(u, text, act.at))
    return _finished(act, coro, here) if there is here and asked == act.token(here.key) else there


def _quietly(act: "Acting", here: Step[Any], u: str, asked: str) -> None:
    """During an interruption or a rest nothing is asked: what belongs to the open answer goes there, the rest is offered
    a place at the next one."""
    if isinstance(here, Hear) and asked == act.token(here.key):
        act.led.add(act.led.current(here.key), "part", u, act.at)
        return
    _for_later(act, u, asked)


def _for_later(act: "Acting", u: str, asked: str) -> None:
    act.led.add("~aside", "offered", {"u": u, "asked": asked}, act.at)
    act.led.add("~aside", "unplaced", u, act.at)


# -- when an answer is whole -----------------------------------------------------------------------------------------------


def _waits(act: "Acting", here: Step[Any]) -> bool:
    """Are there recordings for this very question whose words don't count yet?"""
    token = act.token(here.key)
    return token in act.led.listening.values() or token in act.led.doubtful.values()


def _complete(act: "Acting", here: Hear) -> bool:
    """Is the answer whole now, because a recording is one, or because the person said so before we had heard it all?"""
    current = act.led.current(here.key)
    wanted = speech_of(act, here).ends or current in act.led.finishing
    return bool(wanted and not _waits(act, here) and act.led.parts.get(current))


def _finished(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any]) -> Any:
    if not isinstance(here, Hear) or not _complete(act, here):
        return here
    return act.answer(coro, "", here, parts_value(act, here), "done")


def after(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], since: int) -> Any:
    """An interruption that began at `since` is over. Where the words of a recording came during it, and the person waits
    for no more than that, the conversation goes on."""
    if not isinstance(here, Hear):
        return here
    parts = act.led.parts.get(act.led.current(here.key), [])
    last = act.led.heard.get(parts[-1]) if parts else None
    return _finished(act, coro, here) if last is not None and last.at >= since else here


def not_yet(act: "Acting", here: Hear) -> bool:
    """The person is done. Do recordings still have to be listened to, or looked at? Doubtful ones are asked about once
    more; whoever is done all the same leaves them out."""
    led, token, current = act.led, act.token(here.key), act.led.current(here.key)
    if token in led.listening.values():
        led.add(current, "finishing", None, act.at)
        act.show("~finishing", words.STILL_LISTENING)
        return True
    doubtful = [u for u, asked in led.doubtful.items() if asked == token]
    if not doubtful or (led.parts.get(current) and current in led.finishing):
        return False
    led.add(current, "finishing", None, act.at)
    for u in doubtful:
        _ask_whether(act, here, u, led.heard[u].value["doubt"])
    return True


# -- what the person does about a recording ---------------------------------------------------------------------------------


def about_one(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], event: Happening) -> Any:
    """Do what a person asks about one recording: use it, take it back, listen once more, correct it in place. Returns
    where the conversation is then; None where it is about no recording."""
    if isinstance(event, Removed) and event.id in act.led.spoke:
        return _removed(act, coro, here, event.id)
    if isinstance(event, Edited) and event.id in act.led.spoke:
        return _edited(act, coro, here, event.id)
    if isinstance(event, Said) and (act.led.listening or act.led.doubtful):
        plain = " ".join(event.text.casefold().strip(" .!").split())
        return _drop(act, coro, here, _newest(act)) if _TAKE_BACK.fullmatch(plain) else None
    button = _BUTTON.fullmatch(event.option) if isinstance(event, Tapped) else None
    if button is None:
        return None
    known, nth = list(act.led.spoke), int(button[2] or 0)
    u = known[nth - 1] if 0 < nth <= len(known) else "" if nth else _newest(act)
    match button[1]:
        case words.USE:
            return _use(act, coro, here, u)
        case words.DROP:
            return _drop(act, coro, here, u)
        case _:
            return _listen_again(act, here, u)


def _newest(act: "Acting") -> str:
    """The newest recording whose words don't count yet, or ""."""
    return next((u for u in reversed(act.led.spoke) if u in act.led.listening or u in act.led.doubtful), "")


def _use(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str) -> Any:
    """The person says that doubtful words are right."""
    asked = act.led.doubtful.get(u)
    if asked is None:
        act.show("~old", en.OLD_BUTTON)
        act.ask_again(here)
        return here
    act.led.add("~rec", "counted", {"u": u}, act.at)
    there = _place(act, coro, here, u, act.led.wording(u), asked)
    if there is here and isinstance(here, Hear) and u in act.led.parts.get(act.led.current(here.key), ()):
        act.show("~counted", words.COUNTED)
    return there


def _listen_again(act: "Acting", here: Step[Any], u: str) -> Any:
    """Something was wrong on our side: ask once more for the words of a recording."""
    led = act.led
    lost = led.unheard.get(u)
    if lost is None or lost.value["why"] != "trouble" or u in led.listening:
        act.show("~old", en.OLD_BUTTON)
        act.ask_again(here)
        return here
    led.add("~rec", "spoke", led.spoke[u].value, act.at)
    _listen(act, u, led.spoke[u].value["form"], speech_of(act, here))
    act.show("~again", words.LISTENING_AGAIN)
    return here


def _drop(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str) -> Any:
    """Forget a recording whose words don't count yet."""
    led = act.led
    if u not in led.listening and u not in led.doubtful and u not in led.unheard:
        act.show("~dropped", words.NOTHING_TO_DROP)
        return here
    done = isinstance(here, Hear) and led.current(here.key) in led.finishing
    _forget(act, u)
    if done and isinstance(here, Hear) and not _waits(act, here) and led.parts.get(led.current(here.key)):
        act.show("~dropped", words.LEFT_OUT)
        return act.answer(coro, "", here, parts_value(act, here), "done")
    act.show("~dropped", words.DROPPED)
    return here


def _forget(act: "Acting", u: str) -> None:
    act.led.add("~rec", "dropped", {"u": u}, act.at)
    act.facts.append(Fact("recording_dropped", {"utterance": u}))


def _removed(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str) -> Any:
    """The message with the recording was deleted."""
    led = act.led
    current = led.current(here.key) if isinstance(here, Hear) else ""
    if current and u in led.parts.get(current, ()):
        led.add(current, "unpart", u, act.at)
        _forget(act, u)
        act.show("~dropped", words.DROPPED)
        return here
    if u in led.listening or u in led.doubtful:
        return _drop(act, coro, here, u)
    act.show("~removed", en.REMOVED_LATE)
    return here


# -- correcting ---------------------------------------------------------------------------------------------------------


def correctable(act: "Acting", at: int, which: str = "") -> tuple[tuple[str, str], ...]:
    """Recordings whose words can be corrected at the instant `at`: (utterance, words), oldest first. which: the number
    of the only one that is meant, "" for all."""
    led = act.led
    fresh = (u for u, e in led.heard.items() if e.at <= at and (led.unhurried or at - e.at <= TO_FIX))
    meant = (u for u in fresh if u in led.told and "order" not in led.heard[u].value)
    return tuple((u, led.wording(u)) for u in meant if which in ("", str(_nth(act, u))))


def reword(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str, text: str) -> Any:
    """The words of a recording are `text` from now on. Returns where the conversation is now."""
    act.led.told[u] = [*act.led.told[u], text]
    act.words.append((u, text))
    return _worded(act, coro, here, u)


def _edited(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str) -> Any:
    """The words were corrected in place, where a page shows them. The new wording is there already."""
    if u not in dict(correctable(act, act.at)):
        act.show("~edited", words.NOTHING_TO_FIX)
        return here
    return _worded(act, coro, here, u)


def _worded(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str) -> Any:
    led = act.led
    asked = led.doubtful.get(u)
    led.add("~rec", "worded", {"u": u, "v": len(led.told[u]) - 1}, act.at)
    return here if asked is None else _place(act, coro, here, u, led.wording(u), asked)
