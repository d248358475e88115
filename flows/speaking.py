"""Recordings in a conversation: they are listened to, and what they say is then taken as if it had been written.

A recording never stops the conversation: its words are asked for (`Transcribe`) while the question stays open. When they
are there, the person sees them, and they count like a message. Words that may be wrong wait until the person has looked
at them; a recording without words costs nothing, and is never an answer.
"""

import re
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.events import Fact, Happening, Said, Spoke, Tapped
from flows.requests import Heard, NotHeard, Transcribe, encode_result
from flows.steps import MINUTE, Hear, Speech, Step
from flows.typed import Verdict, visible
from flows.widgets import parts_value
from flows.words import voice_en as words

if TYPE_CHECKING:
    from flows.acting import Acting

TO_FIX = 15 * MINUTE  # how long what was heard can be corrected, word by word
_LONG = 45  # seconds: from here on it takes a while, and is said so
_KEY = "~hear."
_TAKE_BACK = re.compile(
    r"(please )?(take (it|that|the recording) back|(discard|delete|forget) (it|that|the recording))"
)


def is_ours(key: str) -> bool:
    """Is it the key of a recording's words?"""
    return key.startswith(_KEY)


def spoke(act: "Acting", here: Step[Any], asked: str | None, event: Spoke) -> None:
    """A recording came: ask for its words, unless it can't be an answer here."""
    speech = _speech(act, here)
    why = speech.why if not speech.forms else "prepared" if event.prepared and not speech.prepared else ""
    if why:
        act.show("~unheard", words.cannot_listen(why))
        return
    value = {"u": event.id, "asked": asked or act.token(here.key), "form": event.form}
    act.led.add("~rec", "spoke", value, act.at)
    _listen(act, event.id, event.form, speech)
    if event.seconds >= _LONG:
        token = act.token(here.key)
        act.show(f"~listening.{event.id}", words.listening(event.seconds), token)


def _speech(act: "Acting", here: Step[Any]) -> Speech:
    return here.speech if isinstance(here, Hear) and here.speech is not None else act.flow.speech


def _listen(act: "Acting", u: str, form: str, speech: Speech) -> None:
    n = sum(1 for key, kind in act.led.by_kind if kind == "called" and key.partition("#")[0] == _KEY + u)
    key = f"{_KEY}{u}#{n + 1}" if n else _KEY + u
    request = Transcribe(u, speech.language, form == "video" and "video" in speech.forms)
    act.led.add(key, "called", {"is": "Transcribe", **_fields(request)}, act.at)
    act.calls.append((key, request))


def _fields(request: Transcribe) -> dict[str, Any]:
    return {"utterance": request.utterance, "language": request.language, "video": request.video}


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
        act.show("~unheard", words.not_heard(no.why, no.figures), act.token(here.key))
        return here
    led.told[u] = [value.text]
    act.words.append((u, value.text))
    fits = isinstance(here, Hear) and asked == act.token(here.key)
    doubt = value.doubt if fits else ""
    led.add("~rec", "heard", {"u": u, "doubt": doubt}, act.at)
    if doubt:
        act.show("~heard", words.doubtful(value.text, doubt), act.token(here.key))
        return here
    act.show("~heard", words.heard(value.text, value.doubt), asked)
    return _place(act, coro, here, u, value.text, asked)


def _place(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str, text: str, asked: str) -> Any:
    """Take what a recording said as if it had been written."""
    if act.led.repair is not None or act.led.parked is not None:
        _quietly(act, here, u, asked)
        return here
    there = act.answering(coro, "", here, asked, Said(u, text, act.at))
    if there is not here or not isinstance(here, Hear) or not _complete(act, here):
        return there
    return act.answer(coro, "", here, parts_value(act, here), "done")


def _quietly(act: "Acting", here: Step[Any], u: str, asked: str) -> None:
    """During an interruption or a rest nothing is asked: what belongs to the open answer goes there, the rest is offered
    a place at the next one."""
    if isinstance(here, Hear) and asked == act.token(here.key):
        act.led.add(act.led.current(here.key), "part", u, act.at)
        return
    act.led.add("~aside", "offered", {"u": u, "asked": asked}, act.at)
    act.led.add("~aside", "unplaced", u, act.at)


def _complete(act: "Acting", here: Hear) -> bool:
    """Is the answer whole now, because a recording is one, or because the person said so before we had heard it all?"""
    current = act.led.current(here.key)
    waits = act.led.listening or act.led.doubtful
    wanted = _speech(act, here).ends or current in act.led.finishing
    return bool(wanted and not waits and act.led.parts.get(current))


def finish_soon(act: "Acting", here: Hear) -> None:
    """The person is done, and a recording is still being listened to."""
    act.led.add(act.led.current(here.key), "finishing", None, act.at)
    act.show("~finishing", words.STILL_LISTENING)


def count(act: "Acting", here: Hear) -> Verdict | None:
    """The person says that doubtful words are right."""
    current, doubtful = act.led.current(here.key), list(act.led.doubtful)
    for u in doubtful:
        act.led.add("~rec", "counted", {"u": u}, act.at)
        act.led.add(current, "part", u, act.at)
    if not doubtful:
        return None
    if _complete(act, here):
        return Verdict(parts_value(act, here), "done")
    act.show("~counted", words.COUNTED)
    return None


def listen_again(act: "Acting", here: Hear) -> None:
    """Something was wrong on our side: ask once more for the words of the last recording."""
    led = act.led
    lost = [
        u for u in led.spoke if (e := led.unheard.get(u)) and e.value["why"] == "trouble" and u not in led.listening
    ]
    if not lost:
        act.ask_again(here)
        return
    u = lost[-1]
    led.add("~rec", "spoke", led.spoke[u].value, act.at)
    _listen(act, u, led.spoke[u].value["form"], _speech(act, here))
    act.show("~again", words.LISTENING_AGAIN)


def takes_back(act: "Acting", event: Happening) -> bool:
    """Does the person want a recording back whose words don't count yet?"""
    if isinstance(event, Tapped):
        return event.option == "~drop"
    if not isinstance(event, Said) or not (act.led.listening or act.led.doubtful):
        return False
    return _TAKE_BACK.fullmatch(" ".join(event.text.casefold().strip(" .!").split())) is not None


def drop(act: "Acting", one: str = "") -> None:
    """Forget a recording: the one that was deleted, or all whose words don't count yet."""
    gone = [one] if one else [*act.led.listening, *act.led.doubtful]
    for u in gone:
        act.led.add("~rec", "dropped", {"u": u}, act.at)
        act.facts.append(Fact("recording_dropped", {"utterance": u}))
    act.show("~dropped", words.DROPPED if gone else words.NOTHING_TO_DROP)


def correctable(act: "Acting", at: int) -> tuple[tuple[str, str], ...]:
    """Recordings whose words can be corrected at the instant `at`: (utterance, words), oldest first."""
    led = act.led
    fresh = (u for u, e in led.heard.items() if e.at <= at and (led.unhurried or at - e.at <= TO_FIX))
    return tuple((u, led.wording(u)) for u in fresh if u in led.told)


def reword(act: "Acting", coro: Coroutine[Any, Any, Any], here: Step[Any], u: str, text: str) -> Any:
    """The words of a recording are `text` from now on. Returns where the conversation is now."""
    led = act.led
    asked = led.doubtful.get(u)
    led.told[u] = [*led.told[u], text]
    act.words.append((u, text))
    led.add("~rec", "worded", {"u": u, "v": len(led.told[u]) - 1}, act.at)
    return here if asked is None else _place(act, coro, here, u, text, asked)
