"""A page without a browser: reads a chat's stream as it comes, acknowledges what it was shown, sends events."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

PATIENCE = 20.0
# Our own machine, without encryption: reading the world's certificates would take longer than a request.
HERE: dict[str, Any] = {"trust_env": False, "verify": False}
# What a willing candidate taps where buttons are offered; the first that is offered wins.
CHOICES = ("yes", "now", "none", "go", "speak", "submit", "no", "pass", "start", "thanks")


class WebClient:
    """One person in one chat over HTTP. Use it as a context manager: it listens while it is open."""

    def __init__(self, base: str, session: str, thread: str) -> None:
        self.base, self.thread = base, thread
        self.headers = {"Authorization": f"Bearer {session}"}
        self.path = f"/api/v1/threads/{thread}"
        self.messages: dict[str, dict[str, Any]] = {}
        self.asked: dict[str, Any] | None = None
        self.raw = ""
        self._news = threading.Condition()
        self._http = httpx.Client(base_url=base, headers=self.headers, timeout=PATIENCE, **HERE)
        self._stop = False

    def __enter__(self) -> "WebClient":
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        # Closing from here would wait for the next heartbeat; an ended socket wakes the reader at once.
        self._response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._reader.join(PATIENCE)
        self._http.close()

    def _listen(self) -> None:
        listening = httpx.Client(base_url=self.base, headers=self.headers, timeout=PATIENCE + 10, **HERE)
        try:
            with listening.stream("GET", f"{self.path}/stream") as self._response:
                kind = ""
                for line in self._response.iter_lines():
                    self.raw += line
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        self._take(kind, json.loads(line[6:]))
        except httpx.TransportError:
            if not self._stop:
                raise
        finally:
            listening.close()

    def _take(self, kind: str, data: Any) -> None:
        with self._news:
            if kind in ("message", "update"):
                self.messages[data["id"]] = data
            elif kind == "asked":
                self.asked = data
            self._news.notify_all()
        if kind in ("message", "update") and data["from"] != "me":
            self._http.post(f"{self.path}/seen", json={"ids": [data["id"]]})

    # -- doing ------------------------------------------------------------------------------------

    def events(self, *events: dict[str, Any]) -> httpx.Response:
        return self._http.post(f"{self.path}/events", json={"events": list(events)})

    def send(self, **event: Any) -> dict[str, Any]:
        """Send one event; what the server answered."""
        answer = self.events({"id": uuid.uuid4().hex, **event})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, text: str) -> dict[str, Any]:
        return self.send(kind="said", text=text, asked=self.asked and self.asked["token"])

    def tap(self, option: str) -> dict[str, Any]:
        assert self.asked is not None
        return self.send(kind="tapped", token=self.asked["token"], option=option)

    def submit(self, **fields: str) -> dict[str, Any]:
        assert self.asked is not None
        return self.send(kind="submitted", token=self.asked["token"], fields=fields)

    # -- seeing -----------------------------------------------------------------------------------

    def until(self, ready: Callable[[], Any], what: str) -> Any:
        """Wait for the stream to make something true; its value."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while not (value := ready()):
                left = deadline - time.monotonic()
                told = f"never came: {what}\nasked: {self.asked}\n{self.told()[-1500:]}"
                assert left > 0, told
                assert self._news.wait(left), told
            return value

    def hears(self, words: str) -> dict[str, Any]:
        """The message of Parley's that contains these words."""
        return self.until(
            lambda: next((m for m in self.messages.values() if m["from"] != "me" and words in text_of(m)), None), words
        )

    def open_card(self) -> dict[str, Any]:
        """The card of the question that is open now."""

        def found() -> dict[str, Any] | None:
            if self.asked is None:
                return None
            token = self.asked["token"]
            return next((m["card"] for m in reversed(self.messages.values()) if m.get("token") == token), None)

        return self.until(found, "an open question")

    def after(self, token: str) -> None:
        """Wait until something else than this question is open."""
        self.until(lambda: self.asked is not None and self.asked["token"] != token, f"a question after {token}")

    def told(self) -> str:
        return "\n".join(text_of(m) for m in self.messages.values())

    def history(self) -> dict[str, Any]:
        return self._http.get(self.path).json()


def text_of(message: dict[str, Any]) -> str:
    """All words of a message."""
    card = message.get("card", {})
    parts = [message.get("text", ""), card.get("title", ""), card.get("text", ""), card.get("foot", "")]
    parts += [f"{r['label']}: {r['value']}" for r in card.get("rows", ())]
    return "\n".join(p for p in parts if p)


def go_to_question(
    chat: WebClient, words: str = "", answer: str = "I asked first which error message appeared."
) -> None:
    """Answer like a willing candidate until a question of the kit is open (with `words`, that one)."""
    for _ in range(200):
        card = chat.open_card()
        asked = chat.asked
        assert asked is not None
        if asked["done"] and card.get("progress") and words in card["text"]:
            return
        step(chat, card, answer)
        chat.after(asked["token"])
    raise AssertionError(f"no question with {words!r} was asked")


def step(chat: WebClient, card: dict[str, Any], answer: str) -> None:
    """Answer whatever is open now."""
    assert chat.asked is not None
    options = [o["id"] for o in card.get("options", ())]
    if chat.asked["done"]:
        chat.say(answer)
        chat.tap("done")
    elif any(c in options for c in CHOICES):
        chat.tap(next(c for c in CHOICES if c in options))
    else:
        chat.say("London")


def finish(chat: WebClient, answers: tuple[str, ...]) -> None:
    """Play the interview to its goodbye."""
    for n in range(200):
        card = chat.open_card()
        token = chat.asked["token"] if chat.asked else ""
        step(chat, card, answers[n % len(answers)])
        chat.until(
            lambda t=token: (chat.asked is not None and chat.asked["token"] != t) or "What happens next" in chat.told(),
            "the next question, or the goodbye",
        )
        if "What happens next" in chat.told():
            return
    raise AssertionError("the interview had no end")


def rate(chat: WebClient, level: str, why: str) -> None:
    """Fill in the open rating form and submit it, sealed."""
    chat.until(lambda: chat.asked and chat.open_card().get("fields"), "the form")
    fields = chat.open_card()["fields"]
    values = {f["key"]: (level if f["kind"] == "scale" else "yes" if f["kind"] == "choice" else why) for f in fields}
    token = chat.asked["token"] if chat.asked else ""
    answer = chat.submit(**values)
    assert "problems" not in answer, answer
    chat.after(token)
    chat.open_card()
    chat.tap("submit")
    chat.hears("is sealed")
